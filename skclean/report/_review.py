"""Find out which rows and classes decisions mean, and refuse those that do not fit the labels."""

from dataclasses import dataclass

import numpy as np

from skclean.report._decisions import named
from skclean.utils._encoding import encode_labels, index_of, is_missing
from skclean.utils._sklearn import _safe_indexing
from skclean.utils._text import as_spreadsheets_see


@dataclass(frozen=True, eq=False)
class Review:
    """Decisions that were found to fit the labels.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The classes.

    rows : ndarray of shape (n_decisions,), dtype intp
        Positions of the rows that were decided on, each once.

    words : ndarray of shape (n_decisions,), dtype str
        "accept", "keep", "pick" or "unsure".

    given, new : ndarray of shape (n_decisions,), dtype intp
        Codes of the label that was given and of the one that shall stand; the two are
        equal where nothing changes.
    """

    classes: np.ndarray
    rows: np.ndarray
    words: np.ndarray
    given: np.ndarray
    new: np.ndarray

    @property
    def is_reviewed(self):
        """Mask of the decisions that settle a label: all but "unsure"."""
        return self.words != "unsure"

    @property
    def is_changed(self):
        """Mask of the decisions that change a label."""
        return self.given != self.new


def check_review(y, decisions, *, ids=None, classes=None):
    """Check that decisions fit labels, and find the rows and classes that they mean.

    Parameters
    ----------
    y : list, Series or array of shape (n_samples,)
        The given labels; some may be missing.

    decisions : Decisions
        What was decided.

    ids, classes : array-like, default=None
        Names of the rows, and all classes; see :func:`skclean.report.apply_review`.

    Returns
    -------
    review : Review
        What to do with which row.

    Raises
    ------
    ValueError
        If a decision does not fit; the message names the rows.
    """
    if classes is None:
        categorical = getattr(y, "cat", y)
        classes = getattr(categorical, "categories", None)
    present = np.flatnonzero(~is_missing(np.asarray(y)))
    classes, present_codes = encode_labels(_safe_indexing(y, present), classes)
    codes = np.full(len(y), -1)
    codes[present] = present_codes
    names = _Names(str(name) for name in classes)
    if names.repeated:
        raise ValueError(
            f"Classes must differ in their text. Got several of {named(names.repeated)}; decisions "
            "cannot tell them apart."
        )
    entries = decisions.entries
    rows = _find_rows(entries, _names_of_rows(y, ids), len(y))
    given = _given_codes(entries, rows, codes, names)
    new = _new_codes(entries, rows, given, names)
    words = np.array([entry.word for entry in entries], dtype="U6")
    first = _first_of_each_row(rows, new, words)
    return Review(classes, rows[first], words[first], given[first], new[first])


class _Names:
    """Positions by name: as written, or else as a spreadsheet may have written it."""

    def __init__(self, names):
        self.names = list(names)
        self.exact = _positions(self.names)
        self._loose = None

    @property
    def repeated(self):
        return [repr(name) for name, found in self.exact.items() if len(found) > 1]

    def find(self, text):
        """Positions of all that are called so."""
        if text not in self.exact and self._loose is None:
            self._loose = _positions(map(as_spreadsheets_see, self.names))
        return self.exact.get(text) or self._loose.get(as_spreadsheets_see(text), [])

    def code(self, text):
        """Position of the one that is called so, -1 where there is none."""
        found = self.find(text)
        return found[0] if len(found) == 1 else -1


def _positions(names):
    positions = {}
    for i, name in enumerate(names):
        positions.setdefault(name, []).append(i)
    return positions


def _names_of_rows(y, ids):
    """Names of the rows, None where they have none."""
    if ids is None:
        ids = index_of(y)
        if ids is None or hasattr(ids, "step"):  # a RangeIndex only counts
            return None
    if len(ids) != len(y):
        raise ValueError(f"ids must name each row. Got {len(ids)} for {len(y)} rows.")
    return _Names(map(str, ids))


