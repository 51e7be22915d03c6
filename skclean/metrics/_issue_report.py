"""How well the wrong labels were found."""

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri
from sklearn.metrics import average_precision_score
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import column_or_1d

from skclean._issues import LabelIssues
from skclean.metrics._validation import (
    check_label_quality,
    check_mask,
    check_wrong,
    numpy_bools,
    table,
)
from skclean.utils._encoding import check_labels
from skclean.utils._sklearn import Interval, validate_params

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = (float("nan"), float("nan"))


def wilson_interval(n_successes, n_trials, confidence_level):
    """Wilson score interval of a proportion; unknown without trials."""
    if n_trials == 0:
        return UNKNOWN
    z = float(ndtri((1 + confidence_level) / 2))
    share = n_successes / n_trials
    center = share + z**2 / (2 * n_trials)
    half = z * np.sqrt(share * (1 - share) / n_trials + (z / (2 * n_trials)) ** 2)
    low, high = ((center + sign * half) / (1 + z**2 / n_trials) for sign in (-1, 1))
    return max(0.0, float(low)), min(1.0, float(high))


def found_at(k, wrong, label_quality):
    """Wrong labels among the `k` of worst quality; a tie at the edge counts by its share."""
    if k == 0:
        return 0.0
    edge = np.partition(label_quality, k - 1)[k - 1]
    below, tied = label_quality < edge, label_quality == edge
    n_below = int(below.sum())
    return float(wrong[below].sum() + (k - n_below) * wrong[tied].mean())


def share(part, whole):
    """Quotient of two counts, NaN of nothing."""
    return float(part / whole) if whole else float("nan")


@dataclass(frozen=True)
class IssueReport:
    """How well the wrong labels were found; ``print`` shows it as a table.

    A score is NaN where it has no meaning: precision without flags, recall without wrong
    labels. Intervals are pairs (low, high), NaN where there is no count behind them.

    Attributes
    ----------
    n_samples, n_wrong, n_flagged, n_found : int
        Number of samples, of wrong labels, of flags, and of flags on wrong labels.

    precision, recall, f1 : float
        Of the flags, in [0, 1].

    average_precision : float
        Area under the precision-recall curve of the label quality, in [0, 1].

    precision_at_k : float
        Share of wrong labels among the `n_wrong` labels of worst quality, in [0, 1]; of a
        tie at the edge counts its expected share.

    precision_interval, recall_interval, f1_interval, precision_at_k_interval : tuple
        Confidence intervals.

    confidence_level : float
        Their confidence level, in (0, 1).
    """

    n_samples: int
    n_wrong: int
    n_flagged: int
    n_found: int
    precision: float
    recall: float
    f1: float
    average_precision: float
    precision_at_k: float
    precision_interval: tuple[float, float]
    recall_interval: tuple[float, float]
    f1_interval: tuple[float, float]
    precision_at_k_interval: tuple[float, float]
    confidence_level: float

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Gather the scores by name.

        Returns
        -------
        scores : dict of dict
            For each of "precision", "recall", "f1", "average_precision" and
            "precision_at_k" its "value", "low" and "high".
        """
        names = ["precision", "recall", "f1", "average_precision", "precision_at_k"]
        scores = {}
        for name in names:
            low, high = getattr(self, f"{name}_interval", UNKNOWN)
            scores[name] = {"value": getattr(self, name), "low": low, "high": high}
        return scores

    def to_frame(self) -> "pd.DataFrame":
        """Tabulate the scores, one row for each.

        Returns
        -------
        frame : pandas.DataFrame
            Columns value, low and high; the names of the scores are the index.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        scores = self.to_dict()
        columns = {
            name: [score[name] for score in scores.values()] for name in ["value", "low", "high"]
        }
        return table(columns, list(scores), "IssueReport.to_frame")

    def __repr__(self):
        return (
            f"IssueReport(n_wrong={self.n_wrong}, n_flagged={self.n_flagged}, "
            f"precision={self.precision:.3f}, recall={self.recall:.3f}, f1={self.f1:.3f}, "
            f"average_precision={self.average_precision:.3f})"
        )

    def __str__(self):
        percent = f"{100 * self.confidence_level:g}% interval"
        lines = [f"{'':<18}{'score':>8}{percent:>18}", ""]
        for name, score in self.to_dict().items():
            line = f"{name.replace('_', ' '):<18}{score['value']:>8.3f}"
            if not np.isnan(score["low"]):
                between = f"{score['low']:.3f} to {score['high']:.3f}"
                line += f"{between:>18}"
            lines.append(line)
        lines += [
            "",
            f"{self.n_found:,} of {self.n_wrong:,} wrong labels found by {self.n_flagged:,} flags "
            f"on {self.n_samples:,} samples",
        ]
        return "\n".join(lines)


