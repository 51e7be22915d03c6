"""TrainingDynamics: area under the margin, and dataset cartography."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skclean.detectors import TrainingDynamics
from skclean.detectors._training_dynamics import training_dynamics
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.estimator_checks import check_estimator_contract

FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)  # those of cv=None

BOOSTING = GradientBoostingClassifier(n_estimators=15, random_state=0)


def test_dynamics_of_hand_worked_stages():
    stages = [np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([[0.4, 0.6], [0.9, 0.1]])]
    dynamics, mean = training_dynamics(np.array([1, 0]), stages)
    np.testing.assert_allclose(dynamics[0], [(np.log(4) + np.log(1.5)) / 2, 0.7, 0.1])
    np.testing.assert_allclose(dynamics[1], [np.log(9) / 2, 0.7, 0.2])
    np.testing.assert_allclose(mean, [[0.3, 0.7], [0.7, 0.3]])


def test_aum_is_the_mean_margin_of_the_staged_decisions(noisy_blobs):
    X, y, _, _ = noisy_blobs
    fitted = GradientBoostingClassifier(n_estimators=15, random_state=0).fit(X, y)
    codes = np.unique(y, return_inverse=True)[1]
    margins = []
    for scores in fitted.staged_decision_function(X):
        others = np.where(np.arange(3) == codes[:, None], -np.inf, scores)
        margins.append(scores[np.arange(300), codes] - others.max(axis=1))
    detector = TrainingDynamics(BOOSTING).fit(X, y)
    np.testing.assert_allclose(detector.aum_, np.mean(margins, axis=0), atol=1e-9)
    np.testing.assert_array_equal(detector.issue_mask_, detector.aum_ < 0)


def test_confidence_and_variability_are_those_of_cartography(noisy_blobs):
    X, y, _, _ = noisy_blobs
    fitted = GradientBoostingClassifier(n_estimators=15, random_state=0).fit(X, y)
    codes = np.unique(y, return_inverse=True)[1]
    own = np.array([p[np.arange(300), codes] for p in fitted.staged_predict_proba(X)])
    sure = TrainingDynamics(BOOSTING, quality="confidence").fit(X, y)
    np.testing.assert_allclose(sure.label_quality_, own.mean(axis=0))
    vague = TrainingDynamics(BOOSTING, quality="variability").fit(X, y)
    np.testing.assert_allclose(vague.label_quality_, 1 - 2 * own.std(axis=0), atol=1e-7)
    np.testing.assert_array_equal(sure.variability_, vague.variability_)


@pytest.mark.parametrize("quality", ["aum", "confidence"])
@pytest.mark.parametrize("seed", [0, 1])
def test_planted_errors_of_digits_are_found(quality, seed):
    X, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    detector = TrainingDynamics(quality=quality).fit(X, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.98
    assert detector.issue_mask_[flipped].mean() > 0.9


def test_a_pipeline_that_ends_in_a_boosting_has_its_stages(noisy_blobs):
    X, y, _, _ = noisy_blobs
    plain = TrainingDynamics(BOOSTING).fit(X, y)
    piped = TrainingDynamics(make_pipeline(StandardScaler(), BOOSTING)).fit(X, y)
    np.testing.assert_allclose(plain.aum_, piped.aum_, atol=1e-6)


def test_with_folds_samples_are_rated_by_those_that_have_not_seen_them(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    seen = TrainingDynamics(BOOSTING).fit(X, y)
    unseen = TrainingDynamics(BOOSTING, cv=3).fit(X, y)
    assert len(seen.estimators_) == 1
    assert len(unseen.estimators_) == 3
    assert unseen.confidence_.mean() < seen.confidence_.mean()
    assert roc_auc_score(y == y_true, unseen.label_quality_) > 0.85


def test_a_classifier_without_stages_is_cross_validated(noisy_blobs):
    X, y, _, _ = noisy_blobs
    detector = TrainingDynamics(LogisticRegression(), quality="confidence").fit(X, y)
    probs = cross_val_predict(LogisticRegression(), X, y, cv=FOLDS, method="predict_proba")
    own = probs[np.arange(300), np.unique(y, return_inverse=True)[1]]
    np.testing.assert_allclose(detector.label_quality_, own)
    np.testing.assert_allclose(detector.variability_, 0, atol=1e-7)


def test_tables_with_text_are_taken_and_new_rows_rated():
    rng = np.random.default_rng(0)
    color = rng.choice(["red", "blue", "green"], 200)
    X = pd.DataFrame({"color": color, "size": np.where(color == "red", np.nan, 1.0)})
    y_true = np.where(color == "red", "stop", "go")
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 2, 0.1), random_state=0)
    detector = TrainingDynamics().fit(X, y)
    np.testing.assert_array_equal(detector.issue_mask_, flipped)
    assert (detector.score_labels(X, y_true) > 0.5).all()


def test_a_class_that_no_training_part_holds_keeps_its_labels(noisy_blobs):
    X, y, _, _ = noisy_blobs
    y = y.copy()
    y[0] = "rare"
    folds = [(np.arange(150, 300), np.arange(150)), (np.arange(150), np.arange(150, 300))]
    with pytest.warns(UserWarning, match="1 of 300 samples could not be judged"):
        detector = TrainingDynamics(AdaBoostClassifier(n_estimators=5), cv=folds).fit(X, y)
    assert detector.label_quality_[0] == 1
    assert detector.suggested_label_[0] == "rare"


@pytest.mark.parametrize("quality", ["aum", "variability"])
def test_the_detector_keeps_the_contract(quality):
    check_estimator_contract(TrainingDynamics(BOOSTING, quality=quality))


@pytest.mark.parametrize(
    "parameters", [{"quality": "loss"}, {"threshold": 2}, {"estimator": 3}, {"n_jobs": "all"}]
)
def test_bad_parameters_are_named(noisy_blobs, parameters):
    X, y, _, _ = noisy_blobs
    with pytest.raises(ValueError, match=next(iter(parameters))):
        TrainingDynamics(**parameters).fit(X, y)


def test_groups_without_folds_are_refused():
    X, y = make_blobs(60, centers=2, random_state=0)
    with pytest.raises(TypeError, match="takes no groups without cv"):
        TrainingDynamics().fit(X, y, groups=np.arange(60))
