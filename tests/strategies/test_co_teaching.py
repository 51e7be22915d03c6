"""CoTeaching: two classifiers choose the training samples of each other."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from skclean.detectors import ConfidentLearning
from skclean.strategies import CoTeaching
from skclean.strategies._co_teaching import small_loss, stratified_halves


class ByColumns(ClassifierMixin, BaseEstimator):
    """Predicts what stands in X; learns the classes alone."""

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.unique(y)
        self.n_rows_ = len(y)
        return self

    def predict_proba(self, X):
        return X[:, : len(self.classes_)]


def test_halves_split_every_class_evenly():
    codes = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2])
    for random_state in [None, np.random.RandomState(0)]:
        first, second = stratified_halves(codes, random_state)
        assert sorted([*first, *second]) == list(range(9))
        counts = np.bincount(codes[first], minlength=3) - np.bincount(codes[second], minlength=3)
        assert np.abs(counts).max() <= 1


def test_small_loss_keeps_the_most_probable_labels_and_the_best_of_each_class():
    p_a = np.array([0.5, 0.5, 0.9, 0.8, 0.7, 0.6, 0.6, 0.7])
    X = np.column_stack([p_a, 1 - p_a])
    y = np.array(["a", "b", "a", "a", "a", "a", "b", "b"])
    train, test = np.array([0, 1]), np.arange(2, 8)
    # p(given): .9, .8, .7, .6, .4, .3; half of six are the first three, and the best b
    kept = small_loss(ByColumns(), {}, X, y, train, test, 0.5)
    np.testing.assert_array_equal(kept, [2, 3, 4, 6])
    np.testing.assert_array_equal(small_loss(ByColumns(), {}, X, y, train, test, 1.0), test)


def test_classes_that_were_never_seen_cannot_be_judged_and_stay():
    X = np.tile([0.9, 0.1], (6, 1))
    y = np.array(["a", "b", "c", "c", "a", "a"])
    kept = small_loss(ByColumns(), {}, X, y, np.array([0, 1]), np.array([2, 3, 4, 5]), 0.5)
    np.testing.assert_array_equal(kept, [2, 3, 4])
    only_a = small_loss(ByColumns(), {}, X, y, np.array([0, 4]), np.array([1, 2, 3]), 0.1)
    np.testing.assert_array_equal(only_a, [1, 2, 3])


def test_the_share_of_right_labels_is_kept(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    issues = ConfidentLearning(GaussianNB()).fit(X, y).issues_
    for rate in [0.0, 0.3]:
        treatment = CoTeaching(noise_rate=rate).treat(LogisticRegression(), X, y, issues)
        assert treatment.keep.sum() == round((1 - rate) * len(y))
    assert (y == y_true)[treatment.keep].mean() > (y == y_true).mean() + 0.1
    estimated = CoTeaching().treat(LogisticRegression(), X, y, issues).keep.mean()
    assert estimated == pytest.approx(1 - issues.noise.noise_rate, abs=0.01)


def test_weights_and_partners_of_any_kind(noisy_blobs):
    X, y, _, _ = noisy_blobs
    issues = ConfidentLearning(GaussianNB()).fit(X, y).issues_
    weight = {"sample_weight": np.linspace(1, 2, len(y))}
    kept = {
        str(partner): CoTeaching(partner).treat(LogisticRegression(), X, y, issues, params).keep
        for partner in [None, GaussianNB(), KNeighborsClassifier()]
        for params in [weight]
    }
    assert len({tuple(keep) for keep in kept.values()}) == 3
    dense = CoTeaching().treat(LogisticRegression(), X, y, issues).keep
    rows = CoTeaching().treat(LogisticRegression(), sparse.csr_matrix(X), y, issues).keep
    np.testing.assert_array_equal(rows, dense)


def test_a_seed_gives_the_same_again(noisy_blobs):
    X, y, _, _ = noisy_blobs
    issues = ConfidentLearning(GaussianNB()).fit(X, y).issues_
    kept = [
        CoTeaching(random_state=seed).treat(LogisticRegression(), X, y, issues).keep
        for seed in [0, 0, 1]
    ]
    np.testing.assert_array_equal(kept[0], kept[1])
    assert (kept[0] != kept[2]).any()


def test_it_needs_probabilities_and_data(noisy_blobs):
    X, y, _, _ = noisy_blobs
    issues = ConfidentLearning(GaussianNB()).fit(X, y).issues_
    with pytest.raises(ValueError, match="which LinearSVC lacks"):
        CoTeaching().treat(LinearSVC(), X, y, issues)
    with pytest.raises(TypeError, match="NoiseAwareClassifier"):
        CoTeaching().apply(y, issues)
