"""Tasks whose data are lost with a worker are handed out again."""

import os
from concurrent.futures import CancelledError

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.parallel import delayed

from skclean.detectors import ConfidentLearning
from skclean.utils._tasks import MAX_LOSSES, run_tasks


class LosesData:
    """Task number `lost` is cancelled the first `times` that it runs."""

    def __init__(self, lost, times):
        self.lost, self.times, self.ran = lost, times, []

    def __call__(self, i):
        self.ran.append(i)
        if i == self.lost and self.ran.count(i) <= self.times:
            raise CancelledError
        return i**2


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_results_come_in_the_order_of_the_tasks(n_jobs):
    assert list(run_tasks((delayed(pow)(i, 2) for i in range(5)), n_jobs)) == [0, 1, 4, 9, 16]


def test_results_that_are_here_are_not_computed_again():
    task = LosesData(lost=2, times=MAX_LOSSES)
    assert list(run_tasks(delayed(task)(i) for i in range(4))) == [0, 1, 4, 9]
    assert task.ran == [0, 1] + [2] * (MAX_LOSSES + 1) + [3]


def test_a_task_that_is_always_cancelled_ends_the_run():
    with pytest.raises(CancelledError):
        list(run_tasks(delayed(LosesData(lost=0, times=99))(i) for i in range(2)))


def test_backends_without_generators_serve_too():
    with joblib.parallel_config(backend="multiprocessing"):
        assert list(run_tasks((delayed(pow)(i, 2) for i in range(3)), 2)) == [0, 1, 4]


class OutOfReach:
    """A callback that no other process than its own can reach."""

    def __init__(self):
        self.home, self.begun, self.ended = os.getpid(), [], []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self._note(context, self.begun)

    def on_fit_task_end(self, estimator, context):
        self._note(context, self.ended)

    def _note(self, context, notes):
        if os.getpid() != self.home:
            raise ConnectionRefusedError("no listener on this machine")
        if context.task_name == "fold":
            notes.append(context.task_id)


def test_folds_out_of_reach_of_the_callbacks_are_reported_as_they_come_back(noisy_blobs):
    pytest.importorskip("sklearn.callback", reason="scikit-learn >= 1.9")
    X, y, _, _ = noisy_blobs
    detector = ConfidentLearning(LogisticRegression(), cv=4, n_rounds=1, n_jobs=2)
    expected = detector.fit(X, y).pred_probs_
    callback = OutOfReach()
    detector.set_callbacks(callback).fit(X, y)
    assert callback.begun == callback.ended == [0, 1, 2, 3]
    np.testing.assert_array_equal(detector.pred_probs_, expected)


def test_an_estimator_that_cannot_connect_says_so(noisy_blobs):
    class Offline(LogisticRegression):
        def fit(self, X, y):
            raise ConnectionError("the model server is down")

    X, y, _, _ = noisy_blobs
    with pytest.raises(ConnectionError, match="the model server is down"):
        ConfidentLearning(Offline()).fit(X, y)
