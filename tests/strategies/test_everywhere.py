"""Every strategy with every detector, and with data of every kind."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from skclean import NoiseAwareClassifier
from skclean._issues import LabelIssues
from skclean.detectors import BaseDetector, ConfidentLearning
from skclean.noise_matrix._base import noise_estimate
from skclean.strategies import BaseStrategy, Prune, Relabel, Reweight
from skclean.utils.discovery import all_estimators
from skclean.utils.estimator_checks import check_strategy, is_part

DETECTORS = {name: cls for name, cls in all_estimators() if issubclass(cls, BaseDetector)}
DEFAULTS = [cls() for _, cls in all_estimators() if is_part(cls) and issubclass(cls, BaseStrategy)]
SETTINGS = [
    Prune(class_weight="balanced"),
    Prune(class_weight="prior"),
    Relabel(min_confidence=0.9, below="drop", class_weight="prior"),
    Reweight(method="importance"),
    Reweight(class_weight="prior"),
]
NEEDS_NOISE = {"CostSensitive", "ForwardCorrection"}


def each(strategies):
    return pytest.mark.parametrize("strategy", strategies, ids=repr)


@each(SETTINGS)
def test_a_strategy_keeps_the_contract_in_other_settings_too(strategy):
    check_strategy(strategy)


@each(DEFAULTS)
@pytest.mark.parametrize("name", DETECTORS)
def test_every_strategy_works_with_every_detector(noisy_blobs, strategy, name):
    X, y, y_true, _ = noisy_blobs
    # a detector that judges by itself: how it finds issues is not the matter here
    issues = found(name, X, y)
    if issues.noise is None and type(strategy).__name__ in NEEDS_NOISE:
        with pytest.raises(ValueError, match="needs the noise matrix"):
            strategy.treat(LogisticRegression(), X, y, issues)
        return
    treatment = strategy.treat(LogisticRegression(), X, y, issues)
    samples = treatment.sample_indices
    samples = np.arange(len(y)) if samples is None else samples
    weight = np.ones(len(samples)) if treatment.sample_weight is None else treatment.sample_weight
    clf = LogisticRegression().fit(X[samples], treatment.y, sample_weight=weight * treatment.keep)
    assert clf.score(X, y_true) > 0.7


FOUND = {}


def found(name, X, y):
    if name not in FOUND:
        FOUND[name] = DETECTORS[name]().fit(X, y).issues_
    return FOUND[name]


@each(DEFAULTS + SETTINGS)
def test_data_of_every_kind_train_the_same_classifier(noisy_blobs, strategy):
    X, y, y_true, _ = noisy_blobs
    clf = NoiseAwareClassifier(LogisticRegression(), strategy=strategy)
    expected = clf.fit(X, y).predict_proba(X)
    index = np.arange(len(y))[::-1]
    frame = pd.DataFrame(X, columns=list("pqrs"), index=index)
    for data, labels in [
        (frame, pd.Series(y, index=index)),
        (frame, y.astype(object)),
        (sparse.csr_matrix(X), y),
    ]:
        np.testing.assert_allclose(clf.fit(data, labels).predict_proba(data), expected, atol=1e-5)
    numbers = np.array([-3, 5, 40])[np.unique(y, return_inverse=True)[1]]
    np.testing.assert_allclose(clf.fit(X, numbers).predict_proba(X), expected, atol=1e-12)
    assert clf.classes_.tolist() == [-3, 5, 40]
    parallel = clf.set_params(detector=ConfidentLearning(n_jobs=2)).fit(X, y)
    np.testing.assert_array_equal(parallel.predict_proba(X), expected)
    assert parallel.score(X, y_true) > 0.8


@each(DEFAULTS)
def test_without_issues_nothing_changes(strategy):
    y = np.array(["a", "b"])[np.repeat([0, 1], 10)]
    given = np.eye(2)[np.repeat([0, 1], 10)]
    issues = LabelIssues(
        label_quality=np.ones(20),
        issue_mask=np.zeros(20, dtype=bool),
        suggested_label=y,
        suggested_proba=np.ones(20),
        given_label=y,
        classes=np.unique(y),
        noise=noise_estimate(np.eye(2) / 2, np.unique(y)),
        pred_probs=given,
    )
    treatment = strategy.treat(LogisticRegression(), given, y, issues)
    np.testing.assert_array_equal(treatment.y, y)
    assert treatment.keep.all()
    if treatment.sample_weight is not None:
        np.testing.assert_array_equal(treatment.sample_weight, 1)


def test_soft_labels_train_whoever_takes_weights_and_whoever_does_not(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    for inner in [LogisticRegression(), KNeighborsClassifier()]:
        clf = NoiseAwareClassifier(inner, strategy="soft_labels").fit(X, y)
        assert clf.score(X, y_true) > 0.85
