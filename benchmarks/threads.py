"""Two threads against one.

Ratios of CPU time and, beside it, of wall time. Below 8 MB the work should stay on one thread.
"""

import threading
from functools import partial

import numpy as np
from _speed.data import make_data
from _speed.lines import Line, milliseconds, number, section
from _speed.settings import main
from _speed.timing import in_turn

from skclean import find_label_issues

SHAPES = ("10kx10", "50kx10", "50kx100", "1Mx10", "50kx1000", "1Mx100f32")
CPU, LARGE, SMALL = 1.15, 80e6, 8e6


def n_started(call):
    """Number of threads that a call starts."""
    started, start = [], threading.Thread.start

    def counting(thread):
        started.append(thread)
        start(thread)

    threading.Thread.start = counting
    try:
        call()
    finally:
        threading.Thread.start = start
    return len(started)


def run(settings):
    """The part of the report."""
    lines = []
    for name, shape in settings.cases(*SHAPES).items():
        y, pred_probs = make_data(shape)
        calls = {
            "one": partial(find_label_issues, y, pred_probs),
            "two": partial(find_label_issues, y, pred_probs, n_jobs=2),
        }
        times = in_turn(calls, settings.rounds_of(shape))
        wall = times.ratios("one", "two", clock="wall")
        beside = f"one {milliseconds(float(np.median(times.wall['one'])))} of wall time, "
        beside += f"{number(float(np.median(wall)))} x as fast with two"
        bound = CPU if name in SHAPES and shape.n_bytes >= LARGE else None
        ratios = times.ratios("two", "one")
        lines.append(Line("CPU of two / one", name, ratios, at_most=bound, beside=beside))
        if shape.n_bytes < SMALL:
            n = n_started(calls["two"])
            lines.append(Line("threads started by two", name, n, at_most=0))
    return section("Threads", __doc__.split("\n\n", 1)[1].strip(), lines)


if __name__ == "__main__":
    main(run, __doc__)
