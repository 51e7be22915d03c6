"""The noise matrix as a product of two that are easier to estimate."""

from numbers import Real

import numpy as np

from skclean._core._algebra import normalize_rows
from skclean._core._blocks import row_blocks
from skclean._core._transition import anchor_matrix, joint_from_transition
from skclean.noise_matrix._anchor_points import anchor_depth
from skclean.noise_matrix._base import BaseJoint
from skclean.utils._sklearn import Interval


def count_predicted(y, pred_probs):
    """Samples by [most probable class, given label], (n_classes, n_classes) int."""
    n_classes = pred_probs.shape[1]
    counts = np.zeros(n_classes**2, dtype=np.int64)
    for rows in row_blocks(pred_probs):
        cells = np.asarray(pred_probs[rows]).argmax(axis=1) * n_classes + y[rows]
        counts += np.bincount(cells, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes)


class DualT(BaseJoint):
    """Factor the noise matrix through an intermediate class.

    The intermediate class of a sample is the most probable one. With it the noise
    matrix is ``T_club @ T_spade`` [1]_: ``T_club[i, l]`` = p(intermediate = l | true = i)
    is what :class:`AnchorPoints` reads off the anchors, ``T_spade[l, j]`` = p(given = j |
    intermediate = l) is counted. Counting needs no calibrated probabilities, so an
    over-confident model, whose anchors show no noise, is put right by the counts.

    It assumes what anchors assume, and that the given label depends on the intermediate
    class alone and no longer on the true one. Where a model is weak, or already shows
    the noise in its probabilities, both factors hold it and noise is counted twice: the
    estimate is then too high, the more so the better calibrated the model is.

    Parameters
    ----------
    quantile : float, default=1.0
        Which sample is the anchor of a class, as in :class:`AnchorPoints`; 1 is the one
        with the largest probability.

    See Also
    --------
    AnchorPoints : The first factor alone.

    Notes
    -----
    A class that is nowhere the most probable one, has probability 0 everywhere, or has
    no given label, has the row of the identity in the factor concerned.

    References
    ----------
    .. [1] Yao, Liu, Han, Gong, Deng, Niu & Sugiyama, "Dual T: Reducing Estimation Error
       for Transition Matrix in Label-noise Learning", NeurIPS 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean import estimate_noise_matrix
    >>> from skclean.noise_matrix import DualT
    >>> y = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    >>> pred_probs = np.array([[1.0, 0.0]] * 5 + [[0.0, 1.0]] * 5)  # over-confident
    >>> estimate_noise_matrix(y, pred_probs, method=DualT()).noise_matrix.round(2)
    array([[0.8, 0.2],
           [0. , 1. ]])
    """

    _parameter_constraints: dict = {"quantile": [Interval(Real, 0, 1, closed="both")]}

    def __init__(
        self,
        *,
        quantile: float = 1.0,
    ) -> None:
        self.quantile = quantile

    def _estimate(self, y, pred_probs):
        n_classes = pred_probs.shape[1]
        given_prior = np.bincount(y, minlength=n_classes) / len(y)
        club = anchor_matrix(pred_probs, anchor_depth(y, n_classes, self.quantile))
        spade = normalize_rows(count_predicted(y, pred_probs))
        return joint_from_transition(club @ spade, given_prior)
