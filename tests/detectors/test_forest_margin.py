"""ForestMargin: out-of-bag votes."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from skclean.detectors import ForestMargin
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.estimator_checks import check_estimator_contract


def test_quality_is_the_out_of_bag_margin(noisy_blobs):
    X, y, _, _ = noisy_blobs
    forest = RandomForestClassifier(50, oob_score=True, random_state=3).fit(X, y)
    votes = forest.oob_decision_function_
    codes = np.unique(y, return_inverse=True)[1]
    own = votes[np.arange(300), codes]
    others = np.where(np.arange(3) == codes[:, None], -1, votes).max(axis=1)
    detector = ForestMargin(50, random_state=3).fit(X, y)
    np.testing.assert_allclose(detector.label_quality_, (1 + own - others) / 2)
    np.testing.assert_array_equal(detector.issue_mask_, detector.label_quality_ < 0.5)
    np.testing.assert_array_equal(detector.suggested_label_, forest.classes_[votes.argmax(1)])


def test_samples_in_every_bag_keep_their_labels(noisy_blobs):
    X, y, _, _ = noisy_blobs
    with pytest.warns(UserWarning, match="could not be judged"):
        detector = ForestMargin(1).fit(X, y)
    unjudged = np.isnan(detector.pred_probs_[:, 0])
    assert 0.5 < unjudged.mean() < 0.75  # 1 - 1 / e
    assert not detector.issue_mask_[unjudged].any()
    assert (detector.label_quality_[unjudged] == 1).all()
    np.testing.assert_array_equal(detector.suggested_label_[unjudged], y[unjudged])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_planted_errors_of_digits_are_found(seed):
    X, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    detector = ForestMargin(random_state=seed).fit(X, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.98
    assert (detector.suggested_label_ == y_true).mean() > 0.95


def test_new_rows_and_gaps_are_rated(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    X = np.where(np.random.default_rng(0).random(X.shape) < 0.05, np.nan, X)
    detector = ForestMargin(min_samples_leaf=5).fit(X[:200], y[:200])
    quality = detector.score_labels(X[200:], y[200:])
    assert roc_auc_score(y[200:] == y_true[200:], quality) > 0.8


def test_without_a_seed_the_forest_is_the_same_at_every_call(noisy_blobs):
    X, y, _, _ = noisy_blobs
    first, second = (ForestMargin(20).fit(X, y).label_quality_ for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (ForestMargin(20, random_state=1).fit(X, y).label_quality_ != first).any()


def test_the_detector_keeps_the_contract():
    check_estimator_contract(ForestMargin(40))


@pytest.mark.parametrize(
    "parameters",
    [{"n_estimators": 0}, {"min_samples_leaf": 0}, {"threshold": 1.5}, {"random_state": "x"}],
)
def test_bad_parameters_are_named(noisy_blobs, parameters):
    X, y, _, _ = noisy_blobs
    with pytest.raises(ValueError, match=next(iter(parameters))):
        ForestMargin(**parameters).fit(X, y)


def test_the_only_sample_of_a_class_cannot_be_judged():
    X, y = make_blobs(60, centers=2, random_state=0)
    y[7] = 5
    with pytest.warns(UserWarning, match=r"1 of 60 samples could not be judged.*\(5\)"):
        detector = ForestMargin(n_estimators=50).fit(X, y)
    assert not detector.issue_mask_[7]
    assert detector.label_quality_[7] == 1
