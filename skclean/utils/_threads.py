"""Apply a function to blocks of rows on joblib's threads."""

from functools import partial

from sklearn.utils.parallel import Parallel, delayed


def _threaded(n_jobs, function, items):
    parallel = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    return parallel(delayed(function)(item) for item in items)


def block_map(n_jobs):
    """A `map` in the order of the items; `None` stays on the calling thread."""
    return map if n_jobs is None else partial(_threaded, n_jobs)
