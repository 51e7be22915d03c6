"""Read a tall matrix by blocks of rows, so that no temporary grows with it."""

BLOCK_BYTES = 1 << 21  # a block and its temporaries stay in the second-level cache


def rows_per_block(matrix):
    """How many rows of `matrix` make a block of about 2 MiB."""
    return max(1, BLOCK_BYTES // max(1, matrix.shape[1] * matrix.dtype.itemsize))


def row_blocks(matrix):
    """Slices that cover the rows of `matrix` in order, about 2 MiB each.

    The cut depends on the shape and dtype alone, so sums over blocks come out the
    same however many threads compute them.
    """
    step = rows_per_block(matrix)
    return [slice(start, start + step) for start in range(0, matrix.shape[0], step)]
