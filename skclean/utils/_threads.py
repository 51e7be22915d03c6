"""Apply a function to blocks of rows on joblib's threads."""

from sklearn.utils.parallel import Parallel, delayed

from skclean.utils._sklearn import single_blas_thread

MIN_BLOCKS = 256  # of 1 to 4 MiB: for less, threads cost more CPU than they save time


def block_map(n_jobs=None):
    """A `map` in the order of the items on `n_jobs` threads, or on the calling one if few.

    The products of a block are too small for threads inside them, which get in each
    other's way, so each runs on a single one.
    """

    def block_map_(function, items):
        if len(items) == 1:
            yield from map(function, items)
            return
        with single_blas_thread():
            if n_jobs in (None, 1) or len(items) < MIN_BLOCKS:
                yield from map(function, items)
            else:
                parallel = Parallel(n_jobs=n_jobs, require="sharedmem", return_as="generator")
                yield from parallel(delayed(function)(item) for item in items)

    return block_map_
