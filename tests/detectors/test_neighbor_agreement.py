"""NeighborAgreement: k-disagreeing neighbors, ENN, RENN and All-kNN."""

import numpy as np
import pytest
from imblearn.under_sampling import EditedNearestNeighbours
from sklearn.datasets import load_digits
from sklearn.metrics import pairwise_distances, roc_auc_score
from sklearn.neighbors import kneighbors_graph

from skclean.detectors import NeighborAgreement
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.estimator_checks import check_estimator_contract

X = [[0.0], [1.0], [2.5], [4.5], [20.0], [21.0], [23.0], [26.0]]
Y = ["a", "a", "b", "a", "b", "b", "b", "b"]


def test_quality_is_the_share_of_agreeing_neighbors():
    detector = NeighborAgreement(3).fit(X, Y)
    # the three nearest others: 1,2,3 | 0,2,3 | 1,3,0 | 2,1,0 | 5,6,7 | ...
    np.testing.assert_allclose(detector.label_quality_, [2 / 3, 2 / 3, 0, 2 / 3, 1, 1, 1, 1])
    np.testing.assert_array_equal(np.flatnonzero(detector.issue_mask_), [2])
    assert detector.suggested_label_[2] == "a"
    assert detector.issues_.suggested_proba[2] == 1


def test_near_neighbors_count_more_by_distance():
    quality = NeighborAgreement(3, weights="distance").fit(X, Y).label_quality_
    near, far, other = 1 / 1.0, 1 / 4.5, 1 / 2.5  # row 0: rows 1, 3 agree, row 2 does not
    np.testing.assert_allclose(quality[0], (near + far) / (near + far + other))
    twins = NeighborAgreement(2, weights="distance").fit([[0], [0], [1], [1]], [0, 1, 1, 1])
    np.testing.assert_allclose(twins.label_quality_, [0, 0, 1, 1])


def test_equal_distances_go_by_the_order_of_the_rows():
    same = np.zeros((12, 2))
    y = [0, 1] * 6
    # all others are as near: the first row that is not the sample itself
    np.testing.assert_array_equal(
        NeighborAgreement(1).fit(same[:4], y[:4]).label_quality_, [0, 0, 1, 0]
    )


@pytest.mark.parametrize("options", [{}, {"editing": "all_k"}, {"editing": "repeated"}])
def test_a_class_too_small_to_reach_the_threshold_is_held_to_what_it_can_reach(options):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2, 3], [30, 5, 4, 1])
    X = rng.normal(size=(40, 2)) + 100 * y[:, np.newaxis]
    detector = NeighborAgreement(**options).fit(X, y)
    assert not detector.issue_mask_.any()
    if options.get("editing") != "all_k":
        assert (detector.label_quality_ == np.repeat([1, 0.4, 0.3, 0], [30, 5, 4, 1])).all()
    y[0] = 1  # and a wrong label of such a class is found
    nearest = np.argsort(np.linalg.norm(X - X[0], axis=1))[1]
    flagged = np.flatnonzero(NeighborAgreement(**options).fit(X, y).issue_mask_).tolist()
    assert flagged[0] == 0
    assert flagged[1:] == ([nearest] if options.get("editing") == "all_k" else [])


@pytest.mark.parametrize("k", [3, 5])
def test_flags_of_two_classes_are_those_of_wilsons_editing(noisy_blobs, k):
    data, y, _, _ = noisy_blobs
    y = (y == "dog").astype(int)
    editing = EditedNearestNeighbours(sampling_strategy="all", n_neighbors=k, kind_sel="mode")
    editing.fit_resample(data, y)
    flagged = NeighborAgreement(k).fit(data, y).issue_mask_
    np.testing.assert_array_equal(np.flatnonzero(~flagged), np.sort(editing.sample_indices_))


def test_all_k_flags_what_any_number_of_neighbors_flags(noisy_blobs):
    data, y, _, _ = noisy_blobs
    flags = [NeighborAgreement(k).fit(data, y).issue_mask_ for k in range(1, 6)]
    detector = NeighborAgreement(5, editing="all_k").fit(data, y)
    np.testing.assert_array_equal(detector.issue_mask_, np.any(flags, axis=0))
    shares = [NeighborAgreement(k).fit(data, y).label_quality_ for k in range(1, 6)]
    np.testing.assert_allclose(detector.label_quality_, np.mean(shares, axis=0))


def test_repeated_editing_asks_only_those_not_flagged():
    # at first only row 3 is outvoted; without it row 2 is
    points = [[0.0], [1.0], [1.9], [2.5], [9.0], [9.5], [10.0], [10.5]]
    y = [0, 0, 1, 1, 0, 0, 0, 1]
    once = NeighborAgreement(1).fit(points, y)
    many = NeighborAgreement(1, editing="repeated").fit(points, y)
    assert set(np.flatnonzero(once.issue_mask_)) < set(np.flatnonzero(many.issue_mask_))
    assert (many.issue_mask_ >= once.issue_mask_).all()
    single = NeighborAgreement(1, editing="repeated", max_iter=1).fit(points, y)
    np.testing.assert_array_equal(single.issue_mask_, once.issue_mask_)
    assert set(many._asked_y) == {0, 1}


def test_a_precomputed_graph_gives_the_same(noisy_blobs):
    data, y, _, _ = noisy_blobs
    graph = kneighbors_graph(data, 10, mode="distance")
    plain = NeighborAgreement().fit(data, y)
    with_self = kneighbors_graph(data, 11, mode="distance", include_self=True)
    distances = pairwise_distances(data)
    for given in [graph, with_self, distances]:
        detector = NeighborAgreement(metric="precomputed").fit(given, y)
        np.testing.assert_array_equal(plain.label_quality_, detector.label_quality_)
    with pytest.raises(ValueError, match=r"repeated.*precomputed"):
        NeighborAgreement(metric="precomputed", editing="repeated").fit(graph, y)


@pytest.mark.parametrize("editing", ["once", "repeated", "all_k"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_planted_errors_of_digits_are_found(editing, seed):
    data, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    detector = NeighborAgreement(editing=editing).fit(data, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.985
    assert (detector.suggested_label_ == y_true).mean() > 0.95
    assert detector.issue_mask_[flipped].mean() > 0.95


@pytest.mark.parametrize("editing", ["once", "repeated", "all_k"])
def test_new_rows_are_rated_by_the_neighbors_among_the_old(noisy_blobs, editing):
    data, y, y_true, _ = noisy_blobs
    detector = NeighborAgreement(editing=editing).fit(data[:200], y[:200])
    quality = detector.score_labels(data[200:], y[200:])
    assert roc_auc_score(y[200:] == y_true[200:], quality) > 0.8


@pytest.mark.parametrize("editing", ["once", "repeated", "all_k"])
def test_the_detector_keeps_the_contract(editing):
    check_estimator_contract(NeighborAgreement(editing=editing, weights="distance"))


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_neighbors": 0},
        {"weights": "gaussian"},
        {"editing": "thrice"},
        {"threshold": 2},
        {"max_iter": 0},
        {"metric": "nonsense"},
    ],
)
def test_bad_parameters_are_named(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        NeighborAgreement(**parameters).fit(X, Y)


def test_dense_distances_give_what_the_data_give():
    rng = np.random.default_rng(0)
    X, y = rng.integers(10, size=(80, 1)).astype(float), rng.integers(2, size=80)
    plain = NeighborAgreement(n_neighbors=3).fit(X, y)
    dense = NeighborAgreement(n_neighbors=3, metric="precomputed").fit(np.abs(X - X.T), y)
    assert (plain.label_quality_ == dense.label_quality_).mean() > 0.9
