"""EnsembleFilter: majority and consensus votes of different classifiers."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skclean.detectors import EnsembleFilter
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.estimator_checks import check_estimator_contract

FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)  # those of cv=None


class Oracle(ClassifierMixin, BaseEstimator):
    """Reads p("b") from one column of X."""

    def __init__(self, column=0):
        self.column = column

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        p = np.asarray(X)[:, self.column]
        return np.column_stack([1 - p, p])


# p("b") by three classifiers
P = np.array([[0.1, 0.2, 0.3], [0.9, 0.8, 0.2], [0.6, 0.7, 0.9], [0.8, 0.9, 0.4]])
Y = np.array(["a", "a", "a", "b"])


@pytest.fixture
def oracles():
    return [Oracle(column) for column in range(3)]


def test_majority_flags_what_most_and_consensus_what_all_misclassify(oracles):
    majority = EnsembleFilter(oracles, cv=2).fit(np.tile(P, (2, 1)), np.tile(Y, 2))
    np.testing.assert_array_equal(majority.issue_mask_[:4], [False, True, True, False])
    consensus = EnsembleFilter(oracles, voting="consensus", cv=2)
    consensus.fit(np.tile(P, (2, 1)), np.tile(Y, 2))
    np.testing.assert_array_equal(consensus.issue_mask_[:4], [False, False, True, False])
    np.testing.assert_array_equal(majority.suggested_label_[:4], ["a", "b", "b", "b"])


def test_quality_is_votes_first_and_then_probability(oracles):
    detector = EnsembleFilter(oracles, cv=2).fit(np.tile(P, (2, 1)), np.tile(Y, 2))
    expected = [(3 + 0.8) / 4, (1 + 1.1 / 3) / 4, (0 + 0.8 / 3) / 4, (2 + 0.7) / 4]
    np.testing.assert_allclose(detector.label_quality_[:4], expected)
    np.testing.assert_allclose(detector.score_labels(P, Y), expected)


def test_flags_are_those_of_cross_validated_predictions(noisy_blobs):
    X, y, _, _ = noisy_blobs
    models = [GaussianNB(), KNeighborsClassifier(7), DecisionTreeClassifier(random_state=0)]
    wrong = np.mean([cross_val_predict(model, X, y, cv=FOLDS) != y for model in models], axis=0)
    majority = EnsembleFilter(models).fit(X, y)
    np.testing.assert_array_equal(majority.issue_mask_, wrong > 0.5)
    consensus = EnsembleFilter(models, voting="consensus").fit(X, y)
    np.testing.assert_array_equal(consensus.issue_mask_, wrong == 1)


@pytest.mark.parametrize("seed", [0, 1])
def test_planted_errors_of_digits_are_found(seed):
    X, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    detector = EnsembleFilter().fit(X, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.97
    assert detector.issue_mask_[flipped].mean() > 0.9


def test_tables_with_text_and_gaps_need_no_preparation():
    rng = np.random.default_rng(0)
    color = rng.choice(["red", "blue", "green"], 150)
    size = np.where(rng.random(150) < 0.1, np.nan, rng.normal(size=150))
    X = pd.DataFrame({"color": color, "size": size})
    y_true = np.where(color == "red", "stop", "go")
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 2, 0.1), random_state=0)
    detector = EnsembleFilter().fit(X, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.95
    assert np.isfinite(detector.score_labels(X.assign(color="pink"), y)).all()


def test_weights_reach_the_classifiers_that_take_them_and_groups_the_folds(noisy_blobs):
    X, y, _, _ = noisy_blobs
    models = [LogisticRegression(), KNeighborsClassifier()]
    weight = np.linspace(0.01, 5, len(y))
    plain = EnsembleFilter(models).fit(X, y)
    heavy = EnsembleFilter(models).fit(X, y, sample_weight=weight)
    assert (plain.pred_probs_ != heavy.pred_probs_).any()
    groups = np.arange(len(y)) // 10
    by_group = EnsembleFilter(models, cv=GroupKFold(3)).fit(X, y, groups=groups)
    assert len(by_group.estimators_[0]) == 3
    with pytest.raises(ValueError, match="takes no sample_weight"):
        EnsembleFilter([KNeighborsClassifier()]).fit(X, y, sample_weight=weight)
    with pytest.raises(TypeError, match="takes no pred_probs"):
        EnsembleFilter(models).fit(X, y, pred_probs=weight)


def test_routed_metadata_reach_those_that_request_them(noisy_blobs):
    X, y, _, _ = noisy_blobs
    weight, groups = np.linspace(0.01, 5, len(y)), np.arange(len(y)) // 10
    plain = EnsembleFilter([LogisticRegression()], cv=GroupKFold(3))
    plain.fit(X, y, sample_weight=weight, groups=groups)
    with config_context(enable_metadata_routing=True):
        models = [LogisticRegression().set_fit_request(sample_weight=True)]
        routed = EnsembleFilter(models, cv=GroupKFold(3))
        routed.fit(X, y, sample_weight=weight, groups=groups)
    np.testing.assert_array_equal(plain.pred_probs_, routed.pred_probs_)


def test_a_class_that_no_training_part_holds_keeps_its_labels(noisy_blobs):
    X, y, _, _ = noisy_blobs
    y = y.copy()
    y[0] = "rare"
    with pytest.warns(UserWarning, match="1 of 300 samples could not be judged"):
        detector = EnsembleFilter([GaussianNB()]).fit(X, y)
    assert not detector.issue_mask_[0]
    assert detector.label_quality_[0] == 1
    assert detector.suggested_label_[0] == "rare"


def test_the_detector_keeps_the_contract():
    check_estimator_contract(EnsembleFilter([GaussianNB(), LogisticRegression()]))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"estimators": []}, "at least one"),
        ({"estimators": [GaussianNB(), 3]}, "Got 3 among them"),
        ({"estimators": GaussianNB()}, "estimators"),
        ({"voting": "some"}, "voting"),
        ({"cv": 1}, "cv|n_splits"),
    ],
)
def test_bad_parameters_are_named(noisy_blobs, parameters, message):
    X, y, _, _ = noisy_blobs
    with pytest.raises(ValueError, match=message):
        EnsembleFilter(**parameters).fit(X, y)


@pytest.mark.parametrize("n_per_class", [2, 3, 5])
def test_few_samples_are_enough_for_the_default(n_per_class):
    y = np.repeat([0, 1], n_per_class)
    X = np.column_stack([y + np.arange(2 * n_per_class) / 100, np.zeros(2 * n_per_class)])
    assert EnsembleFilter().fit(X, y).issues_.n_issues <= n_per_class
