"""The joint of confident learning: counts of confident samples, calibrated."""

from skclean._core._evidence import Evidence
from skclean._core._joint import COLLISIONS
from skclean.noise_matrix._base import BaseJoint
from skclean.utils._sklearn import StrOptions
from skclean.utils._typing import Collision


class ConfidentJoint(BaseJoint):
    """Estimate the joint by counting confident samples.

    A sample counts as truly of class i when its probability of i reaches the mean
    self-confidence of the samples given i [1]_. The counts are scaled to the given
    label counts. Model errors are counted as label errors, so where classes overlap
    it over-estimates the noise.

    Parameters
    ----------
    collision : {"restricted", "unrestricted"}, default="restricted"
        Where a sample goes that is confident for several classes: the most probable
        of those, or of all classes.

    See Also
    --------
    AveragedJoint : Its mean with the joint that the posterior implies; the default.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean.noise_matrix import ConfidentJoint
    >>> y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> pred_probs = np.array([[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5)
    >>> ConfidentJoint().estimate(y, pred_probs)
    array([[0.375, 0.   ],
           [0.125, 0.5  ]])
    """

    _parameter_constraints: dict = {"collision": [StrOptions(set(COLLISIONS))]}

    def __init__(
        self,
        *,
        collision: Collision = "restricted",
    ) -> None:
        self.collision = collision

    def _estimate(self, y, pred_probs, scan=None):
        return Evidence(y, pred_probs, collision=self.collision, scan=scan).joint
