"""Draw how given labels depend on true ones."""

import numpy as np
from sklearn.base import clone

from skclean.display._base import (
    BaseDisplay,
    check_issues,
    check_matplotlib,
    given_codes,
    wrong_labels,
)
from skclean.display._style import (
    BLUE,
    CHAR_WIDTH,
    axes_size,
    class_names,
    every,
    foreground,
    is_clear,
    is_dark,
    mixed,
    options,
    viewer_draws,
)
from skclean.noise_matrix._meta import NoiseMatrixEstimator
from skclean.utils._encoding import encode_labels

SMALLEST_FONT = 6
QUANTITIES = {
    "true": "p(given | true)",
    "given": "p(true | given)",
    "all": "p(true, given)",
    None: "expected number of samples",
}


def normalized(joint, normalize):
    """Joint as rates of rows or columns; rows and columns of nothing are 0."""
    if normalize == "all":
        return joint
    sums = joint.sum(axis=1 if normalize == "true" else 0, keepdims=True)
    return np.divide(joint, sums, out=np.zeros_like(joint), where=sums > 0)


class NoiseMatrixDisplay(BaseDisplay):
    """Which class is given for which: true classes in rows, given ones in columns.

    The colours are for what is wrong, off the diagonal; the diagonal, which would drown
    it, is grey. Numbers are written where they fit, and class names thinned out.

    Parameters
    ----------
    matrix : ndarray of shape (n_classes, n_classes)
        Entries by [true, given].

    display_labels : array-like of shape (n_classes,), default=None
        Classes; None counts them from 0.

    normalize : {"true", "given", "all"} or None, default="true"
        What the entries are: rates p(given | true), p(true | given), p(true, given), or
        numbers of samples.

    row_name : str, default="true label"
        What the rows are.

    Attributes
    ----------
    im_ : matplotlib AxesImage
        The matrix, its diagonal masked.

    text_ : ndarray of shape (n_classes, n_classes) of matplotlib Text, or None
        Numbers, where they fit.

    colorbar_ : matplotlib Colorbar or None
        Scale of the colours.

    ax_ : matplotlib Axes
        Axes with the matrix.

    figure_ : matplotlib Figure
        Figure with the axes.

    See Also
    --------
    skclean.estimate_noise_matrix : The matrix itself.

    Examples
    --------
    >>> from skclean.display import NoiseMatrixDisplay
    >>> y = ["cat"] * 4 + ["dog"] * 4
    >>> pred_probs = [[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5
    >>> display = NoiseMatrixDisplay.from_predictions(y, pred_probs)
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['cat', 'dog']
    """

    def __init__(self, matrix, *, display_labels=None, normalize="true", row_name="true label"):
        self.matrix = matrix
        self.display_labels = display_labels
        self.normalize = normalize
        self.row_name = row_name

    def plot(
        self,
        ax=None,
        *,
        include_values=None,
        values_format=None,
        cmap=None,
        colorbar=True,
        im_kw=None,
        text_kw=None,
    ):
        """Draw the matrix.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        include_values : bool, default=None
            Write the numbers; None writes them where they fit.

        values_format : str, default=None
            Format of the numbers; None is ".2f" for rates and ",.0f" for numbers of samples.

        cmap : str or matplotlib Colormap, default=None
            Colours; None goes from the background to blue.

        colorbar : bool, default=True
            Draw the scale of the colours.

        im_kw, text_kw : dict, default=None
            Keywords of `imshow` and of the numbers.

        Returns
        -------
        self : NoiseMatrixDisplay
            The display, drawn.
        """
        ax = self._start(ax)
        from matplotlib.colors import LinearSegmentedColormap, to_rgb
        from matplotlib.image import AxesImage

        matrix = np.asarray(self.matrix, dtype=np.float64)
        n_classes = len(matrix)
        off = np.ma.masked_array(matrix, np.eye(n_classes, dtype=bool))
        if cmap is None:
            cmap = LinearSegmentedColormap.from_list("noise", _ramp(ax))
        largest = off.max() if off.count() else 0
        defaults = {"cmap": cmap, "interpolation": "nearest"}
        if "norm" not in (im_kw or {}):
            defaults |= {"vmin": 0, "vmax": largest if largest > 0 else 1}
        self.im_ = ax.imshow(off, **options(AxesImage, defaults, im_kw))
        diagonal = (*to_rgb(foreground(ax)), 0.12) if is_clear(ax) else mixed(ax, 0.15)
        self.im_.set_cmap(self.im_.cmap.with_extremes(bad=diagonal))
        quantity = QUANTITIES[self.normalize].replace("true", self.row_name.removesuffix(" label"))
        self.colorbar_ = None
        if colorbar:
            self.colorbar_ = ax.figure.colorbar(self.im_, ax=ax, label=f"{quantity}, if wrong")
        self._name_classes(ax, n_classes)
        self.text_ = self._write(ax, matrix, include_values, values_format, text_kw or {})
        return self

    def _name_classes(self, ax, n_classes):
        labels = np.arange(n_classes) if self.display_labels is None else self.display_labels
        names, size = class_names(labels, any_font=viewer_draws(ax)), _font_size(ax)
        width, height = axes_size(ax)
        shown = np.arange(0, n_classes, every(n_classes, min(width, height), size))
        names = [names[code] for code in shown]
        longest = max(map(len, names)) * CHAR_WIDTH * size
        room = min(width, height) / max(len(shown), 1)
        rotation = "horizontal" if longest < 0.9 * room else "vertical"
        ax.set_xticks(shown, names, rotation=rotation, parse_math=False)
        ax.set_yticks(shown, names, parse_math=False)
        ax.set(xlabel="given label", ylabel=self.row_name)

    def _write(self, ax, matrix, include_values, values_format, text_kw):
        """Numbers in the cells, where they fit."""
        from matplotlib.text import Text

        if values_format is None:
            values_format = ",.0f" if self.normalize is None else ".2f"
        n_classes = len(matrix)
        longest = len(format(matrix.max(), values_format))
        fits = 0.9 * min(axes_size(ax)) / n_classes / (CHAR_WIDTH * longest)
        if include_values is None:
            include_values = fits >= SMALLEST_FONT
        if not include_values:
            return None
        size = max(min(_font_size(ax), fits), 1)
        texts = np.empty(matrix.shape, dtype=object)
        for (i, j), value in np.ndenumerate(matrix):
            cell = self.im_.cmap(self.im_.norm(value))
            color = foreground(ax)
            if i != j and cell[3] == 1:
                color = "white" if is_dark(cell[:3]) else "black"
            defaults = {"ha": "center", "va": "center", "color": color, "fontsize": size}
            defaults = options(Text, {"parse_math": False}, defaults)
            text = "0" if value == 0 else format(value, values_format)
            texts[i, j] = ax.text(j, i, text, **options(Text, defaults, text_kw))
        return texts

    @classmethod
    def from_issues(cls, issues, *, y_true=None, normalize="true", ax=None, **kwargs):
        """Draw the noise that a detector estimated, or the actual one.

        Parameters
        ----------
        issues : LabelIssues
            The findings. Where they hold no estimate of the noise, the suggested labels of
            flagged samples are counted in place of the true ones.

        y_true : array-like of shape (n_samples,), default=None
            True labels, where they are known; their counts are drawn then.

        normalize : {"true", "given", "all"} or None, default="true"
            Draw p(given | true), p(true | given), p(true, given), or None: the expected
            number of samples.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of `plot`.

        Returns
        -------
        display : NoiseMatrixDisplay
            The display, drawn.
        """
        check_matplotlib(f"{cls.__name__}.from_issues")
        check_issues(issues)
        codes, n_classes = given_codes(issues), len(issues.classes)
        row_name = "true label"
        if y_true is not None:
            wrong_labels(issues, y_true)  # checks
            true = encode_labels(y_true, issues.classes)[1]
        elif issues.noise is not None:
            joint = issues.noise.joint
            return cls._draw(joint, len(codes), issues.classes, row_name, normalize, ax, kwargs)
        else:
            row_name = "suggested label"
            suggested = encode_labels(issues.suggested_label, issues.classes)[1]
            true = np.where(issues.issue_mask, suggested, codes)
        joint = np.bincount(true * n_classes + codes, minlength=n_classes**2) / len(codes)
        joint = joint.reshape(n_classes, n_classes)
        return cls._draw(joint, len(codes), issues.classes, row_name, normalize, ax, kwargs)

    @classmethod
    def from_estimator(cls, estimator, X, y, *, params=None, normalize="true", ax=None, **kwargs):
        """Draw the noise that an estimator finds in given labels.

        Parameters
        ----------
        estimator : estimator
            A `NoiseMatrixEstimator`, which is fitted if it is not yet, or what the other
            displays take: a detector, a `NoiseAwareClassifier` or a classifier.

        X : array-like of shape (n_samples, n_features)
            Data, in any form that the estimator takes.

        y : array-like of shape (n_samples,)
            Given labels.

        params : dict, default=None
            Metadata for the fit, such as `groups`.

        normalize : {"true", "given", "all"} or None, default="true"
            See `from_issues`.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of `from_issues` or, for a `NoiseMatrixEstimator`, of `plot`.

        Returns
        -------
        display : NoiseMatrixDisplay
            The display, drawn.
        """
        if not isinstance(estimator, NoiseMatrixEstimator):
            return super().from_estimator(
                estimator, X, y, params=params, normalize=normalize, ax=ax, **kwargs
            )
        check_matplotlib(f"{cls.__name__}.from_estimator")
        if not hasattr(estimator, "joint_"):
            estimator = clone(estimator).fit(X, y, **(params or {}))
        joint, classes = estimator.joint_, estimator.classes_
        return cls._draw(joint, len(y), classes, "true label", normalize, ax, kwargs)

    @classmethod
    def _draw(cls, joint, n_samples, classes, row_name, normalize, ax, kwargs):
        if normalize not in QUANTITIES:
            raise ValueError(
                f"normalize must be one of {list(QUANTITIES)}. Got {normalize!r} instead."
            )
        matrix = joint * n_samples if normalize is None else normalized(joint, normalize)
        display = cls(matrix, display_labels=classes, normalize=normalize, row_name=row_name)
        return display.plot(ax=ax, **kwargs)


def _ramp(ax):
    """Colours from the background to the largest entry."""
    from matplotlib.colors import to_rgb

    if is_clear(ax):  # so that texts can be read on whatever is below
        return [(*to_rgb(BLUE), 0.0), (*to_rgb(BLUE), 0.6)]
    back = ax.get_facecolor()[:3]
    if is_dark(back):
        return [back, BLUE, "#56B4E9", "#E6F4FC"]
    return [back, "#56B4E9", BLUE, "#00304D"]


def _font_size(ax):
    return ax.xaxis.label.get_fontsize()
