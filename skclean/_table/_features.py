"""Features made of the columns of a table."""

import warnings
from collections import defaultdict

import numpy as np

from skclean._table._texts import AMBIGUOUS, dates_in, first_other, numbers_in

MANY_ROWS = 20  # of as many, texts that nearly all differ are names
MANY_VALUES = 0.9  # share of distinct texts from which on they nearly all differ
MOSTLY = 0.5  # share of gaps from which on they tell more than the texts
FEW_VALUES = 0.2  # share of distinct values up to which a column can tell the labels of rows
NOTES = {
    "empty": "the column{s} {names} {is_} empty and {was} left out",
    "differs": "the column{s} {names} {has} another text in nearly every row, which tells nothing "
    "of the label, and {was} left out; if it names the rows, pass --id {first!r}",
    "nameless": "a column without a name only counts the rows and was left out",
    "counts": "the column{s} {names} counts the rows, and tells the labels where they are sorted; "
    "if it is no feature, pass --id or --ignore {first!r}",
    "commas": "the column{s} {names} {holds} numbers with decimal commas and {was} read as such",
    "two ways": "the column{s} {names} can be read in two ways, as 1,234 or 1/2/2026 can, and "
    "{was} left out; write numbers without commas, and dates as 2026-02-01",
    "tells": "the column{s} {names} alone {tells} the label of every row; if it was made from "
    "the labels, nothing can contradict them: pass --ignore {first!r}",
}


class Features:
    """Features made of the columns of a table, and what there is to say of these columns.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels.

    rows : ndarray of shape (n_samples,)
        Positions of the rows in the table.

    Attributes
    ----------
    columns : dict of Series by str
        Columns of numbers and of strings, missing values as NaN.
    """

    def __init__(self, y, rows):
        self._y, self._rows = y, rows
        self._notes, self._other_notes = defaultdict(list), []
        self.columns = {}

    def add(self, name, given):
        """Make a feature of a column, if it is of any use."""
        column = self._values(name, given)
        if column is None or not self._is_useful(name, column, given):
            return
        self.columns[name] = column
        if self._tells_labels(column):
            self._note("tells", name)

    def warn(self):
        """Say what was found, columns of a kind in one warning."""
        for text in self._other_notes:
            warnings.warn(text, stacklevel=4)
        for kind, names in self._notes.items():
            several = len(names) > 1
            text = NOTES[kind].format(
                s="s" * several,
                names=", ".join(map(repr, names[:5])) + " ..." * (len(names) > 5),
                is_="are" if several else "is",
                was="were" if several else "was",
                has="have" if several else "has",
                holds="hold" if several else "holds",
                tells="tell" if several else "tells",
                first=names[0],
            )
            warnings.warn(text, stacklevel=4)

    def _note(self, kind, name):
        self._notes[kind].append(name)

    def _values(self, name, column):
        """The column as numbers or as strings; None where it could be read in two ways."""
        import pandas as pd

        types = pd.api.types
        if types.is_datetime64_any_dtype(column) or types.is_timedelta64_dtype(column):
            return (column - column.min()) / pd.Timedelta(days=1)
        if types.infer_dtype(column) == "decimal" or types.is_numeric_dtype(column):
            column = column.astype("float64")
            return column.where(np.isfinite(column))
        strings = column.astype(object).map(str, na_action="ignore")
        strings = strings.where(column.notna(), np.nan)
        texts = strings.dropna()
        if len(texts) == 0:
            return strings
        found, decimal = numbers_in(texts)
        if found is None:
            found = dates_in(texts)
        if found is None:
            return strings
        if found is AMBIGUOUS:
            self._note("two ways", name)
            return None
        if decimal == ",":
            self._note("commas", name)
        if n_other := int(found.isna().sum()):
            verb = "which count as" if n_other > 1 else "which counts as"
            rows = "rows" if n_other > 1 else "row"
            self._other_notes.append(
                f"the column {name!r} holds numbers but for {first_other(texts, found)} (in "
                f"{n_other} {rows}), {verb} missing"
            )
        return found.reindex(strings.index)

    def _is_useful(self, name, column, given):
        """Can the column tell classes apart? Not if it is empty or only names or counts rows."""
        n_filled = column.notna().sum()
        if n_filled == 0:
            self._note("empty", name)
            return False
        if column.dtype.kind == "O" and n_filled >= max(MANY_ROWS, MOSTLY * len(column)):
            if column.nunique() <= MANY_VALUES * n_filled:
                return True
            self._note("differs", name)
            return False
        if given.dtype.kind not in "iuf" or (np.diff(column) != np.diff(self._rows)).any():
            return True
        if name == "" or name.startswith("Unnamed: "):
            self._note("nameless", name)
            return False
        if len(column) >= MANY_ROWS:
            self._note("counts", name)
        return True

    def _tells_labels(self, column):
        """Do rows of equal values always have equal labels, though there are few values?"""
        import pandas as pd

        codes = pd.factorize(column, use_na_sentinel=False)[0]
        if len(codes) < MANY_ROWS or codes.max() >= FEW_VALUES * len(codes):
            return False
        pairs = len(np.unique(codes * np.int64(len(codes)) + pd.factorize(self._y)[0]))
        return pairs == codes.max() + 1
