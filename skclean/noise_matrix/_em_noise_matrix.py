"""The noise matrix of maximum likelihood, given p(true | x)."""

import warnings
from numbers import Integral, Real

import numpy as np
from scipy.sparse import csc_array
from sklearn.exceptions import ConvergenceWarning

from skclean._core._algebra import TINY, normalize_rows
from skclean._core._blocks import row_blocks
from skclean.noise_matrix._base import BaseJoint
from skclean.utils._sklearn import Interval

FLOOR = 0.01  # what a leap leaves of an entry at least, so that it can rise again


def em_step(y, pred_probs, noise_matrix):
    """One step of expectation-maximisation, from one pass over the probabilities.

    Returns
    -------
    joint : ndarray of shape (n_classes, n_classes)
        Mean of the expected true labels, [true, given]; its rows scaled to sum 1 are the
        next noise matrix.

    log_likelihood : float
        Mean log-likelihood of `noise_matrix`.

    gap : float
        Bound on how far that is from the largest one: as it is concave, no noise matrix
        exceeds the tangent plane.
    """
    n_samples, n_classes = pred_probs.shape
    weight = np.zeros((n_classes, n_classes))  # [given, true]
    log_likelihood = 0.0
    for rows in row_blocks(pred_probs):
        probs, given = np.asarray(pred_probs[rows], dtype=np.float64), y[rows]
        likelihood = np.einsum("ik,ik->i", probs, noise_matrix.T[given])
        likelihood = np.maximum(likelihood, TINY)
        log_likelihood += np.log(likelihood).sum()
        shape, starts = (n_classes, len(given)), np.arange(len(given) + 1)
        weight += csc_array((1 / likelihood, given, starts), shape=shape) @ probs
    gradient = weight.T / n_samples
    gap = gradient.max(axis=1).sum() - 1
    return noise_matrix * gradient, log_likelihood / n_samples, gap


def leap(start, first, second):
    """Where two steps from `start` lead, extrapolated as SQUAREM does."""
    step, bend = first - start, second - 2 * first + start
    length = np.linalg.norm(step) / max(np.linalg.norm(bend), TINY)
    if length <= 1:
        return second
    return normalize_rows(np.maximum(start + 2 * length * step + length**2 * bend, FLOOR * second))


class EMNoiseMatrix(BaseJoint):
    """Fit the noise matrix by maximum likelihood, with p(true | x) known.

    With q = `pred_probs` read as p(true | x), the given labels have the likelihood
    ``sum_i log sum_k q[i, k] * T[k, y[i]]``. It is concave in T and is climbed by
    expectation-maximisation [1]_, [2]_, with every third step from where the two before
    lead [3]_; the joint is the mean of the expected true labels.

    It assumes that `pred_probs` come from a model of the *true* label: trained on clean
    data, or on a small trusted set. Then classes may overlap as they like. Do not use it
    with probabilities of a model trained on the given labels: those estimate
    p(given | x), in which the noise is already contained, and the likelihood is largest
    near the identity, so the noise comes out far too low. The noise also comes out wrong
    where the model of the true label is not calibrated: what an over-confident model
    gets wrong counts as noise, and an under-confident one hides noise.

    Parameters
    ----------
    max_iter : int, default=1000
        Largest number of steps, each one pass over the probabilities.

    tol : float, default=1e-6
        Stop when the mean log-likelihood is at most this far from the largest one.

    See Also
    --------
    AveragedJoint : The default, for models trained on the given labels.

    Notes
    -----
    A true class that has probability 0 everywhere is taken to be labelled right. A
    ConvergenceWarning says that `max_iter` was too small.

    References
    ----------
    .. [1] Dawid & Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using
       the EM Algorithm", Applied Statistics 28, 1979.
    .. [2] Lawrence & Schoelkopf, "Estimating a Kernel Fisher Discriminant in the
       Presence of Label Noise", ICML 2001.
    .. [3] Varadhan & Roland, "Simple and Globally Convergent Methods for Accelerating the
       Convergence of Any EM Algorithm", Scandinavian Journal of Statistics 35, 2008.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean import estimate_noise_matrix
    >>> from skclean.noise_matrix import EMNoiseMatrix
    >>> y = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    >>> clean_probs = np.array([[1.0, 0.0]] * 5 + [[0.0, 1.0]] * 5)
    >>> estimate_noise_matrix(y, clean_probs, method=EMNoiseMatrix()).noise_matrix.round(2)
    array([[0.8, 0.2],
           [0. , 1. ]])
    """

    _parameter_constraints: dict = {
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        *,
        max_iter: int = 1000,
        tol: float = 1e-6,
    ) -> None:
        self.max_iter = max_iter
        self.tol = tol

    def _estimate(self, y, pred_probs):
        n_classes = pred_probs.shape[1]
        given_prior = np.bincount(y, minlength=n_classes) / len(y)
        matrix = normalize_rows(np.eye(n_classes) + given_prior)  # all confusions seen may be
        for step in range(self.max_iter):
            joint, height, gap = em_step(y, pred_probs, matrix)
            if gap <= self.tol:
                return joint
            after = normalize_rows(joint)
            if step % 3 == 0:
                start, matrix = matrix, after
            elif step % 3 == 1:
                second, reached, matrix = after, height, leap(start, matrix, after)
            else:
                matrix = after if height >= reached else second
        warnings.warn(
            f"EMNoiseMatrix stopped after max_iter={self.max_iter} steps, with the mean "
            f"log-likelihood up to {gap:.1e} short of the largest, not tol={self.tol}. Increase "
            "max_iter or tol.",
            ConvergenceWarning,
            stacklevel=2,
        )
        return joint
