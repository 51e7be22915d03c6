"""Protocol of the methods that estimate how given labels depend on true ones."""

from abc import ABC, abstractmethod
from dataclasses import replace
from inspect import signature

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from skclean._core import _algebra
from skclean._core._evidence import Evidence
from skclean._core._rescaling import fit_rescaling
from skclean._core._review import reviewed_joint
from skclean._core._scan import self_confidence
from skclean._core._verdict import PER_QUALITY, quality_odds
from skclean._issues import NoiseEstimate


class ResampledRows:
    """Rows of a matrix of probabilities in another order, copied only as they are read."""

    def __init__(self, pred_probs, order):
        self._pred_probs = pred_probs
        self._order = order
        self.shape = (len(order), pred_probs.shape[1])
        self.dtype = pred_probs.dtype

    def __len__(self):
        return len(self._order)

    def __getitem__(self, rows):
        return self._pred_probs[self._order[rows]]


class BaseJoint(BaseEstimator, ABC):
    """Base of noise-matrix methods: one hook, `_estimate`, keeps nothing.

    A method is a part: it has parameters, sees codes and probabilities, and returns
    p(true, given). Write one class with `_estimate` and it works in
    :func:`~skclean.estimate_noise_matrix`, :class:`~skclean.NoiseMatrixEstimator`
    and every detector that takes `noise_matrix`.
    """

    _parameter_constraints: dict = {}

    @abstractmethod
    def _estimate(self, y, pred_probs):
        """Estimate the joint.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Given labels as codes 0..K-1.

        pred_probs : array of shape (n_samples, n_classes)
            Out-of-sample probabilities, to be read by slices of rows.

        Returns
        -------
        joint : ndarray of shape (n_classes, n_classes)
            p(true = i, given = j), sums to 1.
        """

    def estimate(self, y, pred_probs):
        """Check the parameters and estimate the joint from codes and probabilities.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Given labels as codes 0..K-1.

        pred_probs : array of shape (n_samples, n_classes)
            Out-of-sample probabilities.

        Returns
        -------
        joint : ndarray of shape (n_classes, n_classes)
            p(true = i, given = j), sums to 1.
        """
        self._validate_params()
        return self._estimate(y, pred_probs)

    @property
    def _takes_scan(self):
        """Is `_estimate` all there is to call, and does it take what a scan of the rows found?"""
        hooked = type(self).estimate is BaseJoint.estimate
        return hooked and "scan" in signature(self._estimate).parameters

    def _bootstrap(self, y, pred_probs, n_bootstrap, random_state):
        """Yield the joints of samples drawn with replacement; the probabilities stay."""
        for _ in range(n_bootstrap):
            order = np.sort(random_state.randint(len(y), size=len(y)))
            yield self._estimate(y[order], ResampledRows(pred_probs, order))


def reviewed_noise(noise, y, trusted, before, pred_probs):
    """The noise of labels some of which were reviewed; see `reviewed_joint`.

    Parameters
    ----------
    noise : NoiseEstimate
        Estimate from the labels before the review, or from `y` where they are not known.

    y : ndarray of shape (n_samples,)
        Labels after the review, as codes.

    trusted : ndarray of shape (n_samples,), dtype bool
        Reviewed labels.

    before : ndarray of shape (n_samples,) or None
        Labels before, as codes.

    pred_probs : array of shape (n_samples, n_classes)
        Out-of-sample probabilities.
    """
    given = y if before is None else before
    rescale = fit_rescaling(given, pred_probs, self_confidence(given, pred_probs))
    odds = None  # of labels that the review has put right nothing is learnt about others
    if before is not None:
        quality = Evidence(before, pred_probs, with_joint=False).averaged_quality
        odds = quality_odds(quality, PER_QUALITY)
    joint = reviewed_joint(noise.joint, given, y, trusted, pred_probs, rescale, odds)
    found = noise_estimate(joint, noise.classes)
    if noise.noise_rate_interval is None:
        return found
    rate, matrix = found.noise_rate, found.noise_matrix
    (low, high), (lowest, highest) = noise.noise_rate_interval, noise.noise_matrix_interval
    return replace(
        found,
        noise_rate_interval=(min(low, rate), max(high, rate)),
        noise_matrix_interval=(np.minimum(lowest, matrix), np.maximum(highest, matrix)),
    )


def noise_after(noise, y, trusted, before):
    """The noise that a review left, of the noise before; its rows now sit on the diagonal.

    Parameters
    ----------
    noise : NoiseEstimate
        Noise of the labels before, with the reviewed rows counted as known.

    y, before : ndarray of shape (n_samples,)
        Labels after and before the review, as codes.

    trusted : ndarray of shape (n_samples,), dtype bool
        Reviewed labels.
    """
    moved = np.zeros_like(noise.joint)
    np.add.at(moved, (y[trusted], before[trusted]), 1)
    joint = np.maximum(noise.joint - moved / len(y), 0)
    joint[np.diag_indices_from(joint)] += moved.sum(axis=1) / len(y)
    return noise_estimate(joint, noise.classes)


def noise_estimate(joint, classes):
    """Everything that follows from a joint, as a record."""
    return NoiseEstimate(
        joint=joint,
        noise_matrix=_algebra.noise_matrix_from_joint(joint),
        inverse_noise_matrix=_algebra.inverse_noise_matrix_from_joint(joint),
        class_prior=joint.sum(axis=1),
        given_prior=joint.sum(axis=0),
        noise_rate=max(0.0, 1.0 - float(joint.trace())),
        classes=classes,
    )


def estimate_noise(
    method,
    y,
    pred_probs,
    classes,
    *,
    n_bootstrap=None,
    confidence_level=0.95,
    random_state=None,
    scan=None,
):
    """The record of a method's joint, with bootstrap intervals where they are asked for.

    `scan` is what a scan of the rows found, for methods that take it.
    """
    if scan is None:
        joint = method.estimate(y, pred_probs)
    else:
        method._validate_params()
        joint = method._estimate(y, pred_probs, scan=scan)
    noise = noise_estimate(joint, classes)
    if n_bootstrap is None:
        return noise
    # a generator of its own: without a seed nothing is drawn from the global state
    random_state = np.random.RandomState() if random_state is None else random_state
    joints = method._bootstrap(y, pred_probs, n_bootstrap, check_random_state(random_state))
    drawn = (noise_estimate(joint, classes) for joint in joints)
    rates, matrices = zip(*((each.noise_rate, each.noise_matrix) for each in drawn), strict=True)

    def interval(estimate, values):
        tail = (1 - confidence_level) / 2
        low, high = np.quantile(values, [tail, 1 - tail], axis=0)
        return np.minimum(low, estimate), np.maximum(high, estimate)

    low, high = interval(noise.noise_rate, rates)
    return replace(
        noise,
        noise_rate_interval=(float(low), float(high)),
        noise_matrix_interval=interval(noise.noise_matrix, matrices),
    )
