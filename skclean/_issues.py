"""The records that pass between detectors, strategies, displays and reports."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from skclean._core._blocks import each_block
from skclean._core._posterior import true_label_posterior
from skclean._core._rescaling import fit_rescaling
from skclean._core._scan import self_confidence

if TYPE_CHECKING:
    import pandas as pd


def _read_only(values):
    """View of an array that cannot be written through."""
    view = np.asarray(values).view()
    view.flags.writeable = False
    return view


def _codes(labels, classes):
    """Position of each label in `classes`, whatever their order."""
    order = np.argsort(classes)
    return order[np.searchsorted(classes, labels, sorter=order)]


# fields that can be found out later, and so leave no default on the class
DEFERRED = (
    "label_quality",
    "suggested_label",
    "given_label",
    "ambiguous_mask",
    "noise_rate_bounds",
    "noise",
    "expected_precision",
    "expected_precision_interval",
)
N_SHOWN = 5  # doubtful classes in the summary of a record
KNOWN = ("issue_mask", "suggested_proba", "pred_probs")  # whatever the labels are called


def _judged(block):
    """Rows that have probabilities."""
    return ~np.isnan(block[:, 0])


@dataclass(frozen=True, eq=False)
class NoiseEstimate:
    """How given labels depend on true ones; every matrix is indexed [true, given].

    Attributes
    ----------
    joint : ndarray of shape (n_classes, n_classes)
        p(true = i, given = j); sums to 1 over the matrix.

    noise_matrix : ndarray of shape (n_classes, n_classes)
        p(given = j | true = i); each row sums to 1.

    inverse_noise_matrix : ndarray of shape (n_classes, n_classes)
        p(true = j | given = i); each row sums to 1. Not the matrix inverse.

    class_prior : ndarray of shape (n_classes,)
        p(true = i); sums to 1.

    given_prior : ndarray of shape (n_classes,)
        p(given = j); sums to 1.

    noise_rate : float
        p(true != given), in [0, 1].

    classes : ndarray of shape (n_classes,)
        The classes, in the order of rows and columns.

    noise_rate_interval : tuple of two floats or None
        Low and high end of the bootstrap interval of the noise rate, where asked for.

    noise_matrix_interval : tuple of two ndarrays of shape (n_classes, n_classes) or None
        Low and high end of the interval of each entry of the noise matrix.
    """

    joint: np.ndarray
    noise_matrix: np.ndarray
    inverse_noise_matrix: np.ndarray
    class_prior: np.ndarray
    given_prior: np.ndarray
    noise_rate: float
    classes: np.ndarray
    noise_rate_interval: tuple[float, float] | None = None
    noise_matrix_interval: tuple[np.ndarray, np.ndarray] | None = None

    def __repr__(self) -> str:
        parts = [f"n_classes={len(self.classes)}", f"noise_rate={self.noise_rate:.3f}"]
        if self.noise_rate_interval is not None:
            low, high = self.noise_rate_interval
            parts.append(f"noise_rate_interval=({low:.3f}, {high:.3f})")
        return f"NoiseEstimate({', '.join(parts)})"


@dataclass(frozen=True, eq=False)
class LabelIssues:
    """What a detector found out about each given label, aligned with `y`.

    Attributes
    ----------
    label_quality : ndarray of shape (n_samples,)
        Quality of each given label in [0, 1]; lower is more likely wrong.

    issue_mask : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong.

    suggested_label : ndarray of shape (n_samples,)
        The most probable label of each sample, in the dtype of `y`.

    suggested_proba : ndarray of shape (n_samples,) or None
        Probability of the suggested label in [0, 1], where the detector has one.

    given_label : ndarray of shape (n_samples,)
        The given labels.

    ambiguous_mask : ndarray of shape (n_samples,), dtype bool
        Flags that honest overlap of the classes could explain, a subset of
        `issue_mask`; the others stand. All False for the classic rules, which do not
        tell them apart.

    noise_rate_bounds : tuple of two floats or None
        Smallest and largest noise rate that labels and predictions allow, in [0, 1];
        None for detectors that do not bound it.

    classes : ndarray of shape (n_classes,)
        The classes, sorted.

    noise : NoiseEstimate or None
        The estimated noise, where the detector estimates it.

    expected_precision : float
        Expected share of right flags among all flags, in [0, 1]; NaN without flags
        or where the detector gives no such estimate.

    expected_precision_interval : tuple of two floats or None
        About nine in ten actual shares lie between these two, where the detector tells.

    index : pandas.Index or None
        Index of the data, where it came with one.

    pred_probs : array of shape (n_samples, n_classes) or None
        The out-of-sample probabilities that the findings rest on, columns in the order
        of `classes`, where the detector has them; the very array, no copy. Rows of NaN
        could not be judged.

    trusted_mask : ndarray of shape (n_samples,), dtype bool, or None
        Labels that were reviewed and so are not flagged; None where none were.

    measured_precision : float
        Share of right ones, in [0, 1], among the flags of the labels before a review that
        were reviewed; NaN where the detector was not told of these labels, or none of their
        flags was reviewed.

    measured_precision_interval : tuple of two floats or None
        95 % interval of that share among all flags that were reviewed as these were chosen.

    noise_after : NoiseEstimate or None
        The noise that a review left in the given labels, where `noise` is that of the labels
        before it; None where these are the same.

    Examples
    --------
    >>> from skclean import find_label_issues
    >>> y = ["cat"] * 4 + ["dog"] * 4
    >>> pred_probs = [[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5
    >>> issues = find_label_issues(y, pred_probs, prune="predicted_neq_given")
    >>> issues.ranked_indices()[: issues.n_issues]
    array([3])
    >>> str(issues.suggested_label[3])
    'dog'
    """

    label_quality: np.ndarray
    issue_mask: np.ndarray
    suggested_label: np.ndarray
    suggested_proba: np.ndarray | None = None
    given_label: np.ndarray | None = field(default_factory=lambda: None)
    ambiguous_mask: np.ndarray | None = field(default_factory=lambda: None)
    noise_rate_bounds: tuple[float, float] | None = field(default_factory=lambda: None)
    classes: np.ndarray | None = None
    noise: NoiseEstimate | None = field(default_factory=lambda: None)
    expected_precision: float = field(default_factory=lambda: float("nan"))
    expected_precision_interval: tuple[float, float] | None = field(default_factory=lambda: None)
    index: object = None
    pred_probs: np.ndarray | None = None
    trusted_mask: np.ndarray | None = None
    measured_precision: float = float("nan")
    measured_precision_interval: tuple[float, float] | None = None
    noise_after: NoiseEstimate | None = None

    def __post_init__(self):
        if self.ambiguous_mask is None:
            object.__setattr__(self, "ambiguous_mask", np.zeros(len(self.issue_mask), dtype=bool))
        self._enter(vars(self).copy())

    def _enter(self, values):
        for name, value in values.items():
            # the detector publishes the same pred_probs; as one object they are pickled once
            if isinstance(value, np.ndarray) and name != "pred_probs":
                value = _read_only(value)
            object.__setattr__(self, name, value)

    @classmethod
    def deferring(cls, later, **known):
        """Record of which the fields in `DEFERRED` are found out when one is first asked for.

        Parameters
        ----------
        later : callable
            Called without arguments, returns these fields as a dict.

        **known : dict
            All other fields that are known.

        Returns
        -------
        issues : LabelIssues
            The record. Its copies and pickles are complete.
        """
        issues = object.__new__(cls)
        issues._enter({"_later": later, **known})
        return issues

    if not TYPE_CHECKING:  # or no name would be unknown

        def __getattr__(self, name):
            # only asked for what was not there
            if name not in DEFERRED:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            later = vars(self).get("_later")
            if later is not None:
                try:
                    self._enter(later())
                except AttributeError as error:  # which would read as if there were no such field
                    raise RuntimeError(f"{name} could not be found out: {error}") from error
                vars(self).pop("_later", None)  # and with it all that it holds
            return vars(self)[name]  # another thread may have entered it in the meantime

    def __getstate__(self):
        if "_later" in vars(self):
            self.__getattr__(DEFERRED[0])
        return vars(self).copy()

    @property
    def n_issues(self) -> int:
        """Number of flagged samples."""
        return int(np.count_nonzero(self.issue_mask))

    @property
    def n_ambiguous(self) -> int:
        """Number of flags that overlap of the classes could explain."""
        return int(np.count_nonzero(self.ambiguous_mask))

    @property
    def n_trusted(self) -> int:
        """Number of labels that were reviewed."""
        return 0 if self.trusted_mask is None else int(np.count_nonzero(self.trusted_mask))

    @property
    def noise_rate(self) -> float:
        """Estimated share of wrong labels, that of `noise`; NaN where there is none."""
        return float("nan") if self.noise is None else self.noise.noise_rate

    @property
    def noise_now(self) -> NoiseEstimate | None:
        """Noise of the given labels as they are, and so of what a classifier is trained on."""
        return self.noise if self.noise_after is None else self.noise_after

    @property
    def doubtful_classes(self) -> np.ndarray:
        """Classes whose given labels are mostly wrong, or whose members are mostly given others.

        Both as far as the noise is estimated. Such noise can turn a class round: what then
        looks like its errors are the right labels. Look at some samples before acting on
        these classes. If it names nearly all, the columns of the probabilities may not be in
        the order of the sorted classes.
        """
        if self.noise is None:
            return np.array([])
        wrong = self.noise.inverse_noise_matrix.diagonal() < 0.5
        lost = self.noise.noise_matrix.diagonal() < 0.5
        given = self.noise.given_prior > 0
        return self.noise.classes[given & (wrong | lost)]

    def ranked_indices(self) -> np.ndarray:
        """Order all samples from worst to best label quality.

        Flagged samples come first; samples of equal quality keep their order.

        Returns
        -------
        indices : ndarray of shape (n_samples,), dtype intp
            Positions in `y`; the first `n_issues` are the flagged ones.
        """
        return np.lexsort((self.label_quality, ~self.issue_mask))

    def true_label_proba(self, rows: Any = None) -> np.ndarray:
        """Probability of each class to be the true one, given label and features.

        It follows from `pred_probs` and the noise matrix of `noise` by deconvolution and the
        rule of Bayes; label quality rests on an estimate of its own. Where the detector has
        no such thing, the label quality goes to the given label and the rest to the suggested
        one. Samples that could not be judged, and those that were reviewed, have 1 at the given
        label.

        Parameters
        ----------
        rows : slice or array-like of int, default=None
            Positions of the samples; None takes all.

        Returns
        -------
        true_proba : ndarray of shape (n_rows, n_classes)
            p(true = k | x, given), columns in the order of `classes`; rows sum to 1.

        Raises
        ------
        ValueError
            If the record does not hold the given labels and the classes.
        """
        if self.given_label is None or self.classes is None:
            raise ValueError(
                "true_label_proba needs given_label and classes, which this LabelIssues lacks; "
                "take the issues_ of a detector or the result of find_label_issues."
            )
        rows = slice(None) if rows is None else rows
        given = _codes(self.given_label[rows], self.classes)
        if self.pred_probs is None or self.noise is None:
            quality = self.label_quality[rows]
            true_proba = np.zeros((len(given), len(self.classes)), dtype=quality.dtype)
            each = np.arange(len(given))
            true_proba[each, _codes(self.suggested_label[rows], self.classes)] = 1 - quality
            true_proba[each, given] += quality
            return true_proba
        pred_probs = np.asarray(self.pred_probs[rows])
        true_proba = np.eye(len(self.classes), dtype=pred_probs.dtype)[given]
        judged = ~np.isnan(pred_probs[:, 0])
        if self.trusted_mask is not None:
            judged &= ~self.trusted_mask[rows]
        true_proba[judged] = true_label_posterior(
            given[judged], self._rescaling(pred_probs[judged]), self.noise.noise_matrix
        )
        return true_proba

    @cached_property
    def _rescaling(self):
        """What frees the probabilities of zeros and of gross over-confidence."""
        codes, pred_probs = _codes(self.given_label, self.classes), self.pred_probs
        judged = np.empty(len(codes), dtype=bool)
        for rows, known in each_block(_judged, pred_probs):
            judged[rows] = known
        if not judged.all():
            codes, pred_probs = codes[judged], pred_probs[judged]
        return fit_rescaling(codes, pred_probs, self_confidence(codes, pred_probs))

    def decode(self, classes, given_label, index=None):
        """Copy of a record in class codes with the labels themselves.

        Parameters
        ----------
        classes : ndarray of shape (n_classes,)
            Class of each code.

        given_label : ndarray of shape (n_samples,), or callable
            Given labels, or what returns them when they are asked for.

        index : pandas.Index, default=None
            Index of the data.

        Returns
        -------
        issues : LabelIssues
            The same findings about the labels.
        """

        def decoded():
            noise, after = (
                None if each is None else replace(each, classes=classes)
                for each in (self.noise, self.noise_after)
            )
            return replace(
                self,
                suggested_label=classes[self.suggested_label],
                given_label=given_label() if callable(given_label) else given_label,
                classes=classes,
                noise=noise,
                noise_after=after,
                index=index,
            )

        if "_later" not in vars(self):
            return decoded()

        def later():
            issues = decoded()
            return {name: getattr(issues, name) for name in DEFERRED}

        known = {name: getattr(self, name) for name in KNOWN}
        return self.deferring(later, **known, classes=classes, index=index)

    def to_frame(self, index: Any = None) -> "pd.DataFrame":
        """Tabulate the findings, one row per sample in the order of `y`.

        Parameters
        ----------
        index : array-like of shape (n_samples,), default=None
            Index of the table; None takes the one that the data came with, if any.

        Returns
        -------
        frame : pandas.DataFrame
            Columns given_label, label_quality, is_issue, suggested_label,
            suggested_proba and is_ambiguous; after a review is_trusted too.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("LabelIssues.to_frame needs pandas: pip install pandas") from error
        proba = self.suggested_proba
        reviewed = {} if self.trusted_mask is None else {"is_trusted": self.trusted_mask}
        return pd.DataFrame(
            {
                "given_label": self.given_label,
                "label_quality": self.label_quality,
                "is_issue": self.issue_mask,
                "suggested_label": self.suggested_label,
                "suggested_proba": np.full(len(self.issue_mask), np.nan)
                if proba is None
                else proba,
                "is_ambiguous": self.ambiguous_mask,
                **reviewed,
            },
            index=self.index if index is None else index,
        )

    def __repr__(self) -> str:
        parts = [f"n_samples={len(self.issue_mask)}", f"n_issues={self.n_issues}"]
        if self.n_ambiguous:
            parts.append(f"n_ambiguous={self.n_ambiguous}")
        if self.noise is not None:
            parts.append(f"noise_rate={self.noise.noise_rate:.3f}")
        if self.noise_rate_bounds is not None:
            low, high = self.noise_rate_bounds
            parts.append(f"noise_rate_bounds=({low:.3f}, {high:.3f})")
        if self.n_issues and not np.isnan(self.expected_precision):
            parts.append(f"expected_precision={self.expected_precision:.3f}")
        if self.n_trusted:
            parts.append(f"n_trusted={self.n_trusted}")
        if not np.isnan(self.measured_precision):
            parts.append(f"measured_precision={self.measured_precision:.3f}")
        if len(self.doubtful_classes):
            shown = self.doubtful_classes[:N_SHOWN].tolist()
            more = len(self.doubtful_classes) - len(shown)
            parts.append(f"doubtful_classes={shown}" + (f" and {more} more" if more else ""))
        return f"LabelIssues({', '.join(parts)})"

    def _repr_html_(self):
        shown = self.ranked_indices()[: min(self.n_issues, 10)]
        given = np.full(len(self.issue_mask), "") if self.given_label is None else self.given_label
        words = np.where(self.ambiguous_mask, "could be overlap", "stands")
        verdicts = {row: f"<td>{words[row]}</td>" if self.n_ambiguous else "" for row in shown}
        cells = "".join(
            f"<tr><td>{row}</td><td>{escape(str(given[row]))}</td>"
            f"<td>{escape(str(self.suggested_label[row]))}</td>"
            f"<td>{self.label_quality[row]:.3f}</td>{verdicts[row]}</tr>"
            for row in shown
        )
        names = ["row", "given label", "suggested label", "label quality"]
        names += ["verdict"] if self.n_ambiguous else []
        header = "".join(f"<th>{name}</th>" for name in names)
        table = f"<table><thead><tr>{header}</tr></thead><tbody>{cells}</tbody></table>"
        more = self.n_issues - len(shown)
        rest = f"<p>... and {more:,} more</p>" if more else ""
        head = f"<p><code>{escape(repr(self))}</code></p>"
        return f"<div>{head}{table if len(shown) else ''}{rest}</div>"


@dataclass(frozen=True, eq=False)
class Treatment:
    """What a strategy makes of the findings: the training data of the classifier.

    Attributes
    ----------
    y : ndarray of shape (n_rows,)
        Labels to train on.

    keep : ndarray of shape (n_rows,), dtype bool
        Rows to train on.

    sample_weight : ndarray of shape (n_rows,) or None
        Non-negative weights; None weighs all rows alike.

    sample_indices : ndarray of shape (n_rows,), dtype intp, or None
        Position of the sample that each row stands for: every sample at least once, in
        any order. None has each sample once, in order, so that n_rows = n_samples.

    See Also
    --------
    skclean.strategies.BaseStrategy : What returns one.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean.strategies import BaseStrategy, Treatment
    >>> class DropWorst(BaseStrategy):
    ...     def _apply(self, y, issues):
    ...         return Treatment(y=y, keep=issues.label_quality > 0.2)
    >>> from skclean import LabelIssues
    >>> quality = np.array([0.1, 0.9, 0.8])
    >>> labels = np.array(["cat", "cat", "dog"])
    >>> issues = LabelIssues(quality, quality < 0.2, np.array(["dog", "cat", "dog"]))
    >>> DropWorst().apply(labels, issues).keep
    array([False,  True,  True])
    """

    y: np.ndarray
    keep: np.ndarray
    sample_weight: np.ndarray | None = None
    sample_indices: np.ndarray | None = None
