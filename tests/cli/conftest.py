"""A mixed table with planted label errors, and the command line as a function."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

N_ROWS = 240
UNLABELLED = [7, 50, 51]
WRONG = np.setdiff1d(np.random.default_rng(1).choice(N_ROWS, 24), UNLABELLED)
CLASSES = np.array(["barolo", "grignolino, red", 'the "barbera"'])


def make_mixed_frame(seed=0):
    """Numbers, strings, dates and truth values with gaps; labels that need quotes."""
    rng = np.random.default_rng(seed)
    codes = np.arange(N_ROWS) % 3
    frame = pd.DataFrame(
        {
            "name": [f"wine {i}" for i in range(N_ROWS)],
            "alcohol": (rng.normal(size=N_ROWS) + 4 * codes).round(3),
            "year": 1990 + rng.integers(20, size=N_ROWS) + 5 * codes,
            "color": np.array(["red", "pink", "dark, red"], dtype=object)[codes],
            "organic": rng.random(N_ROWS) < 0.5,
            "bottled": (pd.date_range("2020-01-01", periods=N_ROWS // 2).repeat(2)).strftime(
                "%Y-%m-%d"
            ),
            "remark": [f'line {i}\nsays "{i}"' if i % 9 == 0 else "" for i in range(N_ROWS)],
            "cellar": [f"cellar {i % 30}" for i in range(N_ROWS)],
        }
    )
    frame["serial"] = np.random.default_rng(2).permutation(N_ROWS)
    frame["kind"] = CLASSES[codes].astype(object)
    frame.loc[WRONG, "kind"] = CLASSES[(codes[WRONG] + 1) % 3]
    frame.loc[UNLABELLED, "kind"] = None
    frame.loc[rng.random(N_ROWS) < 0.1, "alcohol"] = np.nan
    frame.loc[rng.random(N_ROWS) < 0.1, "color"] = None
    return frame


@pytest.fixture
def mixed(tmp_path):
    """The table as a frame and as a CSV file."""
    frame = make_mixed_frame()
    path = tmp_path / "wine.csv"
    frame.to_csv(path, index=False)

    def finds_errors(rows):
        """Are most planted errors among the rows, and most other rows not?"""
        rows = set(rows)
        return len(rows & set(WRONG)) >= 0.7 * len(WRONG) and len(rows) < N_ROWS / 2.5

    return SimpleNamespace(frame=frame, path=path, finds_errors=finds_errors, unlabelled=UNLABELLED)


@pytest.fixture
def run(capsys):
    """Run a command in this process; what it exits with and prints."""
    from skclean._cli import app

    def run(*args):
        with pytest.raises(SystemExit) as stop:
            app([str(arg) for arg in args], prog_name="skclean")
        printed = capsys.readouterr()
        return SimpleNamespace(code=stop.value.code or 0, out=printed.out, err=printed.err)

    return run


@pytest.fixture
def run_fresh(tmp_path):
    """Run ``python -m skclean`` in a process of its own, in a folder of its own."""

    def run_fresh(*args, **kwargs):
        command = [sys.executable, "-W", "error", "-m", "skclean", *map(str, args)]
        kwargs = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 100, **kwargs}
        return subprocess.run(command, check=False, **kwargs)

    return run_fresh
