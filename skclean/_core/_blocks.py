"""Read a tall matrix by blocks of rows, so that no temporary grows with it."""

import numpy as np

BLOCK_BYTES = 1 << 21  # a block and its temporaries stay in the cache
NARROW_BYTES = 1 << 20  # the same where rows are short, and blocks are copied
LIGHT = 2  # times as large are blocks of which nothing of their size is made
PIECE_BYTES = 1 << 19  # what is read twice at once is still in the cache the second time
LANES = 16  # rows that linear algebra takes at a time, or a few times as many
NARROW = 32  # up to this many columns, numpy is faster along columns than along rows


def rows_per_block(matrix, light=False):
    """How many rows of `matrix` make a block; see `row_blocks`."""
    n_bytes = LIGHT * BLOCK_BYTES if light else BLOCK_BYTES
    if matrix.shape[1] <= NARROW and not light:
        n_bytes = min(n_bytes, NARROW_BYTES)
    n_rows = max(1, n_bytes // max(1, matrix.shape[1] * matrix.dtype.itemsize))
    return n_rows - n_rows % LANES if n_rows >= LANES**2 else n_rows


def row_blocks(matrix, light=False):
    """Slices that cover the rows of `matrix` in order.

    They have 2 MiB each, 1 MiB where rows are short, or 4 MiB for what is `light`. The cut
    depends on the shape and dtype alone, so sums over blocks come out the same however many
    threads compute them.
    """
    step = rows_per_block(matrix, light)
    n_rows = matrix.shape[0]
    return [slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step)]


def pieces(block):
    """Slices that cover the rows of a block, 512 KiB each; a single one if they are not laid
    out row by row.
    """
    n_rows, n_columns = block.shape
    row_bytes = n_columns * block.dtype.itemsize
    if n_columns <= NARROW or not block.flags.c_contiguous:
        return [slice(0, n_rows)]
    step = max(1, PIECE_BYTES // row_bytes)
    return [slice(start, start + step) for start in range(0, n_rows, step)]


def each_block(function, matrix, *columns, map=map, light=False):
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

    light : bool, default=False
        Does `function` make nothing of the size of a block? Then blocks may be larger.

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
    blocks = row_blocks(matrix, light)

    def read(rows):
        return function(np.asarray(matrix[rows]), *(column[rows] for column in columns))

    yield from zip(blocks, map(read, blocks), strict=True)


def along_rows(block):
    """The block with its columns contiguous if they are few: a copy, unless they are.

    Sums and maxima of short rows are slow in numpy; those along columns are not.
    """
    return np.asfortranarray(block) if block.shape[1] <= NARROW else block
