"""Weigh samples by the quality of their label."""

from numbers import Real

import numpy as np

from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.utils._sklearn import Interval


class Reweight(BaseStrategy):
    """Train on all samples, each weighed by the quality of its label.

    The weight takes the place of the share of right labels among samples like it
    [1]_. It needs an estimator that takes `sample_weight`.

    Parameters
    ----------
    floor : float, default=0.05
        Smallest weight, in [0, 1]; no sample counts less.

    See Also
    --------
    Prune : Leave flagged samples out.
    Relabel : Keep them with the suggested label.

    References
    ----------
    .. [1] Liu & Tao, "Classification with Noisy Labels by Importance Reweighting", IEEE
       Transactions on Pattern Analysis and Machine Intelligence 38, 2016.

    Examples
    --------
    >>> from skclean import find_label_issues
    >>> from skclean.strategies import Reweight
    >>> y = ["cat"] * 10 + ["dog"] * 10
    >>> pred_probs = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    >>> issues = find_label_issues(y, pred_probs, quality="self_confidence")
    >>> Reweight().apply(issues.given_label, issues).sample_weight[8:11]
    array([0.9, 0.1, 0.9])
    """

    _parameter_constraints: dict = {"floor": [Interval(Real, 0, 1, closed="both")]}

    def __init__(self, *, floor=0.05):
        self.floor = floor

    def _apply(self, y, issues):
        return Treatment(
            y=y,
            keep=np.ones(len(y), dtype=bool),
            sample_weight=np.maximum(issues.label_quality, self.floor),
        )
