"""Columns of data of any form, as codes of their values or ranges."""

import numpy as np
from scipy.sparse import issparse

N_BINS = 5
MAX_CATEGORIES = 200
FEW_VALUES = 10  # numbers with no more distinct values are categories


def columns_of(X):
    """Yield name and values of each column; nothing where there are none to speak of.

    Parameters
    ----------
    X : array-like, DataFrame, sparse matrix or None
        The data.

    Yields
    ------
    name : str
        Name of the column; x0, x1, ... where it has none.

    values : ndarray of shape (n_samples,)
        Its values.
    """
    if X is None or issparse(X) or texts_of(X) is not None:
        return
    if hasattr(X, "columns"):
        for j, name in enumerate(X.columns):
            column = X.iloc[:, j] if hasattr(X, "iloc") else X[name]
            yield str(name), np.asarray(column)
        return
    try:
        X = np.asarray(X)
    except ValueError:  # rows of different lengths
        return
    if X.ndim == 2:
        for j in range(X.shape[1]):
            yield f"x{j}", X[:, j]


def texts_of(X):
    """Texts, one a row, as an array of objects: not padded to the longest. Else None."""
    if hasattr(X, "shape"):
        return np.asarray(X) if len(X.shape) == 1 else None
    return np.array(X, dtype=object) if len(X) and isinstance(X[0], str) else None


def value_codes(values):
    """Number of each distinct value, and the distinct values.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of any type; objects are told apart by their text.

    Returns
    -------
    codes : ndarray of shape (n_samples,), dtype intp
        Number of each.

    names : list
        The distinct values, or texts of objects.
    """
    if values.dtype.kind in "fiubmMUS":
        distinct, codes = np.unique(values, return_inverse=True)
        return codes, distinct.tolist()
    numbers = {}  # an array of texts would pad all of them to the longest
    absent = missing(values)
    keys = (_key(value, is_absent) for value, is_absent in zip(values, absent, strict=True))
    codes = [numbers.setdefault(key, len(numbers)) for key in keys]
    return np.array(codes, dtype=np.intp), list(numbers)


def _key(value, is_absent):
    """What an object is told from others by."""
    if is_absent:
        return None
    return value.tobytes() if isinstance(value, np.ndarray) else str(value)


def missing(values):
    """Mask of missing values."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind in "mM":
        return np.isnat(values)
    if values.dtype.kind == "O":
        return np.array([value is None or _differs_from_itself(value) for value in values])
    return np.zeros(len(values), dtype=bool)


def _differs_from_itself(value):
    try:
        return bool(value != value)
    except TypeError:  # the truth of pandas.NA is undefined
        return True
    except ValueError:  # an array in a cell
        return False


def _ranges(values):
    """Codes of about equally filled ranges of numbers, and what to call them."""
    inner = np.unique(np.quantile(values, np.linspace(0, 1, N_BINS + 1)[1:-1], method="lower"))
    codes = np.searchsorted(inner, values, side="left")
    present, codes = np.unique(codes, return_inverse=True)
    names = []
    for k in range(len(present)):
        names.append([values[codes == k].min(), values[codes == k].max()])
    shown = _told_apart([end for ends in names for end in ends])
    pairs = zip(shown[::2], shown[1::2], strict=True)
    return codes, [low if low == high else f"{low} to {high}" for low, high in pairs]


def _told_apart(values):
    """Numbers as texts, with as many digits as tell different ones apart."""
    for digits in (4, 6, 9, 12, 17):
        texts = [f"{value:.{digits}g}" for value in values]
        if len(set(texts)) == len(set(values)):
            break
    return texts


def level_codes(values):
    """Code of the category or range of each value.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of any type.

    Returns
    -------
    codes : ndarray of shape (n_samples,)
        Code of each.

    names : list of str or None
        What each code stands for; None where there are too many categories.
    """
    absent = missing(values)
    known = values[~absent]
    codes = np.zeros(len(values), dtype=np.intp)
    names = []
    if len(known):
        numbers = known.dtype.kind in "fiu" or (
            known.dtype.kind == "O" and all(type(value) in (int, float) for value in known)
        )
        if numbers:
            known = known.astype(np.float64)
        own, distinct = value_codes(known)
        if numbers and len(distinct) > FEW_VALUES and np.isfinite(distinct).all():
            own, names = _ranges(known)
        elif len(distinct) > MAX_CATEGORIES:
            return codes, None
        else:
            names = _told_apart(distinct) if numbers else list(map(str, distinct))
        codes[~absent] = own
    if absent.any():
        codes[absent] = len(names)
        names = [*names, "missing"]
    return codes, names
