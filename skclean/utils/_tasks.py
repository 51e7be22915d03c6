"""Run tasks by joblib, on this machine or a cluster, and outlive a lost worker."""

from concurrent.futures import CancelledError

from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel

MAX_LOSSES = 3  # as often as Dask itself hands a task out again


def run_tasks(tasks, n_jobs=None, prefer=None):
    """Yield the results of tasks in their order, each as soon as it and those before are there.

    A cluster holds data for its workers, and with a worker it can lose the only copy;
    it then cancels the tasks that need it. Those are handed out again with their data,
    while results that are here stay.

    Parameters
    ----------
    tasks : iterable of delayed calls
        Made by :func:`sklearn.utils.parallel.delayed`.

    n_jobs : int, default=None
        Number of tasks at a time.

    prefer : {"processes", "threads"}, default=None
        Hint to joblib where no backend is asked for.

    Yields
    ------
    result : object
        What each task returned.
    """
    tasks = list(tasks)
    n_done = n_lost = 0
    while n_done < len(tasks):
        try:
            for result in _parallel(n_jobs, prefer)(tasks[n_done:]):
                n_done, n_lost = n_done + 1, 0
                yield result
        except CancelledError:
            n_lost += 1
            if n_lost > MAX_LOSSES:
                raise


def _parallel(n_jobs, prefer):
    as_they_come = getattr(get_active_backend()[0], "supports_return_generator", False)
    return Parallel(n_jobs=n_jobs, prefer=prefer, return_as="generator" if as_they_come else "list")
