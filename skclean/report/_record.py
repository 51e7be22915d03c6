"""What an audit found out: what is wrong, where, how sure, and what could not be judged."""

import json
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length

from skclean._issues import LabelIssues, _codes
from skclean.report._class_health import class_health, confused_pairs
from skclean.report._columns import columns_of
from skclean.report._duplicates import find_duplicates
from skclean.report._estimate import noise_rate_interval
from skclean.report._slices import find_slices
from skclean.report._text import audit_html, audit_text
from skclean.report._words import summary_words
from skclean.utils._encoding import encode_labels, index_of
from skclean.utils._files import whole_file

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "skclean.audit/1"
MAX_LISTED = 100  # rows of those that could not be judged


def _number(value):
    """A float for JSON, None where there is none."""
    return None if value is None or np.isnan(value) else float(value)


def _names_rows(index):
    """Is it an index that does more than count, as a RangeIndex does?"""
    return index is not None and not hasattr(index, "step")


def _check_images(images, X, n_samples):
    """Check that pictures are an array, one a row, or named by a column of X."""
    if isinstance(images, str):
        names = [str(name) for name in getattr(X, "columns", ())]
        if images not in names:
            raise ValueError(
                f"images must name a column of X that holds paths. Got {images!r}; "
                + (f"the columns are {names[:10]}." if names else "X has no named columns.")
            )
    elif images is not None:
        shape = np.shape(images)
        if len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] not in (3, 4)):
            raise ValueError(
                "images must be of shape (n_samples, height, width) or (n_samples, height, "
                f"width, 3 or 4). Got shape {shape}."
            )
        if shape[0] != n_samples:
            raise ValueError(
                f"images must hold one picture for each of {n_samples} samples. Got {shape[0]}."
            )


def _pair(interval):
    return None if interval is None else [float(end) for end in interval]


