"""Neighbors by blocks of rows, from data, distances and graphs, against all distances sorted."""

import tracemalloc

import numpy as np
import pytest
from scipy.sparse import csr_array, csr_matrix
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import KNeighborsTransformer, kneighbors_graph

from skclean._core import _votes
from skclean.detectors import KNNShapley, NeighborAgreement, _neighbor_search
from skclean.detectors._neighbor_search import build_index, nearest, row_blocks
from skclean.simulation import flip_labels, make_noise_matrix

N_NEIGHBORS = 7


@pytest.fixture(params=["blocks of a few rows", "little working memory", "one block"])
def blocks(request, monkeypatch):
    """Blocks of different heights."""
    if request.param == "blocks of a few rows":
        monkeypatch.setattr(_neighbor_search, "SEARCH_CELLS", 50)
        monkeypatch.setattr(_neighbor_search, "GRAPH_CELLS", 50)
        yield
    elif request.param == "little working memory":
        with config_context(working_memory=0.01):
            yield
    else:
        yield


def all_sorted(X, n_neighbors):
    """Distances and indices of the nearest others in 64 bits, then in the order of the rows."""
    differences = X[:, np.newaxis].astype(float) - X[np.newaxis]
    distances = np.sqrt((differences**2).sum(axis=2))
    np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=1, kind="stable")[:, :n_neighbors]
    return np.take_along_axis(distances, order, 1), order


def forms(X, n_neighbors):
    """The same neighbors as graphs of several kinds, with their metric."""
    graph = kneighbors_graph(X, n_neighbors, mode="distance")
    entries = graph.tocoo(copy=True)
    shuffled = np.random.default_rng(0).permutation(graph.nnz)
    row, col, data = entries.row[shuffled], entries.col[shuffled], entries.data[shuffled]
    transformer = KNeighborsTransformer(mode="distance", n_neighbors=n_neighbors)
    return {
        "distances": pairwise_distances(X),
        "graph": graph.copy(),
        "graph with self": transformer.fit_transform(X),
        "rows in any order": csr_matrix((data, (row, col)), shape=graph.shape),
        "coordinates": entries,
        "array": csr_array(graph, copy=True),
        "single": graph.astype(np.float32),
        "some rows longer": _longer(X, graph, n_neighbors),
    }


def _longer(X, graph, n_neighbors):
    more = kneighbors_graph(X, n_neighbors + 5, mode="distance").tolil()
    more[::2] = graph.tolil()[::2]
    return more.tocsr()


@pytest.mark.parametrize("n_features", [2, 20])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_nearest_are_those_of_all_distances_sorted(blocks, n_features, dtype):
    X = np.random.default_rng(0).normal(size=(150, n_features)).astype(dtype)
    distances, neighbors = nearest(build_index(X), N_NEIGHBORS)
    expected, order = all_sorted(X, N_NEIGHBORS)
    np.testing.assert_array_equal(neighbors, order)
    np.testing.assert_allclose(distances, expected, rtol=1e-6)


@pytest.mark.parametrize("n_features", [1, 20])
def test_equal_distances_go_by_the_order_of_the_rows(blocks, n_features):
    # whole numbers, so that equal distances are equal by any formula; all rows are asked
    X = np.random.default_rng(0).integers(2, size=(13, n_features)).astype(float)
    for n_neighbors in [1, 7]:
        _, neighbors = nearest(build_index(X), n_neighbors)
        np.testing.assert_array_equal(neighbors, all_sorted(X, 12)[1][:, :n_neighbors])


def test_a_sample_among_many_duplicates_is_not_its_own_neighbor(blocks):
    X = np.zeros((60, 3))
    _, neighbors = nearest(build_index(X), N_NEIGHBORS)
    assert (neighbors != np.arange(60)[:, np.newaxis]).all()
    assert all(len(set(row)) == N_NEIGHBORS for row in neighbors)


@pytest.mark.parametrize(
    "detector",
    [
        NeighborAgreement(N_NEIGHBORS),
        NeighborAgreement(N_NEIGHBORS, weights="distance"),
        NeighborAgreement(N_NEIGHBORS, editing="all_k"),
        KNNShapley(N_NEIGHBORS, n_ranked=N_NEIGHBORS),
    ],
)
def test_graphs_give_what_the_data_give(blocks, noisy_blobs, detector):
    X, y, _, _ = noisy_blobs
    expected = clone(detector).fit(X, y).issues_
    for name, graph in forms(X, N_NEIGHBORS).items():
        before = graph.copy()
        found = clone(detector).set_params(metric="precomputed").fit(graph, y).issues_
        rtol = 1e-6 if name == "single" else 1e-9
        np.testing.assert_allclose(found.label_quality, expected.label_quality, rtol=rtol)
        np.testing.assert_array_equal(found.issue_mask, expected.issue_mask, err_msg=name)
        np.testing.assert_array_equal(found.suggested_label, expected.suggested_label, name)
        assert abs(before - graph).sum() == 0


