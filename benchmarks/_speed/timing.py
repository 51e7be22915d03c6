"""CPU and wall time of calls that take turns in one process."""

import math
from time import perf_counter, process_time

import numpy as np

LEAST_SECONDS = 0.02  # shorter calls are repeated within a round
MOST_CALLS = 500


def clocked(call, times=1):
    """CPU and wall seconds of a call, the mean over some times."""
    cpu, wall = process_time(), perf_counter()
    for _ in range(times):
        call()
    return (process_time() - cpu) / times, (perf_counter() - wall) / times


class Times:
    """Seconds of each call by round, so that drift of the machine hits all alike.

    Parameters
    ----------
    cpu, wall : dict of str to ndarray of shape (n_rounds,)
        Seconds by the name of the call.
    """

    def __init__(self, cpu, wall):
        self.cpu = cpu
        self.wall = wall

    def __contains__(self, name):
        return name in self.cpu

    def seconds(self, name):
        """Median CPU seconds."""
        return float(np.median(self.cpu[name]))

    def ratios(self, above, below, clock="cpu"):
        """One ratio per round; None where one of the two was not called."""
        seconds = getattr(self, clock)
        if above not in seconds or below not in seconds:
            return None
        return seconds[above] / np.maximum(seconds[below], 1e-9)


def in_turn(calls, rounds):
    """Call all in turn, round after round, after one round to warm up.

    Parameters
    ----------
    calls : dict of str to callable or None
        What to call; None is left out.

    rounds : int
        Number of rounds.

    Returns
    -------
    times : Times
        Seconds by name and round.
    """
    calls = {name: call for name, call in calls.items() if call is not None}
    times = {}
    for name, call in calls.items():
        cpu, _ = clocked(call)
        times[name] = min(MOST_CALLS, max(1, math.ceil(LEAST_SECONDS / max(cpu, 1e-6))))
    measured = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            measured[name].append(clocked(call, times[name]))
    columns = {name: np.transpose(rounds) for name, rounds in measured.items()}
    return Times(
        {name: column[0] for name, column in columns.items()},
        {name: column[1] for name, column in columns.items()},
    )
