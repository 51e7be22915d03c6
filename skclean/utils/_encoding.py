"""Labels of any type to codes 0..K-1 and back."""

import warnings

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d


def is_missing(y):
    """Mask of None, NaN, NaT and pandas.NA in a label array: what differs from itself."""
    if y.dtype.kind in "biuSU":
        return np.zeros(y.shape, dtype=bool)
    if y.dtype.kind in "fc":
        return np.isnan(y)
    return np.array([value is None or not equals_itself(value) for value in y], dtype=bool)


def equals_itself(value):
    try:
        return bool(value == value)
    except TypeError:  # the truth of pandas.NA is undefined
        return False


def check_labels(y):
    """Validate given labels: one-dimensional, of classes, none missing.

    Raises
    ------
    ValueError
        If `y` is empty, continuous, has more than one column or misses a label; the
        message names the first row without a label.

    TypeError
        If the labels are of types that have no common order.
    """
    if type(y) is not np.ndarray or y.ndim != 1:
        _refuse_several(y)
        y = column_or_1d(_without_extension(y), warn=True)
    if len(y) == 0:
        raise ValueError("y must hold at least one label. Got 0 samples.")
    if y.dtype.kind in "iub":
        return y
    missing = np.flatnonzero(is_missing(y))
    if len(missing):
        raise ValueError(
            f"Input y contains NaN: {len(missing)} of {len(y)} labels are missing, the first "
            f"in row {missing[0]}. Set these rows aside before looking for label issues."
        )
    try:
        check_classification_targets(y)
    except (TypeError, ValueError) as error:
        types = sorted({type(value).__name__ for value in y.tolist()})
        if types == ["bool"]:
            raise ValueError(
                f"Labels that are truth values must be of dtype bool. Got dtype {y.dtype}; convert "
                "them first by y.astype(bool)."
            ) from error
        if isinstance(error, ValueError) and len(types) == 1:
            raise
        if types == ["bytes"]:
            raise TypeError(
                "Labels of bytes are not supported; decode them first, for example with "
                "np.char.decode(np.asarray(y, dtype=bytes))."
            ) from error
        raise TypeError(
            f"Labels must be of one type to be ordered. Got {', '.join(types)}; "
            "convert them to one type first, for example with y.astype(str)."
        ) from error
    return y


def _without_extension(y):
    """Whole numbers and truth values of pandas' own types as those of numpy, if none is missing.

    scikit-learn makes floats of them.
    """
    dtype = getattr(y, "dtype", None)
    dtype = getattr(getattr(dtype, "categories", None), "dtype", dtype)
    dtype = getattr(dtype, "numpy_dtype", dtype)
    if not is_pandas(y) or not isinstance(dtype, np.dtype) or dtype.kind not in "iub":
        return y
    return y if y.isna().any() else np.asarray(y.to_numpy(), dtype=dtype)


def _refuse_several(y):
    """Refuse several labels a sample, and say what to do with them."""
    shape = getattr(y, "shape", ())
    if len(shape) == 2 and shape[1] > 1:
        got = f"an array of shape {shape}"
    elif isinstance(y, (list, tuple)) and len(y) and _is_several(y[0]):
        got = f"several labels a sample, such as {y[0]!r}"
    else:
        return
    raise ValueError(
        f"y should be a 1d array, got {got} instead. Several labels a sample are judged one "
        "column at a time; of one-hot labels take y.argmax(axis=1)."
    )


def _is_several(label):
    is_one = isinstance(label, np.ndarray) and label.ndim == 0
    several = isinstance(label, (list, tuple, set, frozenset, np.ndarray))
    return several and not is_one and len(label) > 1


def encode_labels(y, classes=None):
    """Sorted classes and the code of each label.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Given labels of any type that scikit-learn classifiers take.

    classes : array-like of shape (n_classes,), default=None
        All classes, in the order of their codes; None takes the sorted labels in `y`.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        The classes.

    codes : ndarray of shape (n_samples,), dtype intp
        Position of each label in `classes`.
    """
    y = check_labels(y)
    present, codes = _unique_inverse(y)
    if classes is None:
        return present, codes
    classes = column_or_1d(classes)
    if is_missing(classes).any():
        raise ValueError(f"classes must not hold missing values. Got {classes.tolist()}.")
    positions = {label: code for code, label in enumerate(classes.tolist())}
    if len(positions) < len(classes):
        raise ValueError(f"classes must be distinct. Got {classes.tolist()}.")
    unknown = [label for label in present.tolist() if label not in positions]
    if unknown:
        raise ValueError(f"y holds labels that are not in classes: {unknown[:5]}.")
    try:  # the dtype of the labels, where it holds every class
        same = classes.astype(y.dtype)
    except (TypeError, ValueError):
        same = classes
    classes = same if same.tolist() == classes.tolist() else classes
    return classes, np.array([positions[label] for label in present.tolist()])[codes]


def _unique_inverse(y):
    """Like `numpy.unique` with the inverse; labels that are small integers are not sorted."""
    if y.dtype.kind in "iu":
        low, high = int(y.min()), int(y.max())
        if high - low < len(y):
            offsets = y.astype(np.intp)  # a copy, as what is made of the codes may come later
            offsets -= low
            is_present = np.bincount(offsets) > 0
            present = (np.flatnonzero(is_present) + low).astype(y.dtype)
            return present, offsets if is_present.all() else (np.cumsum(is_present) - 1)[offsets]
    return np.unique(y, return_inverse=True)


def warn_of_order(name, data, y):
    """Say if `data` and `y` are of pandas and have the same names of rows in another order.

    An index that only counts names no rows, so that none is asked of it.
    """
    first, second = index_of(data), index_of(y)
    if not _names_rows(first) or not _names_rows(second) or len(first) != len(second):
        return
    if not first.equals(second) and first.isin(second).all():
        warnings.warn(
            f"{name} and y have the same index in another order, and are taken by position. If the "
            f"index names the rows, pass y.loc[{name}.index].",
            UserWarning,
            stacklevel=3,
        )


def _names_rows(index):
    """Is it an index of pandas with a name of its own for each row?"""
    if not is_pandas(index) or hasattr(index, "step") or hasattr(index, "levels"):
        return False
    return index.is_unique


def is_pandas(data):
    return type(data).__module__.split(".")[0] == "pandas"


def index_of(*data):
    """Index of the first of `data` that is of pandas; None if there is none."""
    return next((each.index for each in data if hasattr(each, "iloc")), None)
