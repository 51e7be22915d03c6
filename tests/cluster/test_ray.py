"""What runs on Dask runs on Ray."""

import os

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning


@pytest.fixture(scope="module")
def ray_cluster(monkeypatch_module):
    monkeypatch_module.setenv("RAY_AUTH_MODE", "disabled")
    ray = pytest.importorskip("ray", reason="needs the extra ray")
    from ray.util.joblib import register_ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    register_ray()
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.usefixtures("ray_cluster")
def test_estimators_find_the_same_on_ray(noisy_blobs):
    class Process(LogisticRegression):
        def fit(self, X, y):
            self.process_ = os.getpid()
            return super().fit(X, y)

    X, y, _, _ = noisy_blobs
    # one round, since Ray starts its processes for each anew
    detector = ConfidentLearning(Process(), n_rounds=1, random_state=0)
    clf = NoiseAwareClassifier(LogisticRegression(), detector=detector)
    expected = clf.fit(X, y)
    issues, proba = expected.issues_, expected.predict_proba(X)
    with joblib.parallel_config(backend="ray", n_jobs=-1):
        clf.fit(X, y)
    np.testing.assert_array_equal(clf.issues_.label_quality, issues.label_quality)
    np.testing.assert_array_equal(clf.issues_.issue_mask, issues.issue_mask)
    np.testing.assert_array_equal(clf.predict_proba(X), proba)
    assert os.getpid() not in {fitted.process_ for fitted in clf.detector_.estimators_}
