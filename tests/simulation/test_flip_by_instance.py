"""Noise near the boundary: where it falls, where it goes, and how much of it there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from skclean.simulation import flip_labels_by_instance
from skclean.simulation._flip_by_instance import flip_probabilities

LINE = np.array([0.0, 2.0, 4.0])


@pytest.fixture(scope="module")
def three_on_a_line():
    """Three classes side by side: only neighbors are confused."""
    return make_blobs(3_000, centers=LINE[:, np.newaxis], cluster_std=0.6, random_state=0)


@settings(max_examples=100, deadline=None)
@given(
    noise_rate=st.floats(0, 0.5),
    n_samples=st.integers(1, 300),
    ties=st.booleans(),
    seed=st.integers(0, 9),
)
def test_flip_probabilities_have_the_mean_asked_for_and_fall_with_the_margin(
    noise_rate, n_samples, ties, seed
):
    margin = np.random.default_rng(seed).uniform(-1, 1, size=n_samples)
    if ties:
        margin = np.round(margin)
    proba = flip_probabilities(margin, noise_rate)
    assert proba.mean() == pytest.approx(noise_rate, abs=1e-9)
    assert proba.min() >= 0
    assert proba.max() <= 0.5
    assert (np.diff(proba[np.argsort(margin)]) <= 1e-15).all()


def test_flip_probabilities_are_the_published_curve_where_no_cap_is_reached():
    proba = flip_probabilities(np.array([0.1, 0.9, 0.4, 0.2]), 0.1)
    curve = np.exp(-4 * np.array([0, 3, 2, 1]) / 4)
    np.testing.assert_allclose(proba, 0.1 * curve / curve.mean())


@pytest.mark.parametrize("seed", range(3))
def test_flips_are_near_the_boundary_and_go_to_the_neighboring_class(three_on_a_line, seed):
    X, y_true = three_on_a_line
    y, flipped = flip_labels_by_instance(X, y_true, 0.15, seed, estimator=LogisticRegression())
    assert flipped.mean() == pytest.approx(0.15, abs=0.02)
    np.testing.assert_array_equal(flipped, y != y_true)
    to_boundary = np.abs(X - [1.0, 3.0]).min(axis=1)
    assert to_boundary[flipped].mean() < 0.6 * to_boundary[~flipped].mean()
    nearest_other = np.abs(X - np.where(np.arange(3) == y_true[:, np.newaxis], np.inf, LINE))
    right_neighbor = nearest_other.argmin(axis=1)[flipped] == y[flipped]
    assert right_neighbor.mean() > 0.98


def test_flips_are_reproducible_and_draw_from_a_state_that_moves_on(three_on_a_line):
    X, y_true = three_on_a_line
    model = KNeighborsClassifier()  # hard probabilities: many equal margins
    first, _ = flip_labels_by_instance(X, y_true, 0.2, 0, estimator=model)
    second, _ = flip_labels_by_instance(X, y_true, 0.2, 0, estimator=model)
    np.testing.assert_array_equal(first, second)
    state = np.random.RandomState(0)
    third, _ = flip_labels_by_instance(X, y_true, 0.2, state, estimator=model)
    fourth, _ = flip_labels_by_instance(X, y_true, 0.2, state, estimator=model)
    np.testing.assert_array_equal(first, third)
    assert (third != fourth).any()


def test_the_default_takes_gaps_and_labels_of_any_type():
    X, codes = make_blobs(200, centers=2, random_state=0)
    X[::9] = np.nan
    y_true = np.array(["no", "yes"], dtype=object)[codes]
    y, flipped = flip_labels_by_instance(X, y_true, 0.3, 0, cv=2)
    assert y.dtype == object
    assert 0 < flipped.sum() < 120


@pytest.mark.filterwarnings("ignore:The least populated class")
def test_a_sample_that_no_fold_can_judge_keeps_its_label(three_on_a_line):
    X, y_true = three_on_a_line
    y_true = y_true[:300].copy()
    y_true[7] = 9
    with pytest.warns(UserWarning, match="1 of 300 samples could not be judged"):
        y, _ = flip_labels_by_instance(X[:300], y_true, 0.45, 0, estimator=LogisticRegression())
    assert y[7] == 9
    assert 9 not in np.delete(y, 7)


def test_no_noise_and_the_most_noise_are_possible(three_on_a_line):
    X, y_true = three_on_a_line
    _, none = flip_labels_by_instance(X, y_true, 0, 0, estimator=LogisticRegression(), cv=2)
    assert not none.any()
    _, half = flip_labels_by_instance(X, y_true, 0.5, 0, estimator=LogisticRegression(), cv=2)
    assert half.mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"noise_rate": 0.6}, "noise_rate must be at most 0.5.*Got 0.6; flip_labels allows more"),
        ({"noise_rate": -1}, "'noise_rate' parameter of flip_labels_by_instance"),
        ({"y": ["a"] * 6}, "got 1 class"),
        ({"estimator": 3}, "'estimator' parameter of flip_labels_by_instance"),
        ({"y": ["a", "b"]}, "inconsistent numbers of samples"),
    ],
)
def test_bad_input_is_refused(params, message):
    good = {"X": np.arange(6.0).reshape(-1, 1), "y": ["a", "b"] * 3, "cv": 2}
    good["estimator"] = LogisticRegression()
    with pytest.raises(ValueError, match=message):
        flip_labels_by_instance(**(good | params))
