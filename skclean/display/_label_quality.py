"""Draw the label quality of each class."""

import numpy as np

from skclean.display._base import (
    BaseDisplay,
    check_issues,
    check_matplotlib,
    given_codes,
    wrong_labels,
)
from skclean.display._style import (
    GREY,
    VERMILION,
    class_names,
    foreground,
    legend,
    options,
    viewer_draws,
)

N_BINS = 25
ROUNDING = 1e-6  # of a bin
ROW_HEIGHT = 0.85
FLAGGED_AT, WRONG_AT = 42, 88  # points right of the axes, where the shares end
HEADING = 10  # points between axes and legend, for the headings of the shares


def _bin_counts(codes, bins, n_classes):
    """Number of samples by class and bin."""
    counts = np.bincount(codes * N_BINS + bins, minlength=n_classes * N_BINS)
    return counts.reshape(n_classes, N_BINS)


class LabelQualityDisplay(BaseDisplay):
    """Label quality of each class, its flagged part coloured, with the flagged share.

    Classes are drawn from the largest flagged share down. Heights grow with the square root
    of the share of the class in a bin, so that few flags are seen beside many right labels.
    A line shows where the flags end, if one quality divides flagged from kept labels.

    Parameters
    ----------
    kept, flagged : ndarray of shape (n_classes, n_bins), dtype int
        Number of samples by given class and bin of label quality, from 0 to 1; a bin holds
        its upper end.

    display_labels : array-like of shape (n_classes,)
        Classes.

    threshold : float, default=None
        Largest label quality of a flag, where it divides flagged from kept labels.

    n_wrong : ndarray of shape (n_classes,), default=None
        Number of labels of each class that are truly wrong.

    Attributes
    ----------
    kept_, flagged_ : list of matplotlib StepPatch
        Histograms, from top to bottom.

    share_text_ : list of matplotlib Text
        Flagged shares.

    wrong_text_ : list of matplotlib Text or None
        Shares of truly wrong labels.

    threshold_line_ : matplotlib Line2D or None
        Where the flags end.

    classes_shown_ : ndarray of int
        Codes of the classes, from top to bottom.

    ax_ : matplotlib Axes
        Axes with the histograms.

    figure_ : matplotlib Figure
        Figure with the axes.

    Examples
    --------
    >>> from skclean.display import LabelQualityDisplay
    >>> y = ["cat"] * 10 + ["dog"] * 10
    >>> pred_probs = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    >>> display = LabelQualityDisplay.from_predictions(y, pred_probs)
    >>> [text.get_text() for text in display.share_text_]
    ['10%', '0%']
    """

    def __init__(self, kept, flagged, display_labels, *, threshold=None, n_wrong=None):
        self.kept = kept
        self.flagged = flagged
        self.display_labels = display_labels
        self.threshold = threshold
        self.n_wrong = n_wrong

    def plot(self, ax=None, *, max_classes=20, line_kw=None, text_kw=None):
        """Draw the histograms.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        max_classes : int, default=20
            Draw at most that many classes, those of the largest flagged share.

        line_kw, text_kw : dict, default=None
            Keywords of the line where flags end, and of the shares.

        Returns
        -------
        self : LabelQualityDisplay
            The display, drawn.
        """
        ax = self._start(ax)
        from matplotlib.lines import Line2D
        from matplotlib.text import Text
        from matplotlib.transforms import ScaledTranslation

        n_given = (self.kept + self.flagged).sum(axis=1)
        n_flagged = self.flagged.sum(axis=1)
        share = n_flagged / np.maximum(n_given, 1)
        worst = np.argsort(-share, kind="stable")
        worst = worst[n_given[worst] > 0]
        shown = self.classes_shown_ = worst[:max_classes]
        edges = np.linspace(0, 1, self.kept.shape[1] + 1)
        self.kept_, self.flagged_, self.share_text_ = [], [], []
        self.wrong_text_ = None if self.n_wrong is None else []
        style = options(Text, {"color": foreground(ax), "parse_math": False}, text_kw)
        style = {"verticalalignment": "center", "horizontalalignment": "right", **style}
        for row, code in enumerate(shown):
            total = self.kept[code] + self.flagged[code]
            heights = ROW_HEIGHT * np.sqrt(total / total.max())
            parts = heights * self.flagged[code] / np.maximum(total, 1)
            base = -float(row)
            first = {"label": "flagged"} if row == 0 else {}
            self.flagged_.append(
                ax.stairs(base + parts, edges, baseline=base, fill=True, color=VERMILION, **first)
            )
            first = {"label": "kept"} if row == 0 else {}
            self.kept_.append(
                ax.stairs(
                    base + heights, edges, baseline=base + parts, fill=True, color=GREY, **first
                )
            )
            flags = f"{100 * share[code]:.0f}%"
            self.share_text_.append(self._beside(flags, FLAGGED_AT, base, style))
            if self.n_wrong is not None:
                wrong = f"{100 * self.n_wrong[code] / n_given[code]:.0f}%"
                self.wrong_text_.append(self._beside(wrong, WRONG_AT, base, style))
        heading = {**style, "verticalalignment": "bottom", "xycoords": "axes fraction"}
        heading |= {"textcoords": "offset points"}
        ax.annotate("flagged", (1, 1), (FLAGGED_AT, 3), **heading)
        if self.n_wrong is not None:
            ax.annotate("wrong", (1, 1), (WRONG_AT, 3), **heading)
        self.threshold_line_ = None
        if self.threshold is not None:
            line = {"color": foreground(ax), "linestyle": "--", "linewidth": 1}
            line["label"] = f"flags end at {self.threshold:.2f}"
            self.threshold_line_ = ax.axvline(self.threshold, **options(Line2D, line, line_kw))
        names = class_names(self.display_labels, any_font=viewer_draws(ax))
        ax.set_yticks(
            -np.arange(len(shown)) + 0.4, [names[code] for code in shown], parse_math=False
        )
        among = "" if len(shown) == len(worst) else f", {len(shown)} of {len(worst)} classes"
        ax.set(
            xlabel="label quality",
            ylabel=f"given label{among}",
            xlim=(0, 1),
            ylim=(0.9 - max(len(shown), 1), 1),
        )
        above = ScaledTranslation(0, HEADING / 72, ax.figure.dpi_scale_trans)
        place = {"bbox_to_anchor": (0, 1), "bbox_transform": ax.transAxes + above}
        legend(ax, loc="lower left", ncols=3, frameon=False, **place)
        return self

    def _beside(self, text, offset, base, style):
        """Write beside the axes, at a distance in points that a layout can make room for."""
        place = {"textcoords": "offset points", "annotation_clip": False}
        return self.ax_.annotate(text, (1, base + 0.4), (offset, 0), **place, **style)

    @classmethod
    def from_issues(cls, issues, *, y_true=None, ax=None, **kwargs):
        """Draw the label quality that a detector found.

        Parameters
        ----------
        issues : LabelIssues
            The findings.

        y_true : array-like of shape (n_samples,), default=None
            True labels, where they are known: the share of wrong labels is written beside
            the flagged one.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of `plot`.

        Returns
        -------
        display : LabelQualityDisplay
            The display, drawn.
        """
        check_matplotlib(f"{cls.__name__}.from_issues")
        check_issues(issues)
        codes, n_classes = given_codes(issues), len(issues.classes)
        mask, quality = issues.issue_mask, issues.label_quality
        # bins hold their upper end, so that flags lie left of the line where they end
        bins = np.clip(np.ceil(quality * N_BINS - ROUNDING).astype(int) - 1, 0, N_BINS - 1)
        threshold = n_wrong = None
        if mask.any() and (mask.all() or quality[mask].max() < quality[~mask].min()):
            threshold = float(quality[mask].max())
        if y_true is not None:
            n_wrong = np.bincount(codes[wrong_labels(issues, y_true)], minlength=n_classes)
        return cls(
            _bin_counts(codes[~mask], bins[~mask], n_classes),
            _bin_counts(codes[mask], bins[mask], n_classes),
            issues.classes,
            threshold=threshold,
            n_wrong=n_wrong,
        ).plot(ax=ax, **kwargs)
