"""ForwardCorrection: train as it is, correct what is predicted."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

from skclean import NoiseAwareClassifier, NoiseMatrixEstimator
from skclean.detectors import ConfidentLearning, NeighborAgreement
from skclean.strategies import ForwardCorrection


def test_all_samples_are_trained_on_as_they_are(noisy_pair):
    y, issues = noisy_pair
    treatment = ForwardCorrection().apply(y, issues)
    assert treatment.keep.all()
    np.testing.assert_array_equal(treatment.y, y)


def test_the_noise_is_undone_in_the_probabilities(noisy_pair):
    _, issues = noisy_pair
    corrected = ForwardCorrection()._correct_proba(issues.pred_probs, issues.noise)
    np.testing.assert_allclose(corrected, [[1, 0], [1, 0], [0, 1], [0.5, 0.5]], atol=1e-3)
    # beyond what the matrix can make of any distribution, the nearest is taken
    impossible = ForwardCorrection()._correct_proba(np.array([[0.9, 0.1]]), issues.noise)
    np.testing.assert_allclose(impossible, [[1, 0]], atol=1e-3)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_all_predictions_agree(noisy_blobs, n_classes):
    X, y, _, _ = noisy_blobs
    some = np.isin(y, np.unique(y)[:n_classes])
    X, y = X[some], y[some]
    clf = NoiseAwareClassifier(LogisticRegression(), strategy="forward_correction").fit(X, y)
    np.testing.assert_array_equal(
        clf.estimator_.predict_proba(X), LogisticRegression().fit(X, y).predict_proba(X)
    )
    proba = clf.predict_proba(X)
    pred_probs = clf.detector_.pred_probs_
    matrix = NoiseMatrixEstimator().fit(X, y, pred_probs=pred_probs)
    expected = matrix.correct_proba(clf.estimator_.predict_proba(X))
    np.testing.assert_array_equal(proba, expected)
    predicted = clf.predict(X)
    np.testing.assert_array_equal(predicted, clf.classes_[proba.argmax(axis=1)])
    assert (predicted != clf.estimator_.predict(X)).any()
    np.testing.assert_allclose(np.exp(clf.predict_log_proba(X)), proba, atol=1e-12)
    scores = clf.decision_function(X)
    codes = (scores > 0).astype(int) if n_classes == 2 else scores.argmax(axis=1)
    np.testing.assert_array_equal(clf.classes_[codes], predicted)


def test_methods_exist_exactly_when_the_inner_estimator_has_them(noisy_blobs):
    X, y, _, _ = noisy_blobs
    clf = NoiseAwareClassifier(GaussianNB(), strategy=ForwardCorrection()).fit(X, y)
    assert hasattr(clf, "predict_log_proba")
    assert not hasattr(clf, "decision_function")


def test_it_says_what_it_needs(noisy_blobs):
    X, y, _, _ = noisy_blobs
    with pytest.raises(ValueError, match="LinearSVC has no predict_proba"):
        NoiseAwareClassifier(
            LinearSVC(), detector=ConfidentLearning(GaussianNB()), strategy=ForwardCorrection()
        ).fit(X, y)
    with pytest.raises(ValueError, match="ForwardCorrection needs the noise matrix"):
        NoiseAwareClassifier(
            GaussianNB(), detector=NeighborAgreement(), strategy=ForwardCorrection()
        ).fit(X, y)


def test_float32_stays_float32(noisy_pair):
    _, issues = noisy_pair
    corrected = ForwardCorrection()._correct_proba(
        issues.pred_probs.astype(np.float32), issues.noise
    )
    assert corrected.dtype == np.float32