def _find_rows(entries, ids, n_samples):
    """Position of the row that each decision is on."""
    by_id = [i for i, entry in enumerate(entries) if entry.row is None]
    if by_id and ids is None:
        raise ValueError(
            f"{len(by_id)} decisions name no row, and the rows have no names to find them by; "
            "pass ids= (on the command line --id)."
        )
    rows = np.array([-1 if entry.row is None else entry.row for entry in entries], dtype=np.intp)
    if (rows >= n_samples).any():
        beyond = np.unique(rows[rows >= n_samples])
        raise ValueError(
            f"There are no rows {named(beyond)}; there are {n_samples} labels, counted from 0."
        )
    lost, repeated = [], []
    for i in by_id:
        found = ids.find(entries[i].id)
        if len(found) != 1:
            (repeated if found else lost).append(repr(entries[i].id))
        else:
            rows[i] = found[0]
    if lost:
        raise ValueError(f"There are no rows with the ids {named(lost)}.")
    if repeated:
        raise ValueError(
            f"Several rows have the ids {named(repeated)}; decisions on them need a row number."
        )
    if ids is not None:
        _check_ids(entries, rows, ids.names)
    return rows


def _check_ids(entries, rows, names):
    strangers = [
        f"{row} ({names[row]!r}, decided on as {entry.id!r})"
        for entry, row in zip(entries, rows, strict=True)
        if entry.id not in ("", names[row])
        and as_spreadsheets_see(entry.id) != as_spreadsheets_see(names[row])
    ]
    if strangers:
        raise ValueError(
            f"The decisions were made on other rows: ids differ in rows {named(strangers)}; "
            "decisions belong to the data and ids that were audited; without ids they go by row."
        )


def _given_codes(entries, rows, codes, names):
    """Codes of the given labels, which the decisions have to know."""
    given = codes[rows]
    strangers = [
        f"{row} ({'no label' if code < 0 else repr(names.names[code])}, decided on as "
        f"{entry.given_label!r})"
        for entry, row, code in zip(entries, rows, given, strict=True)
        if code < 0 or names.code(entry.given_label) != code
    ]
    if strangers:
        raise ValueError(
            f"The decisions were made on other labels: given labels differ in rows "
            f"{named(strangers)}. Nothing was applied; decisions belong to the labels that were "
            "audited, not to those of a table that they were applied to."
        )
    return given


def _new_codes(entries, rows, given, names):
    """Codes of the labels that shall stand."""
    new, lacking, unknown, contradictions = given.copy(), [], [], []
    for i, (entry, row) in enumerate(zip(entries, rows, strict=True)):
        if entry.word == "unsure":
            continue
        code = names.code(entry.new_label)
        if entry.word == "keep":
            if entry.new_label and code != given[i]:
                contradictions.append(f"{row} ({entry.new_label!r})")
        elif code >= 0:
            new[i] = code
        elif entry.new_label.strip():
            unknown.append(f"{entry.new_label!r} (row {row})")
        else:
            lacking.append(row)
    if lacking:
        raise ValueError(f"The decisions on rows {named(lacking)} need a new_label.")
    if contradictions:
        raise ValueError(
            "To keep a label and to give another contradict each other. Got new labels in rows "
            f"{named(contradictions)}; decide to pick them, or empty new_label."
        )
    if unknown:
        raise ValueError(
            f"New labels must be of the classes {named(map(repr, names.names))}. Got "
            f"{named(unknown)}; mend the decisions. Classes that no row has yet are named in "
            "Python: skclean.report.apply_review(..., classes=)."
        )
    return new


def _first_of_each_row(rows, new, words):
    """Positions of the decisions, each row once; the same decision may be there again.

    A row that was left unsure may have been settled in another round.
    """
    settled = words != "unsure"
    left = np.flatnonzero(settled | ~np.isin(rows, rows[settled]))
    rows, new = rows[left], new[left]
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    if (differs := new != new[first][inverse]).any():
        raise ValueError(
            f"There are different decisions on the same rows {named(np.unique(rows[differs]))}; "
            "leave one for each."
        )
    return left[np.sort(first)]
