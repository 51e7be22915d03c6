"""Checks of probabilities and noise matrices, with errors that name the bad row."""

from functools import partial

import numpy as np
from scipy.sparse import issparse

from skclean._core._blocks import NARROW, along_rows, each_block, pieces
from skclean._core._evidence import Evidence
from skclean._core._scan import Scan, as_bits, largest_bits, scan_block
from skclean.utils._rows import BaseRows, as_rows

SUM_TOLERANCE = {np.dtype(np.float16): 2e-2}
DEFAULT_SUM_TOLERANCE = RANGE_TOLERANCE = 1e-3
ROUNDING = 64  # units in the last place that a sum may be off and still count as 1


def renormalize(block, dtype=np.float32):
    """A block of rows in at least float32, clipped to [0, 1] and summing to 1."""
    block = np.clip(block, 0, 1).astype(np.promote_types(block.dtype, dtype))
    block /= block.sum(axis=1, keepdims=True)
    return block


class RenormalizedRows(BaseRows):
    """Rows of a matrix of probabilities, clipped and renormalised as they are read.

    It stands in for an array wherever rows are indexed, so that a memory-mapped or
    half-precision matrix is never copied whole.
    """

    def __init__(self, pred_probs):
        self._pred_probs = pred_probs
        self.shape = pred_probs.shape
        self.dtype = np.promote_types(pred_probs.dtype, np.float32)

    def _read(self, start, stop):
        return renormalize(np.asarray(self._pred_probs[start:stop]))

    def _take(self, rows):
        return renormalize(np.asarray(self._pred_probs[rows]))


def renormalized(pred_probs):
    """The same rows, clipped and renormalised wherever they are read."""
    if hasattr(pred_probs, "map_rows"):
        return pred_probs.map_rows(renormalize, np.promote_types(pred_probs.dtype, np.float32))
    return RenormalizedRows(pred_probs)


ABSENT_CLASS = "pass classes= if a class is absent from y"


def check_pred_probs(pred_probs, n_samples, classes, way_out=ABSENT_CLASS):
    """Validate out-of-sample probabilities without copying them.

    Rows must sum to 1 within 1e-3 (float16: 2e-2) and values may leave [0, 1] by as
    much. What is within that but not exact is clipped and renormalised when read.

    Parameters
    ----------
    pred_probs : array-like of shape (n_samples, n_classes)
        Probabilities; an array or memory map is used as it is, and anything else with
        `shape`, `dtype` and slices of rows is read by these.

    n_samples : int
        Number of labels they must match.

    classes : ndarray of shape (n_classes,)
        Classes they must match.

    way_out : str, default="pass classes= if a class is absent from y"
        What to do where they do not.

    Returns
    -------
    pred_probs : array of shape (n_samples, n_classes)
        The same rows, to be read by slices, in float32 or float64.

    Raises
    ------
    ValueError
        If the shape does not match or a row is no distribution; the message names
        the first such row.
    """
    pred_probs = _check_form(pred_probs, n_samples, classes, way_out)
    exact = True
    for rows, (bad, block_exact) in each_block(_check_block, pred_probs):
        _raise_if(bad, rows)
        exact = exact and block_exact
    return pred_probs if exact else renormalized(pred_probs)


def check_evidence(y, pred_probs, classes, map=map, **options):
    """Validate out-of-sample probabilities, scan them in the same pass, and hold what they say.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    pred_probs, classes
        See `check_pred_probs`.

    map : callable, default=map
        Applies a function to blocks of rows, in any order of execution.

    **options : dict
        Further parameters of `Evidence`.

    Returns
    -------
    evidence : Evidence
        What labels and probabilities say of each other.
    """
    pred_probs, found = check_and_apply(largest_bits, scan_block, y, pred_probs, classes, map=map)
    if found is not None:
        options["scan"] = Scan.joined(found)
    return Evidence(y, pred_probs, map=map, **options)


