"""The default joint: confident counts and posterior averaged."""

import numpy as np

from skclean._core._evidence import Evidence
from skclean.noise_matrix._base import BaseJoint

MIN_GIVEN = 5  # labels of a class from which it can be the true one of others
MIN_SHARE = 0.1  # or that share of the largest class, if that is less


def average_joints(evidence):
    """Mean of the confident joint and the joint that the posterior implies.

    The threshold of a class with a handful of labels, a misspelt one say, says nothing,
    and many samples reach it: such a class is the true one of no other label.
    """
    joint = (evidence.joint + evidence.posterior_joint) / 2
    few = np.flatnonzero(
        evidence.given_counts < min(MIN_GIVEN, MIN_SHARE * evidence.given_counts.max())
    )
    own = joint[few, few]
    joint[few, few] = 0
    moved = joint[few].sum(axis=0)
    moved[few] += own
    joint[few] = 0
    joint[np.diag_indices_from(joint)] += moved
    return joint


class AveragedJoint(BaseJoint):
    """Average the confident joint with the joint that the posterior implies.

    The two err in opposite ways: confident counts take model errors for label errors
    and over-estimate class-conditional noise, the mean posterior under-estimates noise
    near the class boundaries. Noise that depends on the sample and not only on its
    class has no noise matrix; what comes out then is an average over each class.

    See Also
    --------
    ConfidentJoint : The classic estimate of confident learning [1]_.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean.noise_matrix import AveragedJoint
    >>> y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> pred_probs = np.array([[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5)
    >>> AveragedJoint().estimate(y, pred_probs).round(2)
    array([[0.38, 0.  ],
           [0.12, 0.5 ]])
    """

    def _estimate(self, y, pred_probs, scan=None):
        return average_joints(Evidence(y, pred_probs, scan=scan))
