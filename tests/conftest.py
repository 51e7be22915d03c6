"""Fixtures shared by all tests."""

import os
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest
from joblib.parallel import BACKENDS
from sklearn.datasets import make_blobs

from skclean.simulation import flip_labels

# two workers of the test runner on two cores: no thread pools inside them
os.environ.setdefault("OMP_NUM_THREADS", "1")
collect_ignore = ["typing"]  # mypy reads it, nobody runs it


@pytest.fixture(scope="session", autouse=True)
def idle_processes_stay():
    """A pool of joblib whose processes leave, idle for five minutes, can lose a task that comes in.

    Then a test would wait for ever.
    """
    with pytest.MonkeyPatch.context() as patch:
        backend = BACKENDS["loky"]
        patch.setattr(
            backend, "configure", partialmethod(backend.configure, idle_worker_timeout=7200)
        )
        yield


@pytest.fixture(scope="session")
def reference_data():
    """Folder of real data with known label errors."""
    folder = os.environ.get("SKCLEAN_REFERENCE_DATA")
    if not folder:
        pytest.skip("SKCLEAN_REFERENCE_DATA is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def noisy_blobs():
    """X, y, y_true, noise_matrix: three classes with class-conditional noise."""
    X, codes = make_blobs(300, centers=3, n_features=4, cluster_std=2.5, random_state=0)
    y_true = np.array(["bird", "cat", "dog"])[codes]
    noise_matrix = np.array([[0.8, 0.2, 0.0], [0.0, 0.9, 0.1], [0.15, 0.15, 0.7]])
    y, _ = flip_labels(y_true, noise_matrix, random_state=0)
    return X, y, y_true, noise_matrix
