"""What an audit needs of a table, whatever file it comes from."""

import warnings
from collections import defaultdict
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from skclean._table._features import Features
from skclean._table._files import TableError
from skclean.utils._text import as_spreadsheets_see

FEW_ROWS = 5  # of each class on average, below which a column may be one of numbers


@dataclass(frozen=True, eq=False)
class Table:
    """A table whose rows without a label are set aside.

    Attributes
    ----------
    n_rows : int
        Number of data rows, those without a label included.

    rows : ndarray of shape (n_samples,), dtype intp
        Positions of the labelled rows among the data rows, counted from 0.

    X : pandas.DataFrame of shape (n_samples, n_features) or None
        Features of the labelled rows: columns of numbers and columns of strings, with
        missing values. None where only the labels were read.

    y : ndarray of shape (n_samples,), dtype object
        Their labels as strings.

    label : str
        Name of the label column.

    ids_of_all : ndarray of shape (n_rows,), dtype object, or None
        What names the rows, those without a label included.

    groups : ndarray of shape (n_samples,), dtype object, or None
        What groups the labelled rows.

    id : str or None
        Name of the column that names the rows.

    shown : pandas.DataFrame or None
        The columns of the labelled rows as they came, those that are of no use as features
        among them, to be looked at.

    y_before : ndarray of shape (n_samples,), dtype object, or None
        Their labels before a review, where there was one.
    """

    n_rows: int
    rows: np.ndarray
    X: object
    y: np.ndarray
    label: str
    ids_of_all: np.ndarray | None = None
    groups: np.ndarray | None = None
    id: str | None = None
    shown: object = None
    y_before: np.ndarray | None = None

    @property
    def ids(self):
        """What names the labelled rows, None where nothing does."""
        return None if self.ids_of_all is None else self.ids_of_all[self.rows]

    @property
    def y_given(self):
        """The labels that the file holds."""
        return self.y if self.y_before is None else self.y_before

    @property
    def unlabelled_rows(self):
        """Positions of the rows set aside."""
        return np.setdiff1d(np.arange(self.n_rows), self.rows)


def _position(names, name, option):
    if name in names:
        return names.index(name)
    folded = {other.strip().casefold(): other for other in names}
    close = get_close_matches(name.strip().casefold(), folded, n=1)
    if len(names) == 1:
        hint = f"the only column is {names[0]!r}; does --sep name the delimiter?"
    elif close:
        hint = f"did you mean {folded[close[0]]!r}?"
    elif names[0].startswith("sep="):
        hint = f"the first line reads {names[0]!r} and is no header; delete that line"
    else:
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        hint = f"the columns are {', '.join(map(repr, names[:10]))}{more}"
    raise TableError(f"there is no column {name!r} for {option}: {hint}")


def column_roles(names, label, id, group, ignore=()):
    """Positions of the columns that are no features, by role.

    Parameters
    ----------
    names : list of str
        Names of all columns.

    label, id, group : str or None
        Names of the columns that have these roles.

    ignore : collection of str, default=()
        Columns that are to be there as well.

    Returns
    -------
    roles : dict of int by str
        Positions of those that are given.

    Raises
    ------
    TableError
        If a column is not there, or cannot be told from another.
    """
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise TableError(
            f"several columns are called {', '.join(map(repr, repeated[:5]))}; give each its name"
        )
    given = {"label": label, "id": id, "group": group}
    roles = {
        role: _position(names, name, f"--{role}")
        for role, name in given.items()
        if name is not None
    }
    others = [(role, roles[role]) for role in ("id", "group") if role in roles]
    others += [("ignore", _position(names, name, "--ignore")) for name in ignore]
    for role, position in others:
        if position == roles["label"]:
            raise TableError(f"--label and --{role} name the same column {label!r}")
    return roles


def check_features(names, roles):
    """Check that there are columns to judge the labels by."""
    if len(set(roles.values())) == len(names):
        raise TableError(
            f"there is no column beside {' and '.join(map(repr, names))} to judge the labels by"
        )


def make_table(frame, label, *, labels, ids=None, groups=None, id=None, ignore=(), is_typed=False):
    """Set the rows without a label aside and make features of the other columns.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        The columns that are features or ignored.

    label : str
        Name of the label column.

    labels : list of str or None, of length n_rows
        Labels, None where missing.

    ids, groups : list of length n_rows, default=None
        What names the rows, and what groups them; rows without a group are groups of
        their own.

    id : str, default=None
        Name of the column that names the rows.

    ignore : collection of str, default=()
        Columns that are shown and no features.

    is_typed : bool, default=False
        Does the file tell texts from numbers?

    Returns
    -------
    table : Table
        The table, ready for an audit.

    Raises
    ------
    TableError
        If there are no rows, no features, or no two classes.
    """
    import pandas as pd

    table = labels_table(label, labels=labels, ids=ids, id=id)
    n_rows, rows = table.n_rows, table.rows
    check_classes(table.y, label, n_rows)
    if groups is not None:
        groups = np.array(
            [
                f"row {row}" if (group := groups[row]) in ("", None) else f"group {group}"
                for row in rows
            ]
        )
    if len(rows) < n_rows:
        frame = frame.iloc[rows].reset_index(drop=True)
    frame.columns = list(map(str, frame.columns))
    features = Features(table.y, rows, is_typed)
    for name, column in frame.items():
        if name not in ignore:
            features.add(name, column)
    features.warn()
    if not features.columns:
        raise TableError(
            f"all columns beside {label!r} are empty, ignored or only name the rows; nothing to "
            "judge the labels by"
        )
    return replace(table, X=pd.DataFrame(features.columns), groups=groups, shown=frame)


def labels_table(label, *, labels, ids=None, id=None):
    """Table of the labels alone; the parameters are those of :func:`make_table`."""
    if len(labels) == 0:
        raise TableError("the table has a header but no rows")
    labels = np.array(labels, dtype=object)
    rows = np.flatnonzero([label is not None for label in labels])
    return Table(
        n_rows=len(labels),
        rows=rows,
        X=None,
        y=labels[rows],
        label=label,
        ids_of_all=None if ids is None else np.array(ids, dtype=object),
        id=id,
    )


def check_classes(y, label, n_rows):
    """Check that labels are of at least two classes, and of far fewer than rows."""
    classes = np.unique(y)
    if len(classes) == 0:
        raise TableError(f"none of the {n_rows} rows has a label in the column {label!r}")
    if len(classes) == 1:
        raise TableError(
            f"the column {label!r} holds the one class {classes[0]!r}; label issues are "
            "contradictions between at least two"
        )
    alike = defaultdict(list)
    for name in classes:
        alike[as_spreadsheets_see(name)].append(name)
    alike = [name for names in alike.values() if len(names) > 1 for name in names]
    if alike:
        shown = ", ".join(map(repr, alike[:4])) + (" ..." if len(alike) > 4 else "")
        warnings.warn(
            f"{len(alike)} classes differ from others in blanks, capitals or zeros alone "
            f"({shown}); if they are the same, make them one in the column {label!r} before "
            "anything else",
            stacklevel=2,
        )
    if max(10, len(y) / FEW_ROWS) < len(classes) <= len(y) / 2:
        warnings.warn(
            f"the column {label!r} holds {len(classes)} different values in {len(y)} rows, fewer "
            f"than {FEW_ROWS} rows for each; is it a column of classes?",
            stacklevel=2,
        )
    if len(classes) > max(10, len(y) / 2):
        raise TableError(
            f"the column {label!r} holds {len(classes)} different values in {len(y)} rows; "
            "name a column of classes with --label"
        )
