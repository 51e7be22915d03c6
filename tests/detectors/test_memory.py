"""Detectors that cross-validate take a memory: a search over their rules fits nothing again."""

import inspect

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from skclean.detectors import EnsembleFilter, InstanceHardness, TrainingDynamics
from skclean.utils.discovery import all_estimators

DETECTORS = [
    (EnsembleFilter([LogisticRegression()]), {"voting": "consensus"}),
    (InstanceHardness([LogisticRegression()]), {"threshold": 0.3}),
    (TrainingDynamics(HistGradientBoostingClassifier(max_iter=5, random_state=0)), {"cv": 3}),
    (
        TrainingDynamics(HistGradientBoostingClassifier(max_iter=5, random_state=0), cv=3),
        {"quality": "confidence"},
    ),
]


def test_what_takes_folds_takes_a_memory():
    for name, kind in all_estimators():
        parameters = inspect.signature(kind).parameters
        if "cv" in parameters:
            assert {"n_jobs", "random_state", "memory"} <= set(parameters), name


@pytest.mark.parametrize(("detector", "other"), DETECTORS, ids=lambda each: str(each)[:20])
def test_memory_changes_no_result(noisy_blobs, tmp_path, detector, other):
    X, y, _, _ = noisy_blobs
    plain = clone(detector).fit(X, y)
    for _ in range(2):
        cached = clone(detector).set_params(memory=str(tmp_path)).fit(X, y)
        np.testing.assert_array_equal(cached.label_quality_, plain.label_quality_)
        np.testing.assert_array_equal(cached.issue_mask_, plain.issue_mask_)
    changed = clone(detector).set_params(**other).fit(X, y)
    cached = clone(detector).set_params(memory=str(tmp_path), **other).fit(X, y)
    np.testing.assert_array_equal(cached.label_quality_, changed.label_quality_)


@pytest.mark.parametrize(("detector", "other"), [DETECTORS[i] for i in (0, 1, 3)])
def test_a_second_rule_fits_nothing(noisy_blobs, tmp_path, monkeypatch, detector, other):
    (X, y, _, _), fits = noisy_blobs, []
    members = getattr(detector, "estimators", None) or [detector.estimator]
    kind = type(members[0])
    fit = kind.fit

    def counted(self, *args, **kwargs):
        fits.append(self)
        return fit(self, *args, **kwargs)

    monkeypatch.setattr(kind, "fit", counted)
    first = clone(detector).set_params(memory=str(tmp_path)).fit(X, y)
    n_fits = len(fits)
    assert n_fits == len(first.estimators_ if kind is not LogisticRegression else range(5))
    clone(detector).set_params(memory=str(tmp_path), **other).fit(X, y)
    assert len(fits) == n_fits
