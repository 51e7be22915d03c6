"""KNNShapley, against the paper's recursion and the definition of the Shapley value."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from cleanlab.data_valuation import data_shapley_knn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import kneighbors_graph

from skclean._core._votes import knn_shapley
from skclean.detectors import KNNShapley
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.estimator_checks import check_estimator_contract


def leave_one_out_order(X):
    """All other samples of each sample, nearest first."""
    distances = np.abs(X[:, None] - X[None]).sum(axis=2)
    np.fill_diagonal(distances, -1)
    return np.argsort(distances, axis=1, kind="stable")[:, 1:]


def recursion_of_the_paper(y, order, k):
    """Theorem 1 of Jia et al., sample by sample, averaged over the tests."""
    total = np.zeros(len(y))
    for test, others in enumerate(order):
        n = len(others)
        match = y[others] == y[test]
        value = match[-1] / max(n, k)
        total[others[-1]] += value
        for i in range(n - 1, 0, -1):
            value += (float(match[i - 1]) - float(match[i])) / k * min(k, i) / i
            total[others[i - 1]] += value
    return total / len(y)


def shapley_by_definition(y, order, k):
    """Mean marginal share of right votes over all sets of the other samples."""
    total = np.zeros(len(y))
    for test, others in enumerate(order):

        def worth(members, test=test, others=others):
            return (y[[o for o in others if o in members][:k]] == y[test]).sum() / k

        n = len(others)
        for sample in others:
            rest = [o for o in others if o != sample]
            for size in range(n):
                for members in combinations(rest, size):
                    gain = worth({*members, sample}) - worth(set(members))
                    total[sample] += gain / (n * comb(n - 1, size))
    return total / len(y)


@pytest.mark.parametrize("k", [1, 2, 5, 9])
def test_values_are_those_of_the_definition(k):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(7, 2)), rng.integers(0, 2, 7)
    order = leave_one_out_order(X)
    np.testing.assert_allclose(knn_shapley(y, order, k), shapley_by_definition(y, order, k))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(3, 40), k=st.integers(1, 12))
def test_values_are_those_of_the_papers_recursion(seed, n, k):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, 2)), rng.integers(0, 3, n)
    order = leave_one_out_order(X)
    values = knn_shapley(y, order, k)
    np.testing.assert_allclose(values, recursion_of_the_paper(y, order, k), atol=1e-12)
    share = (y[order[:, :k]] == y[:, None]).sum(axis=1) / k
    np.testing.assert_allclose(values.sum(), share.mean(), atol=1e-12)  # nothing is lost
    n_ranked = min(n - 1, 2 * k)
    some = knn_shapley(y, order[:, :n_ranked], k)
    assert np.abs(some - values).max() <= 1 / n_ranked


def test_values_are_cleanlabs(noisy_blobs):
    X, y, _, _ = noisy_blobs
    codes = np.unique(y, return_inverse=True)[1]
    graph = kneighbors_graph(X, 10, mode="distance")
    theirs = data_shapley_knn(codes, knn_graph=graph, k=10)
    ours = KNNShapley(n_ranked=10).fit(X, y).shapley_values_
    np.testing.assert_allclose((1 + ours) / 2, theirs, atol=1e-12)
    by_graph = KNNShapley(metric="precomputed").fit(graph, y)  # no more than it holds
    np.testing.assert_array_equal(by_graph.shapley_values_, ours)


def test_negative_values_are_flagged_and_quality_is_half_at_zero(noisy_blobs):
    X, y, _, _ = noisy_blobs
    detector = KNNShapley(5, n_ranked=50).fit(X, y)
    np.testing.assert_array_equal(detector.issue_mask_, detector.shapley_values_ < 0)
    np.testing.assert_array_equal(detector.issue_mask_, detector.label_quality_ < 0.5)
    assert np.isclose([0, 1], [detector.label_quality_.min(), detector.label_quality_.max()]).any()


def test_labels_that_all_agree_are_worth_the_same_to_each_other():
    X = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]]
    detector = KNNShapley(2, n_ranked=2).fit(X, [0, 0, 0, 1, 1, 1])
    assert not detector.issue_mask_.any()
    np.testing.assert_array_equal(detector.label_quality_, 0.5)


@pytest.mark.parametrize(("n_ranked", "least"), [(10, 0.97), (None, 0.995)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_planted_errors_of_digits_are_found(n_ranked, least, seed):
    X, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    detector = KNNShapley(n_ranked=n_ranked).fit(X, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > least


def test_the_detector_keeps_the_contract():
    check_estimator_contract(KNNShapley())


@pytest.mark.parametrize("parameters", [{"n_neighbors": 0}, {"n_ranked": 0}, {"metric": "x"}])
def test_bad_parameters_are_named(noisy_blobs, parameters):
    X, y, _, _ = noisy_blobs
    with pytest.raises(ValueError, match=next(iter(parameters))):
        KNNShapley(**parameters).fit(X, y)
