"""Draw given labels, predictions and, where known, true labels in one map."""

import numpy as np

from skclean._core._blocks import each_block
from skclean.display._base import (
    BaseDisplay,
    check_issues,
    check_matplotlib,
    given_codes,
    wrong_labels,
)
from skclean.display._style import BLUE, GREEN, GREY, VERMILION, legend, options

MAX_DRAWN_SHARP = 2_000
# colour, marker and whether it is filled, by kind
LOOKS = {
    "kept": (GREY, "o", True),
    "flagged": (VERMILION, "o", True),
    "flagged, stands": (VERMILION, "o", True),
    "flagged, could be overlap": (BLUE, "s", False),
    "kept, right": (GREY, "o", True),
    "flagged, wrong": (VERMILION, "o", True),
    "flagged, but right": (BLUE, "s", False),
    "missed: kept, but wrong": (GREEN, "^", True),
}


def _given_and_other(block, codes):
    """Probability of the given label and of the most probable other one."""
    block = np.array(block)
    rows = np.arange(len(block))
    given = block[rows, codes]
    block[rows, codes] = -1
    return np.stack([given, np.maximum(block.max(axis=1), 0)], axis=1)


class IssueMapDisplay(BaseDisplay):
    """Probability of the given label against that of the most probable other one.

    Above the dotted line the predictions contradict the given label, and the other label is
    the suggested one. Flags that stand and flags that overlap of the classes could explain
    are told apart or, where true labels are known, right flags, false flags and missed
    errors. Of many kept samples a part is drawn, and all that is flagged on top of it.

    Parameters
    ----------
    given_proba, other_proba : ndarray of shape (n_samples,)
        The probabilities, in [0, 1]; NaN is not drawn.

    kinds : dict of str to ndarray of shape (n_samples,), dtype bool
        Which samples are of each kind, in the order of drawing.

    given_name, other_name : str
        What the two are.

    Attributes
    ----------
    scatter_ : dict of str to matplotlib PathCollection
        Points of each kind.

    line_ : matplotlib Line2D
        Where both probabilities are equal.

    ax_ : matplotlib Axes
        Axes with the map.

    figure_ : matplotlib Figure
        Figure with the axes.

    Examples
    --------
    >>> from skclean.display import IssueMapDisplay
    >>> y = ["cat"] * 10 + ["dog"] * 10
    >>> pred_probs = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    >>> y_true = ["cat"] * 9 + ["dog"] * 11
    >>> display = IssueMapDisplay.from_predictions(y, pred_probs, y_true=y_true)
    >>> display.scatter_["flagged, wrong"].get_offsets().tolist()
    [[0.1, 0.9]]
    """

    def __init__(
        self,
        given_proba,
        other_proba,
        kinds,
        *,
        given_name="probability of the given label",
        other_name="probability of the most probable other label",
    ):
        self.given_proba = given_proba
        self.other_proba = other_proba
        self.kinds = kinds
        self.given_name = given_name
        self.other_name = other_name

    def plot(self, ax=None, *, max_kept=5_000, scatter_kw=None):
        """Draw the map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        max_kept : int, default=5000
            Draw at most that many of the first kind, at even distances in the data.

        scatter_kw : dict, default=None
            Keywords of all points.

        Returns
        -------
        self : IssueMapDisplay
            The display, drawn.
        """
        ax = self._start(ax)
        from matplotlib.collections import PathCollection

        known = ~(np.isnan(self.given_proba) | np.isnan(self.other_proba))
        self.scatter_ = {}
        for i, (kind, mask) in enumerate(self.kinds.items()):
            rows = np.flatnonzero(mask & known)
            label = f"{kind} ({len(rows):,})"
            if i == 0 and len(rows) > max_kept:
                label = f"{kind} ({max_kept:,} of {len(rows):,})"
                rows = rows[np.linspace(0, len(rows) - 1, max_kept).round().astype(int)]
            color, marker, filled = LOOKS[kind]
            style = {
                "s": 12 if len(rows) <= MAX_DRAWN_SHARP else 5,
                "marker": marker,
                "facecolor": color if filled else "none",
                "edgecolor": color,
                "linewidth": 0 if filled else 0.8,
                "alpha": 0.4 if i == 0 else 0.9,
                "rasterized": len(rows) > MAX_DRAWN_SHARP,
                "zorder": 2 + 0.1 * i,
                "label": label,
            }
            style = options(PathCollection, style, scatter_kw)
            points = self.given_proba[rows], self.other_proba[rows]
            self.scatter_[kind] = ax.scatter(*points, **style)
        (self.line_,) = ax.plot([0, 1], [0, 1], color=GREY, linestyle=":", zorder=1)
        ax.set(
            xlabel=self.given_name,
            ylabel=self.other_name,
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
        )
        legend(ax, loc="upper right")
        return self

    @classmethod
    def from_issues(cls, issues, *, y_true=None, ax=None, **kwargs):
        """Draw the findings of a detector.

        Parameters
        ----------
        issues : LabelIssues
            The findings. Without `pred_probs` they are drawn by label quality and the
            probability of the suggested label.

        y_true : array-like of shape (n_samples,), default=None
            True labels, where they are known.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of `plot`.

        Returns
        -------
        display : IssueMapDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the findings hold no probabilities.
        """
        check_matplotlib(f"{cls.__name__}.from_issues")
        check_issues(issues)
        options_ = {}
        if issues.pred_probs is not None:
            found = np.empty((len(issues.issue_mask), 2))
            for rows, values in each_block(
                _given_and_other, issues.pred_probs, given_codes(issues)
            ):
                found[rows] = values
            given, other = found.T
        else:
            check_issues(issues, needs=("suggested_proba",))
            given, other = issues.label_quality, issues.suggested_proba
            options_["given_name"] = "label quality"
            options_["other_name"] = "probability of the suggested label"
        mask, ambiguous = issues.issue_mask, issues.ambiguous_mask
        if y_true is not None:
            wrong = wrong_labels(issues, y_true)
            kinds = {
                "kept, right": ~mask & ~wrong,
                "flagged, wrong": mask & wrong,
                "flagged, but right": mask & ~wrong,
                "missed: kept, but wrong": ~mask & wrong,
            }
        elif ambiguous.any():
            kinds = {
                "kept": ~mask,
                "flagged, could be overlap": ambiguous,
                "flagged, stands": mask & ~ambiguous,
            }
        else:
            kinds = {"kept": ~mask, "flagged": mask}
        return cls(given, other, kinds, **options_).plot(ax=ax, **kwargs)
