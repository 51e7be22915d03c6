"""What the flagged rows hold, column by column and short enough for a page."""

import numpy as np
from scipy.sparse import issparse

from skclean.report._columns import texts_of
from skclean.utils._sklearn import _safe_indexing

MAX_COLUMNS = 30
MAX_CHARACTERS = 28_000_000  # of all values on a page
EXACT_INTEGERS = 2**53  # of JavaScript


def _table_names(X):
    """Names of the columns of a table; None if it is not one."""
    columns = getattr(X, "columns", None)
    return None if columns is None else list(columns)


def _column(rows, j):
    """Column `j` of some rows of X."""
    if hasattr(rows, "iloc"):
        return rows.iloc[:, j]
    if hasattr(rows, "get_column"):  # polars
        return rows.get_column(rows.columns[j])
    return rows[:, j].toarray().ravel() if issparse(rows) else rows[:, j]


def short_numbers(values):
    """Numbers rounded to six significant digits, as floats that print short.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Finite floats.

    Returns
    -------
    rounded : list of float
        The same numbers, rounded.
    """
    values = np.asarray(values, dtype=np.float64)
    size = np.abs(values)
    ordinary = (size >= 1e-9) & (size < 1e15)
    digits = 5 - np.floor(np.log10(np.where(ordinary, size, 1.0))).astype(int)
    up, down = 10.0 ** np.maximum(digits, 0), 10.0 ** np.maximum(-digits, 0)
    rounded = np.rint(values * up / down) / up * down
    rounded[~ordinary] = [float(f"{value:.6g}") for value in values[~ordinary]]
    return rounded.tolist()


def _printed(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _is_missing(value):
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # pandas.NA, and arrays in cells
        return not isinstance(value, np.ndarray)


def _number_values(values):
    if values.dtype.kind == "f":
        finite = np.isfinite(values)
        numbers = np.full(len(values), None, dtype=object)
        numbers[finite] = short_numbers(values[finite])
        infinite = ~finite & ~np.isnan(values)
        numbers[infinite] = [str(value) for value in values[infinite]]
        return numbers.tolist()
    listed = values.tolist()
    if len(values) and (values.max() > EXACT_INTEGERS or values.min() < -EXACT_INTEGERS):
        return [str(value) for value in listed]
    return listed


def _packed(values):
    """Each distinct text once and a code per row, where that is shorter."""
    levels = {value: code for code, value in enumerate(dict.fromkeys(values))}
    if len(values) < 100 or len(levels) > len(values) // 4:
        return {"values": values}
    return {"levels": list(levels), "codes": [levels[value] for value in values]}


def column_values(column):
    """Values of a column as JSON holds them.

    Parameters
    ----------
    column : array-like of shape (n_rows,)
        Values of any kind.

    Returns
    -------
    values : dict
        `values`, a list of numbers, texts and None where missing; or `levels`, the
        distinct ones, and `codes`, their position for each row.
    """
    values = np.asarray(column)
    if values.dtype.kind in "iuf":
        return {"values": _number_values(values)}
    if values.dtype.kind in "Mm":
        return _packed(
            [
                None if np.isnat(v) else str(v).removesuffix("T00:00:00")
                for v in (values.astype(values.dtype.str.split("[")[0] + "[s]"))
            ]
        )
    return _packed([None if _is_missing(v) else _printed(v) for v in values.tolist()])


def _chosen(names, columns):
    """Positions of the columns to show."""
    positions = {}
    for j, name in enumerate(names):
        positions.setdefault(str(name), j)
    unknown = [name for name in columns if str(name) not in positions]
    if unknown:
        raise ValueError(
            f"columns must name columns of X. Got {unknown[:10]}; X has "
            f"{[str(name) for name in names[:10]]}{' and more' if len(names) > 10 else ''}."
        )
    return [positions[str(name)] for name in columns]


def _within_budget(shown, n_rows):
    """Cut the columns off behind the row where the page would grow too large."""
    size = np.zeros(n_rows, dtype=np.int64)
    for column in shown:
        if "values" in column:
            size += np.array([3 + len(str(value)) for value in column["values"]], dtype=np.int64)
        else:
            size += 3
    n_kept = int(np.searchsorted(np.cumsum(size), MAX_CHARACTERS, side="right"))
    for column in shown:
        for name in ("values", "codes"):
            if name in column:
                column[name] = column[name][:n_kept]
    return n_kept


def row_values(X, positions, columns=None, *, has_images=False):
    """Names and values of the columns that a page shows of the flagged rows.

    Parameters
    ----------
    X : array-like, sparse matrix, table or list, or None
        The data.

    positions : ndarray of shape (n_rows,)
        Rows of X, worst first.

    columns : list, default=None
        Names of the columns to show; x0, x1, ... where X is an array. None takes the
        first 30.

    has_images : bool, default=False
        Whether the rows are shown as images, so that bare numbers say nothing.

    Returns
    -------
    shown : list of dict
        `name` and the fields of `column_values`, for the first rows that fit in a page.

    notes : list of str
        What was left out.

    Raises
    ------
    ValueError
        If `columns` names what is not there.
    """
    n_rows, notes = len(positions), []
    if X is None:
        if columns is not None and len(columns):
            raise ValueError(f"columns needs X. Got columns={list(columns)} and X=None.")
        return [], notes
    names = _table_names(X)
    ndim = getattr(X, "ndim", 1 if names is None else 2)
    if not hasattr(X, "shape"):
        ndim = np.ndim(X[0]) + 1 if len(X) else 1
    rows = _safe_indexing(X, positions)
    if ndim == 1:
        names, chosen = ["value"], [0]
        texts = texts_of(rows)
        series = [rows if texts is None else texts]
    else:
        rows = rows if hasattr(rows, "shape") else np.asarray(rows)
        if names is None:
            names = [f"x{j}" for j in range(int(np.prod(rows.shape[1:])))]
        if columns is not None:
            chosen = _chosen(names, columns)
        elif ndim > 2 or (has_images and _table_names(X) is None):
            chosen = []
        elif issparse(X) and len(names) > MAX_COLUMNS:
            chosen = []
            notes.append(
                f"The {len(names):,} columns are sparse and not shown; columns= names some to show."
            )
        else:
            chosen = list(range(min(len(names), MAX_COLUMNS)))
        rows = rows if ndim == 2 else np.reshape(rows, (n_rows, -1))
        if issparse(rows):
            rows = rows.tocsc()
        series = [_column(rows, j) for j in chosen]
        if chosen and columns is None and len(names) > len(chosen):
            notes.append(
                f"The first {len(chosen)} of {len(names):,} columns are shown; columns= names "
                "others."
            )
    shown = [
        {"name": str(names[j]), **column_values(values)}
        for j, values in zip(chosen, series, strict=True)
    ]
    n_kept = _within_budget(shown, n_rows)
    if n_kept < n_rows:
        notes.append(
            f"The values of the first {n_kept:,} rows are shown, so that the page stays small; "
            "columns= picks fewer columns."
        )
    return shown, notes
