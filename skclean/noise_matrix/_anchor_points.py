"""The noise matrix read off the samples that are surest of each class."""

from numbers import Real

import numpy as np

from skclean._core._transition import anchor_matrix, joint_from_transition
from skclean.noise_matrix._base import BaseJoint
from skclean.utils._sklearn import Interval


def anchor_depth(y, n_classes, quantile):
    """How many samples are surer of each class than its anchor, (n_classes,) int."""
    beyond = int((1 - quantile) * len(y) + 1e-9)
    own = np.bincount(y, minlength=n_classes)
    return np.minimum(beyond, np.maximum(own - 1, 0) // 2)


class AnchorPoints(BaseJoint):
    """Read the noise matrix off one anchor point per class.

    An anchor point of class k is a sample that is of class k for certain, so its
    p(given | x) is row k of the noise matrix [1]_, [2]_. The anchor is taken from the
    samples with the largest probability of k; samples that tie for it are averaged. The
    class prior is then the one that this matrix maps to the shares of the given labels.

    It assumes that every class has such samples, that the noise depends on the class
    alone, and that `pred_probs` are well calibrated for the given labels, at the
    extremes too. It fails where these fail: a model that is not sure enough anywhere
    shows too much noise, an over-confident one too little, and the matrix hangs on the
    errors of a few samples.

    Parameters
    ----------
    quantile : float, default=0.97
        Share of the samples, in [0, 1], whose probability of class k is at most that of
        its anchor; 1 is the very largest, which depends on a single outlier. A class
        with few given labels gets an anchor among the upper half of as many samples as
        carry its label, however low the quantile.

    See Also
    --------
    DualT : Corrects the anchors by counting.
    AveragedJoint : The default, which uses all samples.

    Notes
    -----
    A class that has probability 0 everywhere, or no given label, is taken to be
    labelled right.

    References
    ----------
    .. [1] Liu & Tao, "Classification with Noisy Labels by Importance Reweighting", IEEE
       Transactions on Pattern Analysis and Machine Intelligence 38, 2016.
    .. [2] Patrini, Rozza, Menon, Nock & Qu, "Making Deep Neural Networks Robust to Label
       Noise: A Loss Correction Approach", CVPR 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean import estimate_noise_matrix
    >>> from skclean.noise_matrix import AnchorPoints
    >>> y = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    >>> pred_probs = np.array([[0.8, 0.2]] * 3 + [[0.5, 0.5]] * 2 + [[0.1, 0.9]] * 5)
    >>> estimate_noise_matrix(y, pred_probs, method=AnchorPoints()).noise_matrix.round(2)
    array([[0.8, 0.2],
           [0.1, 0.9]])
    """

    _parameter_constraints: dict = {"quantile": [Interval(Real, 0, 1, closed="both")]}

    def __init__(
        self,
        *,
        quantile: float = 0.97,
    ) -> None:
        self.quantile = quantile

    def _estimate(self, y, pred_probs):
        n_classes = pred_probs.shape[1]
        given_prior = np.bincount(y, minlength=n_classes) / len(y)
        anchors = anchor_matrix(pred_probs, anchor_depth(y, n_classes, self.quantile))
        return joint_from_transition(anchors, given_prior)