def test_new_rows_are_rated_from_a_graph_to_the_old(blocks, noisy_blobs):
    X, y, _, _ = noisy_blobs
    transformer = KNeighborsTransformer(mode="distance", n_neighbors=10)
    graph = transformer.fit_transform(X[:200])
    detector = NeighborAgreement(metric="precomputed").fit(graph, y[:200])
    expected = NeighborAgreement().fit(X[:200], y[:200]).score_labels(X[200:], y[200:])
    new = transformer.transform(X[200:])
    by_column = new.copy()
    by_column.sort_indices()
    for graph in [new, by_column]:
        before = graph.data.copy()
        np.testing.assert_array_equal(detector.score_labels(graph, y[200:]), expected)
        np.testing.assert_array_equal(graph.data, before)


@pytest.mark.parametrize("editing", ["once", "repeated", "all_k"])
def test_blocks_give_what_the_whole_gives(monkeypatch, editing):
    X, y = load_digits(return_X_y=True)
    y, _ = flip_labels(y, make_noise_matrix("uniform", 10, 0.2), random_state=0)
    detectors = [NeighborAgreement(editing=editing), KNNShapley(), KNNShapley(n_ranked=10)]
    whole = [detector.fit(X, y).issues_ for detector in detectors]
    monkeypatch.setattr(_neighbor_search, "SEARCH_CELLS", 3_000)
    assert len(row_blocks(build_index(X), 10)) > 5
    for detector, expected in zip(detectors, whole, strict=True):
        found = detector.fit(X, y).issues_
        np.testing.assert_allclose(found.label_quality, expected.label_quality, rtol=1e-12)
        np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
        np.testing.assert_array_equal(found.suggested_label, expected.suggested_label)
        np.testing.assert_array_equal(found.suggested_proba, expected.suggested_proba)


@pytest.mark.parametrize("n_ranked", [3, 5, 20, 199])
def test_shapley_values_by_blocks_are_those_of_the_whole(monkeypatch, n_ranked):
    rng = np.random.default_rng(0)
    y, neighbors = rng.integers(0, 3, 200), all_sorted(rng.normal(size=(200, 2)), n_ranked)[1]
    whole = _votes.knn_shapley(y, neighbors, 5)
    monkeypatch.setattr(_votes, "SHAPLEY_CELLS", 1)
    np.testing.assert_allclose(_votes.knn_shapley(y, neighbors, 5), whole, atol=1e-15)


def test_values_that_cancel_are_zero():
    # whole numbers are summed, so that no rounding flags what is worth nothing
    rng = np.random.default_rng(0)
    y, neighbors = rng.integers(0, 2, 500), all_sorted(rng.normal(size=(500, 2)), 10)[1]
    values = 500 * 10 * _votes.knn_shapley(y, neighbors, 10)
    np.testing.assert_array_equal(values[np.abs(values) < 0.5], 0)
    assert (values == 0).any()


def test_memory_does_not_grow_with_samples_times_neighbors():
    rng = np.random.default_rng(0)
    n_samples, n_ranked = 3_000, 1_000
    X, y = rng.normal(size=(n_samples, 2)), rng.integers(0, 3, n_samples)

    def peak(call):
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    detector = KNNShapley(n_ranked=n_ranked)
    assert peak(lambda: detector.fit(X, y)) < 8 * n_samples * n_ranked / 2
    n_samples, n_neighbors = 50_000, 10
    y = rng.integers(0, 3, n_samples)
    neighbors = rng.integers(0, n_samples, (n_samples, n_neighbors))
    most = 40 * n_samples * n_neighbors
    assert peak(lambda: _votes.knn_shapley(y, neighbors, n_neighbors)) < most / 4
    graph = csr_matrix(
        (np.ones(neighbors.size), neighbors.ravel(), np.arange(n_samples + 1) * n_neighbors)
    )
    detector = NeighborAgreement(5, metric="precomputed")
    distinct = np.array([len(set(row)) for row in neighbors[:100]])
    assert distinct.min() > 5
    assert peak(lambda: detector.fit(graph, y)) < most


@pytest.mark.parametrize("detector", [NeighborAgreement(100), KNNShapley(100)])
def test_more_neighbors_than_samples_are_all_the_others_with_a_warning(detector):
    X, y = [[0.0], [1.0], [2.5], [4.5], [20.0], [21.0], [23.0], [26.0]], [0, 1] * 4
    match = r"n_neighbors \(100\) is greater than the total number of samples \(8\).*pass a lower"
    with pytest.warns(UserWarning, match=match):
        detector.fit(X, y)
    np.testing.assert_allclose(detector.issues_.suggested_proba, 4 / 7)
    np.testing.assert_array_equal(detector.suggested_label_, [1, 0] * 4)


@pytest.mark.parametrize("detector", [NeighborAgreement(8), KNNShapley(8), KNNShapley(7)])
def test_a_graph_of_too_few_neighbors_is_refused(noisy_blobs, detector):
    X, y, _, _ = noisy_blobs
    graph = kneighbors_graph(X, 8, mode="distance").tolil()
    graph[5] = kneighbors_graph(X, 6, mode="distance")[5]
    match = r"neighbors are required of each sample.* holds only 6 in row 5\. Decrease"
    with pytest.raises(ValueError, match=match):
        clone(detector).set_params(metric="precomputed").fit(graph, y)


def test_repeated_editing_stops_where_too_few_are_left():
    X, y = np.arange(12.0)[:, np.newaxis], [0, 1] * 6
    detector = NeighborAgreement(3, editing="repeated").fit(X, y)
    assert detector.index_.n_samples_fit_ > 3
