"""Read a tall matrix by blocks of rows, so that no temporary grows with it."""

import numpy as np

BLOCK_BYTES = 1 << 21  # a block and its temporaries stay in the cache
NARROW_BYTES = 1 << 20  # the same where rows are short, and blocks are copied
NARROW = 32  # up to this many columns, numpy is faster along columns than along rows


def rows_per_block(matrix):
    """How many rows of `matrix` make a block of about 2 MiB, 1 MiB where rows are short."""
    n_bytes = min(BLOCK_BYTES, NARROW_BYTES) if matrix.shape[1] <= NARROW else BLOCK_BYTES
    return max(1, n_bytes // max(1, matrix.shape[1] * matrix.dtype.itemsize))


def row_blocks(matrix):
    """Slices that cover the rows of `matrix` in order, 1 or 2 MiB each.

    The cut depends on the shape and dtype alone, so sums over blocks come out the
    same however many threads compute them.
    """
    step = rows_per_block(matrix)
    n_rows = matrix.shape[0]
    return [slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step)]


def each_block(function, matrix, *columns, map=map):
    """Apply `function` to every block of rows, in order.

    Parameters
    ----------
    function : callable
        ``function(block, *cuts)`` with a block of rows as an array and the same rows of
        each of `columns`. It must depend on nothing else, so that it can run anywhere.

    matrix : array of shape (n_rows, n_columns)
        Anything with `shape`, `dtype` and slices of rows; where it has a method
        ``each_block(function, *columns)``, that runs the function where the rows are.

    *columns : ndarray of shape (n_rows, ...)
        One entry per row.

    map : callable, default=map
        Applies a function to items, in any order of execution.

    Yields
    ------
    rows : slice
        The rows of the block.

    result : object
        What `function` returned for them.
    """
    if hasattr(matrix, "each_block"):
        yield from matrix.each_block(function, *columns)
        return
    blocks = row_blocks(matrix)

    def read(rows):
        return function(np.asarray(matrix[rows]), *(column[rows] for column in columns))

    yield from zip(blocks, map(read, blocks), strict=True)


def along_rows(block):
    """The block with its columns contiguous if they are few: a copy, unless they are.

    Sums and maxima of short rows are slow in numpy; those along columns are not.
    """
    return np.asfortranarray(block) if block.shape[1] <= NARROW else block
