"""Protocol of the methods that estimate how given labels depend on true ones."""

from abc import ABC, abstractmethod

from sklearn.base import BaseEstimator

from skclean._core import _algebra
from skclean._issues import NoiseEstimate


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
