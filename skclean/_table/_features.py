"""Features made of the columns of a table."""

import warnings
from collections import defaultdict

import numpy as np

from skclean._table._texts import first_other, hold_digits, read_texts
from skclean.utils._text import counted

MANY_ROWS = 20  # of as many, texts that nearly all differ are names
MANY_VALUES = 0.9  # share of distinct texts from which on they nearly all differ
MOSTLY = 0.5  # share of gaps from which on they tell more than the texts
MANY_TEXTS = 50  # of a column, from which on they may be numbers that were not read
TOGETHER = 0.5  # share of the changes of label that chance would make
FEW_VALUES = 0.2  # share of distinct values up to which a column can tell the labels of rows
NOTES = {
    "empty": "the column{s} {names} {is_} empty and {was} left out",
    "differs": "the column{s} {names} {has} another text in nearly every row, which no model here "
    "can use, and {was} left out; if it names the rows, pass --id {first!r}",
    "digits": "the column{s} {names} {was} taken for texts, though most of them hold digits; write "
    "numbers as 1234.5 and dates as 2026-02-01 if they are some",
    "ordered": "the column{s} {names} {holds} another whole number in nearly every row, as ids do, "
    "and in their order equal labels lie together; if it is no feature, pass --ignore {first!r}",
    "nameless": "a column without a name only counts the rows and was left out",
    "counts": "the column{s} {names} counts the rows, and tells the labels where they are sorted; "
    "if it is no feature, pass --id or --ignore {first!r}",
    "as written": "the column{s} {names} {holds} numbers with decimal commas, parts of thousands "
    "or units and {was} read as such",
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

    is_typed : bool
        Does the file tell texts from numbers?

    Attributes
    ----------
    columns : dict of Series by str
        Columns of numbers and of strings, missing values as NaN.
    """

    def __init__(self, y, rows, is_typed):
        self._y, self._rows, self._is_typed = y, rows, is_typed
        self._notes, self._other_notes = defaultdict(list), []
        self.columns = {}

    def add(self, name, given):
        """Make a feature of a column, if it is of any use."""
        column = self._values(name, given)
        if column is None or not self._is_useful(name, column):
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
        texts = strings[column.notna()]
        texts = texts[texts.str.strip() != ""] if len(texts) else texts
        strings = texts.reindex(strings.index)
        if len(texts) == 0:
            return strings
        reading = read_texts(texts, with_numbers=not self._is_typed)
        if reading.kind is None:
            return strings
        if reading.kind in ("as written", "two ways"):
            self._note(reading.kind, name)
        if reading.values is None:
            return None
        if n_other := int(reading.values.isna().sum()):
            things = "dates" if reading.kind == "dates" else "numbers"
            others = f"{first_other(texts, reading.values)} (in {counted(n_other, 'row')})"
            self._other_notes.append(
                f"the column {name!r} holds {things} but for {others}, which count as missing"
            )
        return reading.values.reindex(strings.index)

    def _is_useful(self, name, column):
        """Can the column tell classes apart? Not if it is empty or only names or counts rows."""
        n_filled = column.notna().sum()
        if n_filled == 0:
            self._note("empty", name)
            return False
        if column.dtype.kind == "O" and n_filled >= max(MANY_ROWS, MOSTLY * len(column)):
            if column.nunique() <= MANY_VALUES * n_filled:
                if self._was_not_read(column):
                    self._note("digits", name)
                return True
            self._note("differs", name)
            return False
        if column.dtype.kind == "O":
            return True
        if (np.diff(column) != np.diff(self._rows)).any():
            if self._orders_labels(column):
                self._note("ordered", name)
            return True
        if name == "":
            self._note("nameless", name)
            return False
        if len(column) >= MANY_ROWS:
            self._note("counts", name)
        return True

    def _was_not_read(self, column):
        """Do many texts hold digits, and yet are no numbers or dates?"""
        texts = column.dropna()
        return not self._is_typed and texts.nunique() > MANY_TEXTS and hold_digits(texts)

    def _tells_labels(self, column):
        """Do rows of equal values always have equal labels, though there are few values?"""
        import pandas as pd

        filled = column.notna().to_numpy()
        codes = pd.factorize(column[filled])[0]
        if len(codes) < max(MANY_ROWS, MOSTLY * len(column)):
            return False
        if not 1 <= codes.max() < FEW_VALUES * len(codes):
            return False
        pairs = len(np.unique(codes * np.int64(len(codes)) + pd.factorize(self._y[filled])[0]))
        return pairs == codes.max() + 1

    def _orders_labels(self, column):
        """Do equal labels lie together in the order of whole numbers that nearly all differ?"""
        import pandas as pd

        filled = column.notna().to_numpy()
        values, labels = column[filled].to_numpy(), pd.factorize(self._y[filled])[0]
        if len(values) < MANY_ROWS or (values % 1 != 0).any():
            return False
        if len(np.unique(values)) < MANY_VALUES * len(values):
            return False
        n_changes = np.count_nonzero(np.diff(labels[np.argsort(values, kind="stable")]))
        by_chance = 1 - np.sum((np.bincount(labels) / len(labels)) ** 2)
        return n_changes < TOGETHER * by_chance * len(labels)
