"""Draw whether labels of quality q are right in a share q of the cases."""

import numpy as np

from skclean.display._base import BaseDisplay, check_issues, check_matplotlib, wrong_labels
from skclean.display._style import BLUE, GREY, legend, options
from skclean.metrics._calibration import label_quality_calibration
from skclean.metrics._issue_report import wilson_interval


class ReliabilityDisplay(BaseDisplay):
    """Actual against expected share of right labels, in bins of label quality.

    Error bars are Wilson's 95 % intervals. A quality that only ranks has no need to lie on
    the diagonal.

    Parameters
    ----------
    calibration : LabelQualityCalibration
        What :func:`skclean.metrics.label_quality_calibration` returns.

    Attributes
    ----------
    line_ : matplotlib Line2D
        The bins.

    errorbar_ : matplotlib ErrorbarContainer
        The bins with their intervals.

    ax_ : matplotlib Axes
        Axes with the bins.

    figure_ : matplotlib Figure
        Figure with the axes.

    Examples
    --------
    >>> from skclean.display import ReliabilityDisplay
    >>> y = ["cat"] * 4 + ["dog"] * 4
    >>> pred_probs = [[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5
    >>> y_true = ["cat"] * 3 + ["dog"] * 5
    >>> display = ReliabilityDisplay.from_predictions(y, pred_probs, y_true=y_true)
    >>> display.calibration.actual.round(1).tolist()
    [0.0, 1.0]
    """

    def __init__(self, calibration):
        self.calibration = calibration

    def plot(self, ax=None, *, name=None, ref_line=True, line_kw=None):
        """Draw the bins.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        name : str, default=None
            Name in the legend; None is "label quality".

        ref_line : bool, default=True
            Draw the diagonal.

        line_kw : dict, default=None
            Keywords of the bins.

        Returns
        -------
        self : ReliabilityDisplay
            The display, drawn.
        """
        ax = self._start(ax)
        from matplotlib.lines import Line2D

        found = self.calibration
        n_right = (found.actual * found.n_samples).round()
        pairs = zip(n_right, found.n_samples, strict=True)
        ends = np.array([wilson_interval(k, n, 0.95) for k, n in pairs]).T
        distance = np.maximum(np.abs(ends - found.actual), 0)
        if ref_line:
            ax.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="as expected")
        label = "label quality" if name is None else name
        label += f" (calibration error = {found.expected_calibration_error:.3f})"
        style = options(
            Line2D, {"color": BLUE, "marker": "o", "capsize": 3, "label": label}, line_kw
        )
        self.errorbar_ = ax.errorbar(found.expected, found.actual, yerr=distance, **style)
        self.line_ = self.errorbar_.lines[0]
        ax.set(
            xlabel="mean label quality",
            ylabel="share of right labels",
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
        )
        legend(ax, loc="best")
        return self

    @classmethod
    def from_issues(
        cls, issues, *, y_true=None, wrong=None, n_bins=10, strategy="uniform", ax=None, **kwargs
    ):
        """Compare label quality with the truth.

        Parameters
        ----------
        issues : LabelIssues
            The findings.

        y_true : array-like of shape (n_samples,), default=None
            True labels.

        wrong : array-like of shape (n_samples,), dtype bool, default=None
            True where the given label is truly wrong, in place of `y_true`.

        n_bins : int, default=10
            Number of bins.

        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of equal width or of about equal numbers of samples.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of `plot`.

        Returns
        -------
        display : ReliabilityDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If there is neither `y_true` nor `wrong`, or both.
        """
        check_matplotlib(f"{cls.__name__}.from_issues")
        check_issues(issues, needs=("given_label", "classes") if wrong is None else ())
        if (y_true is None) == (wrong is None):
            raise ValueError(
                "ReliabilityDisplay compares with the truth; pass either y_true, the true "
                "labels, or wrong, the mask of wrong labels."
            )
        wrong = wrong_labels(issues, y_true) if wrong is None else wrong
        quality = issues.label_quality
        found = label_quality_calibration(wrong, quality, n_bins, strategy=strategy)
        return cls(found).plot(ax=ax, **kwargs)
