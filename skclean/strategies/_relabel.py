"""Give flagged samples the suggested label."""

from numbers import Real
from typing import Any

import numpy as np

from skclean._core._verdict import chance_wrong
from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.strategies._posterior import suggested_chances
from skclean.strategies._weights import CLASS_WEIGHT
from skclean.utils._sklearn import Interval, StrOptions


class Relabel(BaseStrategy):
    """Train on the flagged samples with the suggested label, on the others as they are.

    Parameters
    ----------
    min_confidence : float, default=None
        Smallest probability that the suggested label is the true one, in [0, 1], at which
        it is taken: p(true = suggested | x, given) of
        :meth:`~skclean.LabelIssues.true_label_proba`, though no more than the chance that
        the given one is wrong, of which `expected_precision` is the mean; or
        `suggested_proba` of a detector that does not estimate the noise. None takes every
        suggestion.

    below : {"keep", "drop"}, default="keep"
        What becomes of flagged samples whose suggestion is less certain than that: they
        keep their label, or are left out.

    class_weight : {"prior", "balanced"}, default=None
        "prior" weighs the samples so that each class weighs its estimated share of the
        true labels, which needs a detector that estimates the noise; "balanced" so that
        all classes weigh the same; None does not weigh them. Weights need an estimator
        that takes `sample_weight`.

    See Also
    --------
    Prune : Leave them out.
    SoftLabels : Spread each sample over the classes that it may be of.
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

    _parameter_constraints: dict = {
        "min_confidence": [Interval(Real, 0, 1, closed="both"), None],
        "below": [StrOptions({"keep", "drop"})],
        "class_weight": CLASS_WEIGHT,
    }

    def __init__(
        self,
        *,
        min_confidence: float | None = None,
        below: str = "keep",
        class_weight: Any = None,
    ) -> None:
        self.min_confidence = min_confidence
        self.below = below
        self.class_weight = class_weight

    def _apply(self, y, issues):
        changed = issues.issue_mask
        if self.min_confidence is not None:
            changed = changed.copy()
            flagged = np.flatnonzero(changed)
            changed[flagged] = self._confidence(issues, flagged) >= self.min_confidence
        unsure = issues.issue_mask & ~changed
        return Treatment(
            y=np.where(changed, issues.suggested_label, y),
            keep=~unsure if self.below == "drop" else np.ones(len(y), dtype=bool),
        )

    def _confidence(self, issues, rows):
        """Probability that the suggested labels of some rows are the true ones."""
        if issues.pred_probs is not None and issues.noise is not None:
            chances = suggested_chances(issues, rows)
            if np.isnan(issues.expected_precision):
                return chances
            flags = issues.label_quality, issues.issue_mask, issues.expected_precision
            return np.minimum(chances, chance_wrong(*flags, rows))
        if issues.suggested_proba is None:
            raise ValueError(
                f"min_confidence={self.min_confidence} needs the probability of each "
                "suggested label, which this detector does not give; pass "
                "min_confidence=None or another detector."
            )
        return issues.suggested_proba[rows]
