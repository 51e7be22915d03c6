"""The rows of each class: how many there are, and which.

Codes are looked at some at a time: numpy counts and sorts them as 64-bit numbers, copies that
would take more memory than all else that is known of a row.
"""

import numpy as np

CHUNK = 1 << 17


def class_counts(codes, n_classes, among=None):
    """Number of rows of each class, (n_classes,) int64.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Class of each row.

    n_classes : int
        Number of classes.

    among : ndarray of shape (n_samples,), dtype bool, default=None
        Rows to count; None counts all.
    """
    counts = np.zeros(n_classes, dtype=np.int64)
    for start in range(0, len(codes), CHUNK):
        chunk = codes[start : start + CHUNK]
        if among is not None:
            chunk = chunk.take(np.flatnonzero(among[start : start + CHUNK]))
        counts += np.bincount(chunk, minlength=n_classes)
    return counts


def rows_by_class(codes, n_classes):
    """Rows sorted by class, in order within each, and the number of each class.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Class of each row, -1 for none: such rows are left out.

    n_classes : int
        Number of classes.

    Returns
    -------
    rows : ndarray of shape (n_rows,), dtype int
        Positions, of 32 bits where they are many.

    counts : ndarray of shape (n_classes,), dtype int64
        Number of rows of each class.
    """
    starts = range(0, len(codes), CHUNK)
    counts = np.zeros(n_classes + 1, dtype=np.int64)  # the first of no class
    for start in starts:
        counts += np.bincount(codes[start : start + CHUNK] + 1, minlength=n_classes + 1)
    n_none, counts = counts[0], counts[1:]
    if len(starts) <= 1:
        return _sorted(codes, n_classes)[n_none:], counts
    rows = np.empty(counts.sum(), dtype=np.int32 if len(codes) < 1 << 31 else np.int64)
    free = np.cumsum(counts) - counts  # where the next row of each class goes
    for start in starts:
        chunk = codes[start : start + CHUNK]
        n = np.bincount(chunk + 1, minlength=n_classes + 1)
        n_none, n = n[0], n[1:]
        order = _sorted(chunk, n_classes)[n_none:]
        order += start
        place = np.arange(len(order))
        place += np.repeat(free - (np.cumsum(n) - n), n)
        rows[place] = order
        free += n
    return rows, counts


def _sorted(codes, n_classes):
    # of 16 bits, a stable sort takes linear time
    dtype = np.uint16 if n_classes < 1 << 16 else np.int64
    return np.argsort((codes + 1).astype(dtype), kind="stable")
