"""p(true | x, given): what the noise model makes of probabilities and a given label.

`pred_probs` estimate p(given | x). Under class-conditional noise p_given = p_true @ T,
so p(true | x) comes out by undoing T on the simplex, and Bayes' rule adds the label.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit

from skclean._core._algebra import normalize_rows
from skclean._core._blocks import NARROW, each_block, row_blocks
from skclean._core._noise_rows import NoiseRows
from skclean._core._products import MAX_DENSE, Products
from skclean._core._rescaling import Rescaling, no_rescaling
from skclean._core._scan import own

FLOOR = 1e-12
TINY = 1e-30
TOLERANCE = 1e-6  # a row is done once a step moves no probability by more
LEAKAGE = 1e-9  # every confusion stays possible, however rare
N_ITER = 50
SURE = 0.999  # rows whose label is right that surely count whole in the joint
N_STEPS, STEP = 5000, 1e-7  # of a correction run to its end: near even noise it moves slowly
DOUBT_FACTOR = 1.25  # two estimates err together more than they disagree
MOST_DRAWN = 0.6  # of the way to the self-confidence
SHARES = (1e-4, 1 - 1e-4)  # beyond, log-odds say no more
CHUNK = 1 << 16  # rows that are drawn at a time
N_BETWEEN_LOOKS = 5  # steps between two looks at which rows still move


def deconvolve(pred_probs, noise_matrix, n_iter=N_ITER, tolerance=TOLERANCE):
    """p(true | x) of a block of p(given | x), rows on the simplex.

    Richardson-Lucy steps towards the minimum of KL(p_given || p_true @ T) over
    non-negative p_true; unlike the inverse of T they never leave the simplex.
    """
    noise_matrix = noise_matrix.astype(pred_probs.dtype)
    before = pred_probs + pred_probs.dtype.type(LEAKAGE)
    before /= before.sum(axis=1, keepdims=True)
    p_true = before.copy()
    target, moving = pred_probs, np.arange(len(p_true))
    for step in range(1, n_iter + 1):
        ratio = before @ noise_matrix
        np.maximum(ratio, FLOOR, out=ratio)
        np.divide(target, ratio, out=ratio)
        after = ratio @ noise_matrix.T
        after *= before
        after /= np.maximum(after.sum(axis=1, keepdims=True), FLOOR)
        if step % N_BETWEEN_LOOKS and step < n_iter:
            before = after
            continue
        p_true[moving] = after
        still = np.abs(after - before).max(axis=1) > tolerance
        if not still.any():
            break
        moving, target, before = moving[still], target[still], after[still]
    return p_true


def true_label_posterior(y, pred_probs, noise_matrix, n_iter=N_ITER):
    """p(true = k | x, given = y) of a block of rows, (n_rows, n_classes)."""
    noise_matrix = normalize_rows(noise_matrix + LEAKAGE)
    posterior = deconvolve(pred_probs, noise_matrix, n_iter)
    posterior *= noise_matrix.T[y].astype(posterior.dtype)
    posterior /= posterior.sum(axis=1, keepdims=True)
    return posterior


class PosteriorTerms(NamedTuple):
    """All that is fitted of a posterior.

    Attributes
    ----------
    noise : NoiseRows
        p(given | true).

    rescaling : Rescaling
        What makes probabilities fit for a posterior.

    n_iter : int or None
        Steps of the deconvolution; None for a matrix that was estimated from the same
        probabilities.

    disputed : float
        Share of the noise that is in doubt, in [0, 1].
    """

    noise: NoiseRows
    rescaling: Rescaling
    n_iter: int | None
    disputed: float


def cautious_posterior(label_posterior, self_confidence, disputed):
    """p(true = given | x, given) under a noise matrix that is in doubt.

    The log-odds are drawn to those of the self-confidence, which needs no matrix, by the
    share of the noise that is disputed and a quarter more, six tenths at most: a logarithmic
    pool of two opinions (Genest & Zidek, "Combining Probability Distributions: A Critique and
    an Annotated Bibliography", Statistical Science 1, 1986).
    """
    weight = min(DOUBT_FACTOR * disputed, MOST_DRAWN)
    if weight == 0:
        return label_posterior
    drawn = np.empty_like(label_posterior)
    for start in range(0, len(drawn), CHUNK):
        rows = slice(start, start + CHUNK)
        odds = np.zeros(len(drawn[rows]))
        for opinion, part in ((label_posterior, 1 - weight), (self_confidence, weight)):
            share = np.clip(opinion[rows], *SHARES, dtype=np.float64)
            odds += part * np.log(share / (1 - share))
        opinions = label_posterior[rows], self_confidence[rows]  # where these are clipped
        drawn[rows] = np.clip(expit(odds), np.minimum(*opinions), np.maximum(*opinions))
    return drawn


class Posterior:
    """p(true | x, given = y) by blocks of rows.

    Parameters
    ----------
    noise : NoiseRows
        p(given | true).

    dtype : dtype
        Precision of the probabilities. More than 64 classes take single precision: it halves
        the time, and its rounding is far below what the noise is known to.

    rescale : Rescaling, default=None
        What makes probabilities fit for a posterior; None takes them as they are.

    n_iter : int or None, default=None
        Steps of the deconvolution. None is for a matrix that was estimated from the same
        probabilities: one step, taken four times as far, and no more, since what is left
        is as likely an error of the model as of the labels. Over-relaxed steps: Meinel,
        "Origins of linear and nonlinear recursive restoration algorithms", Journal of the
        Optical Society of America A 3, 1986.
    """

    def __init__(self, noise, dtype, rescale=None, n_iter=None):
        self.rescale = no_rescaling(noise.n_classes) if rescale is None else rescale
        self.n_iter = n_iter
        self.dtype = np.dtype(np.float32 if noise.n_classes > MAX_DENSE else dtype)
        self._noise = noise.leaking(LEAKAGE)
        self._matrix = None if n_iter is None else self._noise.toarray()
        self._products = Products(self._noise, self.dtype)
        self._own = self._noise.diagonal.astype(self.dtype)

    def _p_true(self, block):
        """p(true | x) up to a factor of each row, (n_classes, n_rows)."""
        if self.n_iter is not None:
            p_true = deconvolve(self.rescale(block), self._matrix, self.n_iter)
            return np.array(p_true.T, dtype=self.dtype, order="C")
        columns = self.rescale.columns(block, self.dtype, self._products.room)
        p_given = columns[: block.shape[1]]
        ratio = np.empty_like(columns)
        np.divide(p_given, self._products.forward(columns), out=ratio[: block.shape[1]])
        step = self._products.backward(ratio)
        step *= step
        step *= step
        step *= p_given
        return step

    def _label_posterior(self, block, codes):
        """p(true | x), p(true = given | x, given) and the chance of the given label.

        The first is up to a factor of each row, (n_classes, n_rows), the others (n_rows,).
        """
        if len(block) == 1:  # which would be added up in another order
            block, codes = np.repeat(block, 2, axis=0), np.repeat(codes, 2)
            return tuple(each[..., :1] for each in self._label_posterior(block, codes))
        p_true = self._p_true(block)
        right = own(p_true.T, codes) * self._own[codes]
        chance = np.maximum(right + self._products.of_others(p_true, codes), TINY)
        return p_true, right / chance, chance

    def of_labels(self, block, codes):
        """p(true = given | x, given) of a block of rows."""
        return self._label_posterior(block, codes)[1].astype(block.dtype)

    def read(self, block, codes):
        """Posterior of the labels of a block, and the shares of the true classes.

        Returns
        -------
        label_posterior : ndarray of shape (n_rows,)
            p(true = given | x, given).

        given : ndarray of shape (n_given,)
            Given classes of the rows that are not surely right; of up to 32 classes, all.

        totals : ndarray of shape (n_given, n_classes)
            Sum over these rows of p(true = i | x) / p(given | x). Multiplied by
            p(given | true = i) it is the sum of their posteriors.
        """
        p_true, found, chance = self._label_posterior(block, codes)
        n_classes = len(p_true)
        if n_classes <= NARROW:  # a plain product beats a sparse one
            weights = np.zeros_like(p_true)
            weights[codes, np.arange(len(codes))] = np.where(found < SURE, 1 / chance, 0)
            return found.astype(block.dtype), np.arange(n_classes), weights @ p_true.T
        unsure = np.flatnonzero(found < SURE)
        occurs = np.bincount(codes[unsure], minlength=n_classes) > 0
        given, position = np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[codes[unsure]]
        weights = csr_array(
            (1 / chance[unsure], (position, np.arange(len(unsure)))),
            shape=(len(given), len(unsure)),
        )
        totals = weights @ p_true[:, unsure].T
        return found.astype(block.dtype), given, totals

    def joint(self, y, label_posterior, by_given):
        """The joint that the posteriors of all rows imply, [true, given].

        Its column sums are the shares of the given labels. Rows whose label has a posterior of
        .999 or more are counted as right; `by_given` has the totals of the others.
        """
        n_classes = self._noise.n_classes
        joint = by_given.T * (self._noise.toarray() if self._matrix is None else self._matrix)
        sure = np.bincount(y[label_posterior >= SURE], minlength=n_classes)
        joint[np.diag_indices(n_classes)] += sure
        totals = joint.sum(axis=0)
        given = np.bincount(y, minlength=n_classes)  # what the sums would be but for rounding
        joint *= given / (len(y) * np.where(totals > 0, totals, 1))
        return joint


def label_posteriors(y, pred_probs, posterior, map=map):
    """p(true = given | x, given) of all rows, (n_samples,); see `posterior_pass`."""
    label_posterior = np.empty(len(y), dtype=pred_probs.dtype.newbyteorder("="))
    for rows, found in each_block(posterior.of_labels, pred_probs, y, map=map):
        label_posterior[rows] = found
    return label_posterior


def posterior_pass(y, pred_probs, posterior, map=map):
    """One pass over all rows for what the posterior is needed for.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    pred_probs : array of shape (n_samples, n_classes)
        Probabilities, read by blocks of rows.

    posterior : Posterior
        What to make of them.

    map : callable, default=map
        Applies a function to blocks of rows, in any order of execution.

    Returns
    -------
    label_posterior : ndarray of shape (n_samples,)
        p(true = given | x, given).

    by_given : ndarray of shape (n_classes, n_classes)
        Totals for `Posterior.joint`.
    """
    n_classes = pred_probs.shape[1]
    label_posterior = np.empty(len(y), dtype=pred_probs.dtype.newbyteorder("="))
    # of few classes, sums can be long, and a matrix in double precision is small
    precision = np.float64 if n_classes <= MAX_DENSE else posterior.dtype
    by_given = np.zeros((n_classes, n_classes), dtype=precision)
    for rows, (found, given, totals) in each_block(posterior.read, pred_probs, y, map=map):
        label_posterior[rows] = found
        by_given[given] += totals
    return label_posterior, by_given


def correct_proba(pred_probs, noise_matrix):
    """p(true | x) of p(given | x), by blocks of rows: the deconvolution run to its end."""
    true_probs = np.empty(pred_probs.shape, dtype=pred_probs.dtype)
    for rows in row_blocks(pred_probs):
        block = np.asarray(pred_probs[rows])
        true_probs[rows] = deconvolve(block, noise_matrix, N_STEPS, STEP)
    return true_probs
