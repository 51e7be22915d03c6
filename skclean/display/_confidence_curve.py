"""Draw how precise a review of the flags will be."""

import numpy as np

from skclean._core._verdict import chance_wrong, precision_interval
from skclean.display._base import BaseDisplay, check_issues, check_matplotlib, wrong_labels
from skclean.display._style import BLUE, GREY, VERMILION, legend, options

MAX_POINTS = 500
LEAST_SHOWN = 10


class ConfidenceCurveDisplay(BaseDisplay):
    """Share of right flags against the number of flags that were reviewed, worst first.

    The expected curve adds up the chance of each label to be wrong, calibrated so that at
    all flags it meets ``issues.expected_precision``. Beyond the flags it goes on with the
    next worst labels.

    Parameters
    ----------
    n_reviewed : ndarray of shape (n_points,), dtype int
        Number of samples reviewed.

    expected : ndarray of shape (n_points,) or None
        Expected share of wrong labels among them, in [0, 1].

    interval : tuple of two ndarrays of shape (n_points,) or None
        Low and high end of the expected share.

    actual : ndarray of shape (n_points,) or None
        Actual share.

    n_issues : int, default=0
        Number of flags.

    Attributes
    ----------
    expected_line_, actual_line_ : matplotlib Line2D or None
        The curves.

    band_ : matplotlib PolyCollection or None
        The interval.

    issues_line_ : matplotlib Line2D or None
        Where the flags end.

    ax_ : matplotlib Axes
        Axes with the curves.

    figure_ : matplotlib Figure
        Figure with the axes.

    Examples
    --------
    >>> from skclean.display import ConfidenceCurveDisplay
    >>> y = ["cat"] * 4 + ["dog"] * 4
    >>> pred_probs = [[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5
    >>> y_true = ["cat"] * 3 + ["dog"] * 5
    >>> display = ConfidenceCurveDisplay.from_predictions(y, pred_probs, y_true=y_true)
    >>> display.actual is not None
    True
    """

    def __init__(self, n_reviewed, expected, interval=None, actual=None, *, n_issues=0):
        self.n_reviewed = n_reviewed
        self.expected = expected
        self.interval = interval
        self.actual = actual
        self.n_issues = n_issues

    def plot(self, ax=None, *, line_kw=None):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        line_kw : dict, default=None
            Keywords of both curves.

        Returns
        -------
        self : ConfidenceCurveDisplay
            The display, drawn.
        """
        ax = self._start(ax)
        from matplotlib.lines import Line2D

        self.expected_line_ = self.actual_line_ = self.band_ = self.issues_line_ = None
        if self.interval is not None:
            self.band_ = ax.fill_between(
                self.n_reviewed,
                *self.interval,
                color=BLUE,
                alpha=0.2,
                linewidth=0,
                label="expected, 90% interval",
            )
        if self.expected is not None:
            style = options(Line2D, {"color": BLUE, "label": "expected"}, line_kw)
            (self.expected_line_,) = ax.plot(self.n_reviewed, self.expected, **style)
        if self.actual is not None:
            style = {"color": VERMILION, "linestyle": "--", "label": "actual"}
            style = options(Line2D, style, line_kw)
            (self.actual_line_,) = ax.plot(self.n_reviewed, self.actual, **style)
        ends = f"{self.n_issues:,} flags" if self.n_issues else "no flags"
        self.issues_line_ = ax.axvline(self.n_issues, color=GREY, linestyle=":", label=ends)
        ax.set(
            xlabel="samples reviewed, flags first and worst label quality first",
            ylabel="share of wrong labels among them",
            ylim=(0, 1.02),
        )
        ax.set_xlim(left=0)
        legend(ax, loc="best")
        return self

    @classmethod
    def from_issues(cls, issues, *, y_true=None, reviewed_mask=None, ax=None, **kwargs):
        """Draw the expected precision of flags, and the actual one where it is known.

        Parameters
        ----------
        issues : LabelIssues
            The findings.

        y_true : array-like of shape (n_samples,), default=None
            True labels, where they are known.

        reviewed_mask : array-like of shape (n_samples,), dtype bool, default=None
            Samples of which `y_true` is known; the others are left out of the actual
            curve. None knows them all.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of `plot`.

        Returns
        -------
        display : ConfidenceCurveDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the findings expect nothing of their flags and there is no `y_true`.
        """
        check_matplotlib(f"{cls.__name__}.from_issues")
        check_issues(issues, needs=() if y_true is None else ("given_label", "classes"))
        n_issues, expects = issues.n_issues, not np.isnan(issues.expected_precision)
        if n_issues and not expects and y_true is None:
            raise ValueError(
                "These LabelIssues give no expected_precision; pass y_true to draw the actual "
                "precision, or take the findings of ConfidentLearning or find_label_issues."
            )
        n_shown = min(len(issues.issue_mask), max(2 * n_issues, LEAST_SHOWN))
        order = issues.ranked_indices()[:n_shown]
        points = np.linspace(1, n_shown, min(n_shown, MAX_POINTS)).round().astype(int)
        points = np.union1d(points, [n_issues] if n_issues else [])
        points = points.astype(int)
        expected = interval = actual = None
        if n_issues and expects:
            chances = chance_wrong(
                issues.label_quality, issues.issue_mask, issues.expected_precision, order
            )
            expected = np.cumsum(chances)[points - 1] / points
            if issues.expected_precision_interval is not None:
                ends = [precision_interval(*pair) for pair in zip(expected, points, strict=True)]
                interval = tuple(np.array(ends).T)
        if y_true is not None:
            known = np.ones(len(issues.issue_mask), dtype=bool)
            known = known if reviewed_mask is None else np.asarray(reviewed_mask, dtype=bool)
            wrong = np.cumsum((wrong_labels(issues, y_true) & known)[order])[points - 1]
            n_known = np.cumsum(known[order])[points - 1]
            actual = np.divide(wrong, n_known, out=np.full(len(points), np.nan), where=n_known > 0)
        return cls(points, expected, interval, actual, n_issues=n_issues).plot(ax=ax, **kwargs)