def check_and_apply(look, function, y, pred_probs, classes, map=map):
    """Validate probabilities, and apply a function to their rows in the same pass.

    Parameters
    ----------
    look : callable
        ``look(bits, codes)`` of the bits of some rows of a block, which returns an array.

    function : callable
        ``function(block, codes, seen)`` of a block of rows that sum to 1, which returns what
        it finds and whether it made sure that no entry is negative. `seen` is what `look`
        returned, joined, or None where it saw nothing.

    y : ndarray of shape (n_samples,)
        Given labels as codes.

    pred_probs, classes
        See `check_pred_probs`.

    map : callable, default=map
        Applies a function to items, in any order of execution.

    Returns
    -------
    pred_probs : array of shape (n_samples, n_classes)
        The rows, to be read by slices.

    found : list or None
        What the function found in the blocks, in order; None where rows do not sum to
        1 but for rounding, so that `pred_probs` are not those that it saw.
    """
    pred_probs = _check_form(pred_probs, len(y), classes, ABSENT_CLASS)
    parts, exact, first_bad = [], True, None
    check = partial(_checked, look, function)
    light = len(classes) > NARROW  # short rows are copied
    for rows, (bad, block_exact, part) in each_block(check, pred_probs, y, map=map, light=light):
        if bad is not None and first_bad is None:  # raised when all threads are done
            first_bad = bad, rows
        exact = exact and block_exact
        parts.append(part)
    if first_bad is not None:
        _raise_if(*first_bad)
    return (pred_probs, parts) if exact else (renormalized(pred_probs), None)


def _check_form(pred_probs, n_samples, classes, way_out):
    """Everything about probabilities that does not need their values."""
    if issparse(pred_probs):
        raise ValueError(
            "pred_probs must be dense. Got a sparse matrix; pass pred_probs.toarray()."
        )
    if hasattr(pred_probs, "columns"):
        _check_column_order(list(pred_probs.columns), classes.tolist())
    pred_probs = as_rows(pred_probs)
    if pred_probs.dtype.kind in "biuO" or (
        pred_probs.dtype.kind == "f" and pred_probs.dtype.itemsize > 8
    ):
        try:
            pred_probs = _in_float64(pred_probs)
        except (TypeError, ValueError) as error:
            raise ValueError(f"pred_probs must be numbers: {error}.") from error
    if pred_probs.dtype.kind != "f":
        raise ValueError(f"pred_probs must be numbers. Got dtype {pred_probs.dtype}.")
    if len(pred_probs.shape) != 2:
        hint = ""
        if len(pred_probs.shape) == 1 and len(classes) == 2:
            hint = (
                f"; if it is the probability of {classes[1:].tolist()[0]!r}, pass np.c_[1 - p, p]"
            )
        raise ValueError(
            f"pred_probs must be a 2D array of shape (n_samples, n_classes). Got "
            f"{len(pred_probs.shape)}D array instead, of shape {pred_probs.shape}{hint}."
        )
    if pred_probs.shape[0] != n_samples:
        raise ValueError(
            f"pred_probs must have one row per label. Got {pred_probs.shape[0]} rows for "
            f"{n_samples} labels."
        )
    if pred_probs.shape[1] != len(classes):
        shown = classes[:10].tolist()
        raise ValueError(
            f"pred_probs must have one column per class. Got {pred_probs.shape[1]} columns for "
            f"{len(classes)} classes {shown}{'...' if len(classes) > 10 else ''}; {way_out}."
        )
    if len(classes) < 2:
        raise ValueError(
            "The number of classes has to be greater than one; got 1 class "
            f"{classes.tolist()}; {way_out}."
        )
    return pred_probs


def _check_column_order(columns, classes):
    """Complain of columns that have the names of the classes in another order."""
    names, wanted = list(map(str, columns)), list(map(str, classes))  # a file has texts alone
    if names != wanted and sorted(names) == sorted(wanted):
        raise ValueError(
            f"The columns of pred_probs must be in the order of the classes, {classes[:10]}. Got "
            f"{columns[:10]}; reorder them by name."
        )


def _in_float64(rows):
    if isinstance(rows, BaseRows):
        return rows.astype(np.float64)
    return np.asarray(rows, dtype=np.float64)


def _checked(look, function, block, codes):
    """First row of a block that is no distribution, whether all sum to 1, and what was found."""
    block, part = along_rows(block), None
    off, seen = _farthest(block, look, codes)
    if _is_exact(block, off):
        part, none_negative = function(block, codes, seen)
        if none_negative:
            return None, True, part
    bad, exact = _check_block(block, off)
    return bad, exact, part if exact else None


