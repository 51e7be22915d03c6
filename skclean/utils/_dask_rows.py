"""Probabilities held as a Dask array: functions go to the chunks, small results come back."""

import sys

import numpy as np

from skclean._core._blocks import row_blocks
from skclean.utils._rows import BaseRows

TASKS_AT_A_TIME = 64  # chunks whose results are held together
LARGE_GRAPH = "distributed.admin.large-graph-warning-threshold"


class DaskRows(BaseRows):
    """Rows of a Dask array of probabilities.

    Parameters
    ----------
    array : dask.array.Array of shape (n_rows, n_columns)
        Its columns are put into one chunk; the chunks of rows stay as they are.

    Notes
    -----
    Everything that reads all rows should go by `each_block`, which runs a function where
    the chunks are. Slices and single rows are fetched, for the few that are looked at.
    """

    def __init__(self, array):
        if np.isnan(array.shape).any():
            raise ValueError(
                "The chunks of pred_probs have unknown sizes, as after a conversion from a data "
                "frame. Call pred_probs.compute_chunk_sizes() first."
            )
        if array.ndim == 2 and array.numblocks[1] > 1:
            array = array.rechunk({1: -1})
        self._array = array
        self.shape = array.shape
        self.dtype = array.dtype

    def each_block(self, function, *columns):
        """Apply `function` to every block of rows, where the chunks are.

        Parameters
        ----------
        function : callable
            ``function(block, *cuts)`` with a block of rows as an array and the same rows
            of each of `columns`; pure, and small to send.

        *columns : ndarray of shape (n_rows, ...)
            One entry per row.

        Yields
        ------
        rows : slice
            The rows of the block, about 2 MiB of one chunk.

        result : object
            What `function` returned for them.
        """
        import dask

        ends = np.cumsum(self._array.chunks[0])
        cuts = [np.split(column, ends[:-1]) for column in columns]
        read = dask.delayed(_read_chunk, pure=False)
        function = dask.delayed(function, traverse=False, pure=False)  # to be sent but once
        chunks = self._array.to_delayed().ravel()
        tasks = [read(function, chunk, *cut) for chunk, *cut in zip(chunks, *cuts, strict=True)]
        starts = ends - self._array.chunks[0]
        for first in range(0, len(tasks), TASKS_AT_A_TIME):
            some = slice(first, first + TASKS_AT_A_TIME)
            with _large_graphs():
                found = dask.compute(*tasks[some], traverse=False)
            for start, results in zip(starts[some].tolist(), found, strict=True):
                for rows, result in results:
                    yield slice(start + rows.start, start + rows.stop), result

    def map_rows(self, function, dtype):
        """The rows as `function` makes them of each block, when they are read."""
        return DaskRows(self._array.map_blocks(function, dtype=dtype, meta=np.empty((0, 0), dtype)))

    def astype(self, dtype):
        """The rows in another dtype, converted when they are read."""
        return DaskRows(self._array.astype(dtype))

    def _read(self, start, stop):
        return np.asarray(self._array[int(start) : int(stop)].compute())

    def _take(self, rows):
        found, where = np.unique(rows, return_inverse=True)  # what Dask takes without reordering
        return np.asarray(self._array[found].compute())[where]


def _large_graphs():
    """No warning of a large graph: the columns must be sent, a few bytes per row.

    Set before `distributed` is imported, it would be undone with all defaults of that.
    """
    import dask

    return dask.config.set({LARGE_GRAPH: "1 TiB"} if "distributed" in sys.modules else {})


def _read_chunk(function, chunk, *columns):
    """Results of `function` for the blocks of a chunk, each with its rows."""
    chunk = np.asarray(chunk)
    return [
        (
            slice(rows.start, min(rows.stop, len(chunk))),
            function(chunk[rows], *(column[rows] for column in columns)),
        )
        for rows in row_blocks(chunk)
    ]
