"""A run that is stopped leaves nothing half-written."""

import os
import signal
import subprocess
import sys
import time

import pytest

# the labels of rows 0 and 30 are wrong
ROWS = "x,y\n" + "".join(
    f"{3 * (i % 2) + i / 100},{'ab'[(i % 2) ^ (i % 30 == 0)]}\n" for i in range(60)
)
SLOW_MODEL = """
import pathlib, time
from sklearn.dummy import DummyClassifier

class Slow(DummyClassifier):
    def fit(self, X, y):
        pathlib.Path("started").touch()
        time.sleep(60)

def make_model():
    return Slow()
"""
SLOW_WRITE = """
import pathlib, sys, time
from skclean._table import _csv

def slow(*args):
    pathlib.Path("started").touch()
    time.sleep(60)

_csv._changed_record = slow
sys.argv[0] = "skclean"
from skclean.__main__ import main
main()
"""


def stop(command, folder, signum):
    """Send the signal once the work is under way."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (folder / "started").exists() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signum)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("work", ["fit", "write", "apply"])
def test_stopped_run_leaves_nothing(tmp_path, work, signum, code):
    (tmp_path / "slow.py").write_text(SLOW_MODEL)
    (tmp_path / "write.py").write_text(SLOW_WRITE)
    (tmp_path / "t.csv").write_text(ROWS)
    (tmp_path / "cleaned.csv").write_text("old")
    (tmp_path / "review.csv").write_text("row,given_label,decision,new_label\n0,b,accept,a\n")
    before = sorted(os.listdir(tmp_path))
    options = ["clean", "t.csv", "--label", "y", "-o", "cleaned.csv"]
    command = {
        "fit": ["-m", "skclean", *options, "--model", "slow.make_model"],
        "apply": ["write.py", "apply", "t.csv", "--review", "review.csv", *options[2:]],
        "write": ["write.py", *options, "--model", "logistic", "--budget", "3"],
    }[work]
    assert stop(command, tmp_path, signum) == (code, "", "skclean: interrupted\n")
    (tmp_path / "started").unlink()
    assert [name for name in sorted(os.listdir(tmp_path)) if name != "__pycache__"] == before
    assert (tmp_path / "cleaned.csv").read_text() == "old"