def _farthest(block, look=None, codes=None):
    """How far the sum of a row is from 1 at most, and what a look at each row finds.

    `look` sees the bits of long rows while they are in the cache. It sees none where rows are
    short or not laid out one by one, and no more where they do not sum to 1.
    """
    dtype = np.promote_types(block.dtype, np.float32)
    ones, totals, seen = np.ones(block.shape[1], dtype), np.empty(len(block), dtype), []
    long_rows = len(ones) > NARROW and block.flags.c_contiguous and block.dtype.itemsize >= 4
    bits = as_bits(block) if look is not None and long_rows else None
    with np.errstate(invalid="ignore", over="ignore"):  # rows that are not finite are just bad
        for rows in pieces(block):
            part = totals[rows]
            np.matmul(block[rows].astype(dtype, copy=False), ones, out=part)
            part -= 1
            if bits is not None and not seen and not _is_exact(block, np.abs(part).max()):
                bits = None
            if bits is not None:
                seen.append(look(bits[rows], codes[rows]))
    return np.abs(totals, out=totals).max(), np.concatenate(seen) if bits is not None else None


def _is_exact(block, off):
    """Do all rows sum to 1, but for rounding?"""
    return block.dtype.itemsize >= 4 and off <= ROUNDING * np.finfo(block.dtype).eps


def _check_block(block, off=None):
    """First row of a block that is no distribution, and whether all sum to 1 up to rounding."""
    off = _farthest(block)[0] if off is None else off
    sum_tolerance = SUM_TOLERANCE.get(block.dtype, DEFAULT_SUM_TOLERANCE)
    # written so that NaN, which compares false, counts as bad
    if off <= sum_tolerance and block.min() >= 0:  # then no value exceeds the sum
        return None, _is_exact(block, off)
    return _first_bad(block, sum_tolerance), False


def _first_bad(block, sum_tolerance):
    """Number of the first row that is no distribution and what is wrong, None if all are."""
    with np.errstate(invalid="ignore", over="ignore"):
        totals = block.sum(axis=1, dtype=np.float64)
        low, high = block.min(axis=1), block.max(axis=1)
        good = (np.abs(totals - 1) <= sum_tolerance) & (low >= -RANGE_TOLERANCE)
        good &= high <= 1 + RANGE_TOLERANCE
    if good.all():
        return None
    row = int(good.argmin())
    return row, totals[row], low[row], high[row], sum_tolerance


def _raise_if(bad, rows):
    """Say which row of probabilities is no distribution, if there is one."""
    if bad is None:
        return
    row, total, low, high, sum_tolerance = bad
    if np.isnan(total):
        raise ValueError(
            "pred_probs must hold probabilities, without NaN and infinity. "
            f"Row {rows.start + row} sums to nan; leave such rows out here and in y."
        )
    raise ValueError(
        f"Each row of pred_probs must be a distribution over the classes, with values in "
        f"[0, 1] that sum to 1 within {sum_tolerance:g}. Row {rows.start + row} sums to "
        f"{total:.9g} with values from {low:.6g} to {high:.6g}; divide rounded probabilities by "
        "the sums of their rows, and make probabilities of logits by scipy.special.softmax."
    )


def check_noise_matrix(noise_matrix, n_classes=None):
    """Validate a row-stochastic matrix p(given = j | true = i).

    Raises
    ------
    ValueError
        If it is not square, or a row is no distribution; the message names the row.
    """
    noise_matrix = np.asarray(noise_matrix, dtype=np.float64)
    if noise_matrix.ndim != 2 or noise_matrix.shape[0] != noise_matrix.shape[1]:
        raise ValueError(f"noise_matrix must be square. Got shape {noise_matrix.shape}.")
    if n_classes is not None and len(noise_matrix) != n_classes:
        raise ValueError(
            f"noise_matrix must have one row per class. Got {len(noise_matrix)} rows for "
            f"{n_classes} classes."
        )
    good = (np.abs(noise_matrix.sum(axis=1) - 1) <= 1e-6) & (noise_matrix >= 0).all(axis=1)
    if not good.all():
        row = int(good.argmin())
        raise ValueError(
            "Each row of noise_matrix must hold p(given | true) of one true class: values in "
            f"[0, 1] that sum to 1. Row {row} is {noise_matrix[row].tolist()}; if the columns "
            "sum to 1 instead, pass the transpose."
        )
    return noise_matrix