class Audit:
    """What an audit found out about given labels; made by :func:`audit`.

    Printing it shows a summary; a notebook shows it as tables.

    Parameters
    ----------
    issues : LabelIssues
        The findings of a detector.

    X : array-like of shape (n_samples, n_features), default=None
        The data, to show and to look for slices and duplicates in.

    ids : array-like of shape (n_samples,), default=None
        Names of the rows; they may repeat. None takes the index of `issues`, where the data
        came with one that does more than count.

    images : ndarray of shape (n_samples, height, width) or (n_samples, height, width, 3 or 4), \
            or str, default=None
        A picture of each row, or the column of `X` with the paths of image files.

    groups : array-like of shape (n_samples,), default=None
        Groups, in which labels may be worse than in others.

    title : str, default=None
        Heading of the report.

    label : str, default=None
        Name of the column that holds the labels.

    rows : array-like of shape (n_samples,), dtype int, default=None
        Position of each sample in the data it comes from, counted from 0, where some rows
        were set aside; None counts the samples.

    y_before : array-like of shape (n_samples,), default=None
        The labels before a review, where the detector was told of them. Noise, class health
        and confused pairs are then those of these labels.

    set_aside : dict of array-like by str, default=None
        Positions of rows that were not judged, by the reason.

    detector : str, default=None
        What found the issues.

    Attributes
    ----------
    issues : LabelIssues
        The findings.

    noise : NoiseEstimate or None
        The estimated noise, where the detector estimates it.

    flagged : ndarray of shape (n_issues,)
        Positions of the flagged samples, the worst first.

    summary : dict
        The numbers of the report; None where one is not known.

    words : list of str
        The summary in words.

    class_health, confused_pairs, slices, duplicates, unjudged : list of dict
        Parts of the report; the schema of :meth:`to_dict` describes them.

    classes : list of str
        Names of the classes.

    ids, rows, title, label
        As given.

    fingerprint : str
        Of the given labels, ids and rows; equal data have equal ones.

    See Also
    --------
    audit : Find the issues and audit them in one call.
    """

    def __init__(
        self,
        issues: LabelIssues,
        X: Any = None,
        *,
        ids: ArrayLike | None = None,
        images: np.ndarray | str | None = None,
        groups: ArrayLike | None = None,
        title: str | None = None,
        label: str | None = None,
        rows: ArrayLike | None = None,
        y_before: ArrayLike | None = None,
        set_aside: dict[str, ArrayLike] | None = None,
        detector: str | None = None,
    ) -> None:
        n = len(issues.issue_mask)
        if ids is None:
            ids = next(filter(_names_rows, [issues.index, index_of(X)]), None)
        for given in (X, ids, groups, rows, y_before):
            if given is not None:
                check_consistent_length(issues.issue_mask, given)
        _check_images(images, X, n)
        self.issues = issues
        self.X, self.images, self.groups = X, images, groups
        name = getattr(ids, "name", None)
        self.id_column = None if name is None else str(name)
        self.ids = None if ids is None else np.array([str(name) for name in ids], dtype=object)
        self.rows = np.arange(n) if rows is None else np.asarray(rows)
        self.title, self.label = title, label
        self.detector = "The detector" if detector is None else detector
        self.classes = [str(name) for name in issues.classes]
        self._set_aside = {} if set_aside is None else set_aside
        self._given = _codes(issues.given_label, issues.classes)
        self._before = None
        if y_before is not None:
            self._before = encode_labels(y_before, issues.classes)[1]

    @property
    def noise(self):
        """The estimated noise, None where there is none."""
        return self.issues.noise

    @property
    def _noisy(self):
        """Codes of the labels whose noise is estimated."""
        return self._given if self._before is None else self._before

    @cached_property
    def flagged(self):
        """Positions of the flagged samples, the worst first."""
        return self.issues.ranked_indices()[: self.issues.n_issues]

    @cached_property
    def _judged(self):
        """Mask of the samples that have probabilities."""
        judged = np.ones(len(self.rows), dtype=bool)
        if isinstance(self.issues.pred_probs, np.ndarray):
            judged = ~np.isnan(self.issues.pred_probs[:, 0])
        return judged

    @cached_property
    def unjudged(self):
        """What could not be judged, and why."""
        found = []
        if not self._judged.all():
            rows = self.rows[~self._judged]
            reason = "no classifier knew their class without having seen them"
            found.append({"reason": reason, "n": len(rows), "rows": rows[:MAX_LISTED].tolist()})
        for reason, rows in self._set_aside.items():
            rows = np.asarray(rows)
            if len(rows):
                found.append({"reason": reason, "n": len(rows), "rows": rows[:MAX_LISTED].tolist()})
        return found

    def _n_wrong_interval(self, n_judged):
        noise, pred_probs = self.noise, self.issues.pred_probs
        if noise is None:
            return None
        interval = noise.noise_rate_interval
        if interval is None and pred_probs is not None:
            codes = self._noisy
            if n_judged < len(codes):
                codes, pred_probs = codes[self._judged], pred_probs[self._judged]
            interval = noise_rate_interval(codes, pred_probs, noise.noise_rate)
        return None if interval is None else [float(end) * n_judged for end in interval]

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The numbers of the report."""
        issues, noise = self.issues, self.noise
        n_judged = int(np.count_nonzero(self._judged))
        n_changed = None
        if self._before is not None:
            n_changed = int(np.count_nonzero(self._before != self._given))
        shape = getattr(self.X, "shape", ())
        return {
            "n_samples": len(self.rows),
            "n_features": int(shape[1]) if len(shape) > 1 else None,
            "n_classes": len(self.classes),
            "n_issues": issues.n_issues,
            "n_standing": issues.n_issues - issues.n_ambiguous,
            "n_ambiguous": issues.n_ambiguous,
            "n_wrong": None if noise is None else noise.noise_rate * n_judged,
            "n_wrong_interval": self._n_wrong_interval(n_judged),
            "noise_rate": None if noise is None else float(noise.noise_rate),
            "noise_rate_bounds": _pair(issues.noise_rate_bounds),
            "expected_precision": _number(issues.expected_precision),
            "expected_precision_interval": _pair(issues.expected_precision_interval),
            "n_trusted": issues.n_trusted,
            "n_changed": n_changed,
            "measured_precision": _number(issues.measured_precision),
            "measured_precision_interval": _pair(issues.measured_precision_interval),
            "n_unjudged": len(self.rows) - n_judged,
            "detector": self.detector,
        }

    @cached_property
    def class_health(self):
        """What is known of each class."""
        return class_health(self.issues, self._noisy, self.classes)

    @cached_property
    def confused_pairs(self):
        """The pairs of classes that most wrong labels belong to."""
        return confused_pairs(self.noise, int(np.count_nonzero(self._judged)), self.classes)

    @cached_property
    def _slices(self):
        def columns():
            yield from columns_of(self.X)
            if self.groups is not None:
                yield "group", np.asarray(self.groups)

        return find_slices(columns(), np.asarray(self.issues.issue_mask))

    @property
    def slices(self):
        """Values and ranges of columns in which more labels are flagged than elsewhere."""
        return self._slices[0]

    @cached_property
    def _duplicates(self):
        return find_duplicates(self.X, self._given, self.flagged, self.classes, self.rows)

    @property
    def duplicates(self):
        """Rows that are alike and have different labels."""
        return self._duplicates[0]

    @property
    def words(self) -> list[str]:
        """The summary in words."""
        return summary_words(
            self.summary,
            self.class_health,
            self._duplicates[1],
            self.unjudged,
            self._slices[1],
        )

    @cached_property
    def fingerprint(self):
        """Digest of the given labels, ids and rows."""
        digest = sha256(json.dumps([self.classes, self.label]).encode())
        digest.update(np.ascontiguousarray(self._given, dtype="<i8"))
        digest.update(np.ascontiguousarray(self.rows, dtype="<i8"))
        if self.ids is not None:
            digest.update("\0".join(self.ids).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:32]

    def _flagged_columns(self):
        """Columns of the table of flagged rows, by name."""
        issues, flagged = self.issues, self.flagged
        given_proba = [None] * len(flagged)
        if issues.pred_probs is not None and len(flagged):
            probs = np.asarray(issues.pred_probs[flagged])
            given_proba = probs[np.arange(len(flagged)), self._given[flagged]].tolist()
        suggested_proba = [None] * len(flagged)
        if issues.suggested_proba is not None:
            suggested_proba = [_number(value) for value in issues.suggested_proba[flagged].tolist()]
        names = np.array(self.classes, dtype=object)
        suggested = _codes(issues.suggested_label[flagged], issues.classes)
        return {
            "row": self.rows[flagged].tolist(),
            "id": [None] * len(flagged) if self.ids is None else self.ids[flagged].tolist(),
            "given_label": names[self._given[flagged]].tolist(),
            "suggested_label": names[suggested].tolist(),
            "given_proba": given_proba,
            "suggested_proba": suggested_proba,
            "label_quality": issues.label_quality[flagged].tolist(),
            "is_ambiguous": issues.ambiguous_mask[flagged].tolist(),
        }

    def to_dict(self) -> dict[str, Any]:
        """Gather the report in plain Python, as JSON holds it.

        Returns
        -------
        report : dict
            The fields that ``docs/audit_schema.md`` describes.
        """
        columns = self._flagged_columns()
        return {
            "schema": SCHEMA,
            "version": version("skclean"),
            "title": self.title,
            "label": self.label,
            "id_column": self.id_column,
            "fingerprint": self.fingerprint,
            "summary": self.summary,
            "words": self.words,
            "classes": self.classes,
            "noise_matrix": None if self.noise is None else self.noise.noise_matrix.tolist(),
            "class_health": self.class_health,
            "confused_pairs": self.confused_pairs,
            "slices": self.slices,
            "duplicates": self.duplicates,
            "unjudged": self.unjudged,
            "rows": [
                dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
            ],
        }

    def to_json(self, path: str | PathLike[str] | None = None) -> str | None:
        """Write the report as JSON.

        Parameters
        ----------
        path : path-like, default=None
            File to write, whole or not at all; None returns the text.

        Returns
        -------
        text : str or None
            The JSON, if there is no `path`.
        """
        text = json.dumps(self.to_dict(), ensure_ascii=True, allow_nan=False, indent=1)
        if path is None:
            return text
        with whole_file(path) as file:
            file.write(text.encode())
        return None

    def to_frame(self) -> "pd.DataFrame":
        """Tabulate the flagged rows, worst first.

        Returns
        -------
        frame : pandas.DataFrame
            Columns row, id, given_label, suggested_label, given_proba, suggested_proba,
            label_quality and is_ambiguous. Labels are of the type of `y`.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("Audit.to_frame needs pandas: pip install pandas") from error
        columns = self._flagged_columns()
        columns["given_label"] = self.issues.given_label[self.flagged]
        columns["suggested_label"] = self.issues.suggested_label[self.flagged]
        return pd.DataFrame(columns)

    def to_html(
        self,
        path: str | PathLike[str],
        *,
        columns: list[Any] | None = None,
        decisions: str = "decisions",
    ) -> None:
        """Write the report as a page for the browser, in which flagged rows are reviewed.

        The page is one file. It needs no server and asks nothing of the network.

        Parameters
        ----------
        path : path-like
            File to write, whole or not at all.

        columns : list, default=None
            Columns of `X` to show beside each row; None takes the first 30.

        decisions : str, default="decisions"
            Name of the file that the page saves decisions to, without its ending.

        Raises
        ------
        ImportError
            If jinja2 or matplotlib is not installed.
        """
        from skclean.report._html import page_of

        text = page_of(self, columns=columns, decisions=decisions)
        with whole_file(path) as file:
            file.write(text.encode())

    def __str__(self):
        return audit_text(self)

    def __repr__(self):
        return audit_text(self)

    def _repr_html_(self):
        return audit_html(self)
