"""Rows of probabilities wherever they are kept: read by slices, and by nothing else.

A memory map is an array already. HDF5 and Zarr datasets, and any object that has `shape`,
`dtype` and slices of rows, index rows in ways of their own or not at all; the classes
here ask them for slices only.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from skclean._core._blocks import rows_per_block


class BaseRows(ABC):
    """Base of what stands in for an array wherever rows are indexed.

    A derived class sets `shape` and `dtype` and reads a stretch of rows in `_read`.
    """

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        if not isinstance(rows, slice):
            return self._take(self._positions(np.asarray(rows)))
        start, stop, step = rows.indices(len(self))
        if step != 1:
            return self._take(np.arange(start, stop, step))
        if stop <= start:
            return np.empty((0, *self.shape[1:]), dtype=self.dtype)
        return self._read(start, stop)

    def _positions(self, rows):
        """Positions of rows by a mask or by positions, from the end if negative."""
        if rows.ndim != 1:
            raise IndexError(f"Rows are indexed by slices and 1D arrays. Got {rows.ndim}D.")
        if rows.dtype == bool:
            if len(rows) != len(self):
                raise IndexError(f"A mask must have {len(self)} entries. Got {len(rows)}.")
            return np.flatnonzero(rows)
        rows = np.where(rows < 0, rows + len(self), rows).astype(np.intp)
        if len(rows) and not (rows.min() >= 0 and rows.max() < len(self)):
            raise IndexError(f"A row is out of bounds for {len(self)} rows.")
        return rows

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype=dtype)

    def astype(self, dtype):
        """The rows in another dtype, converted as they are read."""
        return SlicedRows(self, dtype)

    @abstractmethod
    def _read(self, start, stop):
        """Rows from `start` to before `stop`, as an array of `dtype`."""

    def _take(self, rows):
        """Rows by positions in any order, each stretch of the data read once."""
        taken = np.empty((len(rows), *self.shape[1:]), dtype=self.dtype)
        order = np.argsort(rows, kind="stable")
        step = rows_per_block(self)
        ends = np.flatnonzero(np.diff(rows[order] // step)) + 1
        for part in np.split(order, ends) if len(rows) else []:
            start, stop = rows[part[0]], rows[part[-1]] + 1
            taken[part] = self._read(start, stop)[rows[part] - start]
        return taken


class SlicedRows(BaseRows):
    """Rows of an object that is asked for slices only.

    Parameters
    ----------
    source : object
        Has `shape`, `dtype` and slices of rows.

    dtype : dtype, default=None
        What the rows are converted to as they are read; None keeps theirs.
    """

    def __init__(self, source, dtype=None):
        self._source = source
        self.shape = tuple(source.shape)
        self.dtype = np.dtype(source.dtype if dtype is None else dtype).newbyteorder("=")

    def _read(self, start, stop):
        return np.asarray(self._source[int(start) : int(stop)]).astype(self.dtype, copy=False)


class StackedRows(BaseRows):
    """The rows of several arrays, one below the other, without copying them.

    Probabilities that come as a file per batch are one matrix to every function that
    takes `pred_probs`, and whatever they return is what they would for the array in
    memory. Rows are read by blocks, so that memory does not grow with the files.

    Parameters
    ----------
    batches : sequence of arrays of shape (n_rows, n_columns)
        Arrays, memory maps, HDF5 or Zarr datasets, or anything with `shape`, `dtype`
        and slices of rows. Of several dtypes the one that holds all is returned.

    Attributes
    ----------
    shape : tuple of int
        Number of rows of all batches, number of columns.

    dtype : dtype
        What rows are returned in.

    See Also
    --------
    StreamingConfidentLearning : For batches that are seen once and not kept.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean import find_label_issues
    >>> from skclean.streaming import StackedRows
    >>> monday = np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]])
    >>> tuesday = np.array([[0.1, 0.9]] * 10)
    >>> pred_probs = StackedRows([monday, tuesday])
    >>> pred_probs.shape
    (20, 2)
    >>> find_label_issues(["cat"] * 10 + ["dog"] * 10, pred_probs).ranked_indices()[:1]
    array([9])
    """

    def __init__(self, batches: Sequence[Any]):
        batches = [as_rows(batch) for batch in batches]
        if not batches:
            raise ValueError("StackedRows needs at least one batch. Got none.")
        shapes = [tuple(batch.shape) for batch in batches]
        widths = {shape[1:] for shape in shapes}
        if len(widths) > 1 or len(shapes[0]) != 2:
            raise ValueError(
                "All batches must be 2D arrays with the same number of columns. Got the shapes "
                f"{shapes[:5]}."
            )
        self._batches = batches
        self._ends = np.cumsum([shape[0] for shape in shapes]).tolist()
        self.shape = (self._ends[-1], shapes[0][1])
        self.dtype = np.result_type(*(batch.dtype for batch in batches))

    def _read(self, start, stop):
        parts = []
        for i in range(bisect_right(self._ends, start), len(self._batches)):
            first = self._ends[i] - self._batches[i].shape[0]
            if first >= stop:
                break
            parts.append(np.asarray(self._batches[i][max(start - first, 0) : stop - first]))
        return (parts[0] if len(parts) == 1 else np.concatenate(parts)).astype(
            self.dtype, copy=False
        )


def as_rows(source):
    """What stands for `source` wherever rows are indexed.

    Arrays and memory maps are used as they are, and so is what has been adapted before;
    lists, frames and tensors become arrays; a Dask array stays on its cluster; all else
    that has `shape`, `dtype` and slices is read by these.
    """
    if isinstance(source, (np.ndarray, BaseRows)):
        return source
    if hasattr(source, "__dask_graph__") and hasattr(source, "chunks"):
        from skclean.utils._dask_rows import DaskRows

        return DaskRows(source)
    sliceable = hasattr(source, "shape") and hasattr(source, "__getitem__")
    if not sliceable or hasattr(source, "iloc"):
        return np.asarray(source)
    if not isinstance(getattr(source, "dtype", None), np.dtype):
        return np.asarray(source)
    return SlicedRows(source)
