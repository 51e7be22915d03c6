"""Leave flagged samples out."""

from numbers import Integral
from typing import Any

import numpy as np

from skclean._core._prune import within_budget
from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.strategies._weights import CLASS_WEIGHT
from skclean.utils._sklearn import Interval, RealNotInt


class Prune(BaseStrategy):
    """Train without the flagged samples.

    Parameters
    ----------
    max_removed : int or float, default=None
        Leave out at most that many samples, or that share of all in [0, 1], those of the
        worst label quality. None leaves out all that are flagged.

    keep_ambiguous : bool, default=False
        Keep the flagged samples that overlap of the classes could explain, and leave out
        those alone whose flags stand; see `LabelIssues.ambiguous_mask`. It needs a detector
        that tells them apart, as `ConfidentLearning` does by its default rule.

    class_weight : {"prior", "balanced"}, default=None
        Pruning thins some classes more than others. "prior" weighs the rest so that each
        class weighs its estimated share of the true labels, which needs a detector that
        estimates the noise; "balanced" so that all classes weigh the same; None does not
        weigh it. Weights need an estimator that takes `sample_weight`.

    See Also
    --------
    Reweight : Keep them with less weight.
    Relabel : Keep them with the suggested label.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from skclean import find_label_issues
    >>> from skclean.strategies import Prune
    >>> y = ["cat"] * 10 + ["dog"] * 10
    >>> pred_probs = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    >>> issues = find_label_issues(y, pred_probs)
    >>> Prune().apply(issues.given_label, issues).keep.sum()
    np.int64(19)
    """

    _parameter_constraints: dict = {
        "max_removed": [
            Interval(Integral, 0, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="both"),
            None,
        ],
        "keep_ambiguous": ["boolean"],
        "class_weight": CLASS_WEIGHT,
    }

    def __init__(
        self,
        *,
        max_removed: float | None = None,
        keep_ambiguous: bool = False,
        class_weight: Any = None,
    ) -> None:
        self.max_removed = max_removed
        self.keep_ambiguous = keep_ambiguous
        self.class_weight = class_weight

    def _apply(self, y, issues):
        removed = issues.issue_mask
        if self.keep_ambiguous and issues.noise_rate_bounds is None:
            raise ValueError(
                "keep_ambiguous=True needs flags that are told apart from overlap, which this "
                "detector does not do; pass keep_ambiguous=False or use ConfidentLearning()."
            )
        if self.keep_ambiguous:
            removed = removed & ~issues.ambiguous_mask
        if self.max_removed is not None:
            most = self.max_removed
            if not isinstance(most, Integral):
                most = int(most * len(y))
            removed = within_budget(
                issues.label_quality, removed, min(most, np.count_nonzero(removed))
            )
        return Treatment(y=y, keep=~removed)