def _mask_and_quality(issues):
    """Flags and label qualities of the findings."""
    if isinstance(issues, LabelIssues):
        return issues.issue_mask, issues.label_quality
    if isinstance(issues, (tuple, list)) and len(issues) == 2:
        return issues
    raise TypeError(
        "issues must be LabelIssues or a pair (issue_mask, label_quality). Got "
        f"{type(issues).__name__}."
    )


def _wrong_mask(wrong, issues):
    """Mask of wrong labels, from itself or from the true labels."""
    given = getattr(issues, "given_label", None)
    wrong = numpy_bools(wrong)
    if given is None or column_or_1d(wrong).dtype == bool:
        return check_wrong(wrong)
    y_true = check_labels(wrong)
    check_consistent_length(y_true, given)
    if not np.isin(y_true, given).any():
        raise ValueError(
            f"y_true must hold labels like the given ones, {np.unique(given)[:10].tolist()}. Got "
            f"{np.unique(y_true)[:10].tolist()}; a mask of wrong labels must have dtype bool."
        )
    return np.asarray(y_true != given, dtype=bool)


@validate_params(
    {
        "wrong": ["array-like"],
        "issues": [LabelIssues, tuple, list],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
    },
    prefer_skip_nested_validation=True,
)
def issue_report(wrong: ArrayLike, issues: Any, *, confidence_level: float = 0.95) -> IssueReport:
    """Report how well the wrong labels were found.

    Parameters
    ----------
    wrong : array-like of shape (n_samples,)
        Which labels are truly wrong: a mask of dtype bool, or the true labels, which are
        compared with the given labels of `issues`. Values of dtype bool are always taken
        as the mask.

    issues : LabelIssues or tuple (issue_mask, label_quality)
        The findings: a record, or its two arrays of shape (n_samples,), flags of dtype
        bool and qualities in [0, 1], where lower is more likely wrong.

    confidence_level : float, default=0.95
        Level of the intervals, in (0, 1).

    Returns
    -------
    report : IssueReport
        Precision, recall, F1, average precision and precision at k with intervals.

    Raises
    ------
    ValueError
        If the arrays do not match, a mask is not of dtype bool or a quality is not in
        [0, 1]; the message names the first such row.

    TypeError
        If `issues` is neither a record nor a pair.

    Notes
    -----
    Precision, recall and precision at k are proportions of counts, and their intervals
    are Wilson score intervals [1]_. F1 is 2 J / (1 + J) with J the share of samples that
    are found among those that are flagged or wrong; its interval is that of J, mapped the
    same way. Average precision is no proportion and has no interval.

    References
    ----------
    .. [1] Brown, Cai & DasGupta, "Interval Estimation for a Binomial Proportion",
       Statistical Science 16, 2001.

    Examples
    --------
    >>> from skclean.metrics import issue_report
    >>> wrong = [True, True, False, False, False, False]
    >>> issue_mask = [True, True, True, False, False, False]
    >>> label_quality = [0.1, 0.3, 0.2, 0.8, 0.9, 0.7]
    >>> print(issue_report(wrong, (issue_mask, label_quality)))
                         score      95% interval
    <BLANKLINE>
    precision            0.667    0.208 to 0.939
    recall               1.000    0.342 to 1.000
    f1                   0.800    0.344 to 0.968
    average precision    0.833
    precision at k       0.500    0.095 to 0.905
    <BLANKLINE>
    2 of 2 wrong labels found by 3 flags on 6 samples
    """
    flagged, label_quality = _mask_and_quality(issues)
    wrong = _wrong_mask(wrong, issues)
    flagged = check_mask(flagged, "issue_mask", "pass the flags first, then the qualities")
    check_consistent_length(wrong, flagged)
    label_quality = check_label_quality(label_quality, wrong)
    n_wrong, n_flagged = int(wrong.sum()), int(flagged.sum())
    n_found = int((wrong & flagged).sum())
    n_either = n_wrong + n_flagged - n_found
    n_found_at_k = found_at(n_wrong, wrong, label_quality)
    low, high = wilson_interval(n_found, n_either, confidence_level)
    return IssueReport(
        n_samples=len(wrong),
        n_wrong=n_wrong,
        n_flagged=n_flagged,
        n_found=n_found,
        precision=share(n_found, n_flagged),
        recall=share(n_found, n_wrong),
        f1=share(2 * n_found, n_wrong + n_flagged),
        average_precision=(
            float(average_precision_score(wrong, -label_quality)) if n_wrong else float("nan")
        ),
        precision_at_k=share(n_found_at_k, n_wrong),
        precision_interval=wilson_interval(n_found, n_flagged, confidence_level),
        recall_interval=wilson_interval(n_found, n_wrong, confidence_level),
        f1_interval=(2 * low / (1 + low), 2 * high / (1 + high)),
        precision_at_k_interval=wilson_interval(n_found_at_k, n_wrong, confidence_level),
        confidence_level=confidence_level,
    )
