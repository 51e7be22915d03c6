"""Give flagged samples the suggested label."""

from numbers import Real

import numpy as np

from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.utils._sklearn import Interval


class Relabel(BaseStrategy):
    """Train on all samples, the flagged ones with the suggested label.

    Parameters
    ----------
    min_confidence : float, default=None
        Smallest probability of the suggested label, in [0, 1], at which it is taken;
        less certain flagged samples keep their label. None takes every suggestion.

    See Also
    --------
    Prune : Leave them out.
    Reweight : Keep them with less weight.

    References
    ----------
    .. [1] Frenay & Verleysen, "Classification in the Presence of Label Noise: A
       Survey", IEEE Transactions on Neural Networks and Learning Systems 25, 2014.

    Examples
    --------
    >>> from skclean import find_label_issues
    >>> from skclean.strategies import Relabel
    >>> y = ["cat"] * 10 + ["dog"] * 10
    >>> pred_probs = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    >>> issues = find_label_issues(y, pred_probs)
    >>> str(Relabel().apply(issues.given_label, issues).y[9])
    'dog'
    """

    _parameter_constraints: dict = {"min_confidence": [Interval(Real, 0, 1, closed="both"), None]}

    def __init__(self, *, min_confidence=None):
        self.min_confidence = min_confidence

    def _apply(self, y, issues):
        changed = issues.issue_mask
        if self.min_confidence is not None:
            if issues.suggested_proba is None:
                raise ValueError(
                    f"min_confidence={self.min_confidence} needs the probability of each "
                    "suggested label, which this detector does not give; pass "
                    "min_confidence=None or another detector."
                )
            changed = changed & (issues.suggested_proba >= self.min_confidence)
        y = np.where(changed, issues.suggested_label, y)
        return Treatment(y=y, keep=np.ones(len(y), dtype=bool))
