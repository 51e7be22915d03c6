"""Every estimator runs on a Dask cluster as it is, and gives what it gives here."""

import os
import signal
import time
from pathlib import Path
from threading import Thread

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning, EnsembleDetector, NeighborAgreement
from skclean.utils.discovery import all_estimators

FITTED = [(name, cls) for name, cls in all_estimators() if hasattr(cls, "fit")]


def make(cls):
    """An estimator with cheap and seeded parts, whose folds run two at a time."""
    estimator = cls()
    wanted = {
        "estimator": DecisionTreeClassifier(max_depth=4, random_state=0),
        "detectors": [ConfidentLearning(LogisticRegression()), NeighborAgreement()],
        "detector": ConfidentLearning(LogisticRegression(), random_state=0, n_jobs=2),
        "random_state": 0,
        "n_jobs": 2,
    }
    known = estimator.get_params(deep=False)
    return estimator.set_params(**{name: each for name, each in wanted.items() if name in known})


def findings(estimator, X):
    """All arrays that an estimator publishes, and its predictions."""
    found = {
        name: value
        for name, value in vars(estimator).items()
        if name.endswith("_") and isinstance(value, np.ndarray)
    }
    issues = getattr(estimator, "issues_", None)
    if issues is not None:
        found["quality"], found["mask"] = issues.label_quality, issues.issue_mask
        found["suggested"] = issues.suggested_label
    if hasattr(estimator, "predict_proba"):
        found["proba"] = estimator.predict_proba(X)
    return found


@pytest.mark.parametrize(("name", "cls"), FITTED, ids=[name for name, _ in FITTED])
def test_estimator_finds_the_same_as_with_loky(name, cls, client, noisy_blobs):
    X, y, _, _ = noisy_blobs
    with joblib.parallel_config(backend="loky"):
        expected = findings(make(cls).fit(X, y), X)
    with joblib.parallel_config(backend="dask"):
        found = findings(make(cls).fit(X, y), X)
    assert found.keys() == expected.keys()
    assert len(found) > 1
    for key, value in expected.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)


class Process(ClassifierMixin, BaseEstimator):
    """Logistic regression that knows the process it was fitted in."""

    def fit(self, X, y):
        self.process_ = os.getpid()
        self.inner_ = LogisticRegression().fit(X, y)
        self.classes_ = self.inner_.classes_
        return self

    def predict_proba(self, X):
        return self.inner_.predict_proba(X)


class SlowAtFirst(Process):
    """The first fit of all writes its process into a file and does not end."""

    def __init__(self, started):
        self.started = started

    def fit(self, X, y):
        super().fit(X, y)
        try:
            with open(self.started, "x") as file:
                file.write(f"{self.process_}\n")
        except FileExistsError:
            return self
        time.sleep(600)
        return self


def kill_the_first(started):
    """Kill the process that a file names as soon as it does."""
    while not (started.exists() and started.read_text().endswith("\n")):
        time.sleep(0.01)
    os.kill(int(started.read_text()), signal.SIGKILL)


def test_folds_run_on_the_workers(client, noisy_blobs):
    X, y, _, _ = noisy_blobs
    with joblib.parallel_config(backend="dask"):
        detector = ConfidentLearning(Process(), cv=4).fit(X, y)
    processes = {fitted.process_ for fitted in detector.estimators_}
    assert processes <= set(client.run(os.getpid).values())


@pytest.mark.parametrize("scatter", [False, True], ids=["as it is", "with a copy everywhere"])
def test_a_killed_worker_changes_nothing(scatter, client, noisy_blobs, tmp_path):
    X, y, _, _ = noisy_blobs
    expected = ConfidentLearning(Process(), cv=5, random_state=0).fit(X, y)
    before = set(client.run(os.getpid).values())
    started = Path(tmp_path) / "started"
    killer = Thread(target=kill_the_first, args=(started,))
    killer.start()
    with joblib.parallel_config(backend="dask", **({"scatter": [X]} if scatter else {})):
        detector = ConfidentLearning(SlowAtFirst(started), cv=5, random_state=0).fit(X, y)
    killer.join()
    assert int(started.read_text()) in before
    np.testing.assert_array_equal(detector.pred_probs_, expected.pred_probs_)
    np.testing.assert_array_equal(detector.issue_mask_, expected.issue_mask_)
    client.wait_for_workers(2, timeout=60)
    assert int(started.read_text()) not in set(client.run(os.getpid).values())


def test_detectors_in_detectors_do_not_wait_for_each_other(client, noisy_blobs):
    X, y, _, _ = noisy_blobs
    inner = [ConfidentLearning(LogisticRegression(), n_jobs=2), NeighborAgreement()]
    ensemble = EnsembleDetector(inner, n_jobs=2, random_state=0)
    clf = NoiseAwareClassifier(LogisticRegression(), detector=ensemble)
    expected = clf.fit(X, y).predict_proba(X)
    with joblib.parallel_config(backend="dask"):
        np.testing.assert_array_equal(clf.fit(X, y).predict_proba(X), expected)


def test_progress_bars_of_folds_on_workers_move_here(client, noisy_blobs, capsys):
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn >= 1.9")
    X, y, _, _ = noisy_blobs
    detector = ConfidentLearning(LogisticRegression(), cv=3, n_rounds=1)
    with joblib.parallel_config(backend="dask"):
        detector.set_callbacks(callback.ProgressBar()).fit(X, y)
    shown = capsys.readouterr().out
    assert all(f"fit #{fold}" in shown for fold in range(3))
    assert shown.count("100%") == 4
