"""Bytes that a call takes beyond what was there before it, in a process of its own."""

import ctypes
import gc
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import numpy as np

STATUS = Path("/proc/self/status")
SAMPLE_SECONDS = 0.005


@contextmanager
def _environment(changes):
    """Environment of processes started meanwhile."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def in_fresh_process(function, *arguments, environment=None):
    """What a function of a module returns in a new process."""
    with (
        _environment(environment or {}),
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
    ):
        return pool.submit(function, *arguments).result()


def _status(field):
    """Bytes of a field of the process's status; NaN where the system does not tell."""
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return np.nan
    return next((1024 * int(s.split()[1]) for s in lines if s.startswith(f"{field}:")), np.nan)


def _settle():
    """Give back what is free, so that it is not used again unseen."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        pass


def peak_bytes(call):
    """Largest resident memory during a call less that before it; NaN outside Linux."""
    _settle()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return np.nan
    before = _status("VmRSS")
    result = call()
    peak = _status("VmHWM") - before
    del result
    return peak


def peak_anonymous_bytes(call):
    """The same without pages of files, sampled every 5 ms: for memory maps."""
    _settle()
    before, peak, done = _status("RssAnon"), [0.0], threading.Event()

    def watch():
        while not done.is_set():
            peak[0] = max(peak[0], _status("RssAnon"))
            time.sleep(SAMPLE_SECONDS)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        result = call()
        peak[0] = max(peak[0], _status("RssAnon"))
    finally:
        done.set()
        watcher.join()
    del result
    return peak[0] - before
