"""What it takes to import skclean, in multiples of scikit-learn.

Fresh processes take turns with warnings as errors. Names are imported when they are first used;
"all names" uses every one.
"""

import subprocess
import sys
from time import perf_counter

import numpy as np
from _speed.lines import Line, milliseconds, section
from _speed.settings import main

ROUNDS = 9
CODE = {
    "scikit-learn": "import sklearn",
    "skclean": "import skclean",
    "all names": "from skclean import *",
}


def seconds(code):
    """How long a fresh process takes."""
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    if done.stdout or done.stderr:
        raise RuntimeError(f"{code!r} is not silent: {done.stdout}{done.stderr}")
    return perf_counter() - start


def run(settings):
    """The part of the report."""
    rounds = 2 if settings.quick else ROUNDS
    taken = {name: np.empty(rounds) for name in CODE}
    for code in CODE.values():
        seconds(code)  # so that all are in the cache of the disk
    for i in range(rounds):
        for name, code in CODE.items():
            taken[name][i] = seconds(code)
    medians = {name: milliseconds(np.median(values)) for name, values in taken.items()}
    beside = f"scikit-learn {medians['scikit-learn']}"
    lines = [
        Line(
            f"{name} / scikit-learn",
            "import",
            taken[name] / taken["scikit-learn"],
            at_most=1.3 if name == "skclean" and not settings.quick else None,
            beside=f"{medians[name]}, {beside}",
        )
        for name in ("skclean", "all names")
    ]
    return section("Import", __doc__.split("\n\n", 1)[1].strip(), lines)


if __name__ == "__main__":
    main(run, __doc__)
