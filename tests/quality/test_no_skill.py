"""Models that know nothing, or nothing of a class, make no flag stand."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skclean import find_label_issues
from skclean.simulation import flip_labels, make_noise_matrix

PRIORS = [[1 / 3] * 3, [0.5, 0.3, 0.2], [0.7, 0.3], [0.95, 0.05]]


def check_open(issues, y):
    """Flags may be there, but none stands, and no noise is sure."""
    assert issues.n_ambiguous == issues.n_issues
    low, high = issues.noise_rate_bounds
    assert low <= 0.02
    assert low <= issues.noise.noise_rate <= high


@pytest.mark.parametrize("prior", PRIORS, ids=str)
def test_a_constant_model(prior):
    y = np.random.default_rng(0).choice(len(prior), 1000, p=prior)
    constant = np.tile(np.bincount(y) / len(y), (len(y), 1))
    issues = find_label_issues(y, constant)
    check_open(issues, y)
    assert issues.n_issues == 0 or issues.expected_precision <= 0.501
    assert find_label_issues(y, constant, max_fdr=0.1).n_issues == 0


@pytest.mark.parametrize("prior", PRIORS, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_a_model_of_features_that_say_nothing(prior, seed):
    rng = np.random.default_rng(seed)
    y, X = rng.choice(len(prior), 1000, p=prior), rng.normal(size=(1000, 5))
    model = LogisticRegression()
    check_open(find_label_issues(y, cross_val_predict(model, X, y, method="predict_proba")), y)


def test_a_rare_class_that_the_model_does_not_see():
    rng = np.random.default_rng(0)
    y = rng.choice(3, 3000, p=[0.5, 0.4, 0.1])
    X = 6.0 * (y[:, np.newaxis] == [1, 1]) + rng.normal(size=(3000, 2))  # 0 and 2 are alike
    model = RandomForestClassifier(min_samples_leaf=10, random_state=0)
    issues = find_label_issues(y, cross_val_predict(model, X, y, method="predict_proba"))
    rare = issues.issue_mask & (y == 2)
    assert rare.sum() > 100
    assert issues.ambiguous_mask[rare].mean() > 0.95


def test_noise_that_a_good_model_shows_still_stands():
    rng = np.random.default_rng(0)
    y_true = rng.choice(3, 3000, p=[0.5, 0.4, 0.1])
    y, wrong = flip_labels(y_true, make_noise_matrix("uniform", 3, 0.2), random_state=0)
    X = 6.0 * np.eye(3)[y_true] + rng.normal(size=(3000, 3))
    pred_probs = cross_val_predict(LogisticRegression(), X, y, method="predict_proba")
    issues = find_label_issues(y, pred_probs)
    standing = issues.issue_mask & ~issues.ambiguous_mask
    assert standing[wrong].mean() > 0.9
    assert wrong[standing].mean() > 0.9


@pytest.mark.parametrize("rate", [0.1, 0.3])
@pytest.mark.parametrize(
    "model", [KNeighborsClassifier(1), DecisionTreeClassifier(random_state=0)], ids=["1-nn", "tree"]
)
def test_every_other_contradiction_of_a_model_that_is_always_certain_is_right(model, rate):
    rng = np.random.default_rng(0)
    y_true = np.arange(1500) % 5
    X = 5.0 * np.eye(5)[y_true] + rng.normal(size=(1500, 5))
    y, wrong = flip_labels(y_true, make_noise_matrix("uniform", 5, rate), random_state=0)
    issues = find_label_issues(y, cross_val_predict(model, X, y, method="predict_proba"))
    assert issues.expected_precision == pytest.approx(0.5, abs=1e-3)
    low, high = issues.expected_precision_interval
    assert low <= wrong[issues.issue_mask].mean() <= high


def test_a_class_whose_members_mostly_have_another_label_is_doubtful():
    rng = np.random.default_rng(0)
    noise = np.array([[0.3, 0.7, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    y_true = np.arange(900) % 3
    y, _ = flip_labels(y_true, noise, random_state=0)
    X = 8.0 * np.eye(3)[y_true] + rng.normal(size=(900, 3))
    pred_probs = cross_val_predict(LogisticRegression(), X, y, method="predict_proba")
    issues = find_label_issues(y, pred_probs)
    assert 0 in issues.doubtful_classes
    assert 2 not in issues.doubtful_classes
