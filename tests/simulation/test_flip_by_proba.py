"""Labels drawn from a distribution for each sample, and distributions from features."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs

from skclean.simulation import (
    flip_labels,
    flip_labels_by_proba,
    make_feature_dependent_proba,
    make_noise_matrix,
)
from skclean.simulation._feature_dependent import draw_rates


def test_rows_of_a_noise_matrix_give_the_flips_of_that_matrix():
    y_true = np.random.default_rng(0).integers(4, size=2_000)
    matrix = make_noise_matrix("random", 4, 0.4, random_state=0)
    by_matrix, _ = flip_labels(y_true, matrix, random_state=3)
    by_row, flipped = flip_labels_by_proba(y_true, matrix[y_true], random_state=3)
    np.testing.assert_array_equal(by_matrix, by_row)
    np.testing.assert_array_equal(flipped, by_row != y_true)


@settings(max_examples=60, deadline=None)
@given(n_classes=st.integers(2, 6), n_samples=st.integers(1, 60), seed=st.integers(0, 99))
def test_labels_of_probability_zero_are_never_given(n_classes, n_samples, seed):
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.full(n_classes, 0.3), size=n_samples)
    proba[rng.random(proba.shape) < 0.4] = 0
    proba[np.arange(n_samples), rng.integers(n_classes, size=n_samples)] += 0.1
    proba /= proba.sum(axis=1, keepdims=True)
    y_true = rng.integers(n_classes, size=n_samples)
    y, _ = flip_labels_by_proba(y_true, proba, seed, classes=np.arange(n_classes))
    assert (proba[np.arange(n_samples), y] > 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_each_sample_follows_its_row(seed):
    proba = np.array([[0.7, 0.2, 0.1], [0, 0.5, 0.5]])
    y_true = np.tile([0, 2], 20_000)
    y, _ = flip_labels_by_proba(y_true, np.tile(proba, (20_000, 1)), seed, classes=[0, 1, 2])
    for sample, row in enumerate(proba):
        shares = np.bincount(y[sample::2], minlength=3) / 20_000
        np.testing.assert_allclose(shares, row, atol=0.015)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_probabilities_of_any_precision_are_taken(dtype):
    proba = np.full((50, 3), 1 / 3, dtype=dtype)
    y, flipped = flip_labels_by_proba(["a", "b"] * 25, proba, 0, classes=["a", "b", "c"])
    assert set(y) == {"a", "b", "c"}
    assert flipped.dtype == bool


@pytest.mark.parametrize(
    ("proba", "message"),
    [
        ([[0.5, 0.5], [0.9, 0.9]], "Each row of proba .* Row 1 sums to 1.8"),
        ([[0.5, 0.5]], "proba must have one row per label. Got 1 rows for 2 labels"),
        (np.eye(3)[:2], "proba must have one column per class. Got 3 columns for 2 classes"),
        ([[np.nan, 1], [0, 1]], "Row 0 sums to nan"),
        ([0.5, 0.5], "proba must be a 2D array"),
    ],
)
def test_rows_that_are_no_distributions_are_refused(proba, message):
    with pytest.raises(ValueError, match=message):
        flip_labels_by_proba(["a", "b"], proba)


@pytest.mark.parametrize("noise_rate", [0, 0.05, 0.3, 0.9, 1])
def test_rates_of_samples_have_the_mean_asked_for(noise_rate):
    rates = draw_rates(noise_rate, 200_000, np.random.RandomState(0))
    assert rates.mean() == pytest.approx(noise_rate, abs=1e-3)
    assert rates.min() >= 0
    assert rates.max() <= 1


def test_rates_of_samples_have_the_published_spread_away_from_the_ends():
    rates = draw_rates(0.5, 200_000, np.random.RandomState(0))
    assert rates.std() == pytest.approx(0.1, rel=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_feature_dependent_rows_are_distributions_that_follow_the_features(seed):
    X, y = make_blobs(3_000, centers=4, n_features=3, random_state=seed)
    proba = make_feature_dependent_proba(X, y, noise_rate=0.3, random_state=seed)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    own = proba[np.arange(len(y)), y]
    assert 1 - own.mean() == pytest.approx(0.3, abs=0.01)
    _, flipped = flip_labels_by_proba(y, proba, random_state=seed)
    assert flipped.mean() == pytest.approx(0.3, abs=0.03)
    # where wrong labels of a class go is decided by a logit that is linear in the features
    members = y == 0
    logits = np.log(proba[members, 1] / proba[members, 2])
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    _, residual, *_ = np.linalg.lstsq(scaled[members], logits)
    assert residual.sum() < 1e-12


def test_feature_dependent_rows_are_reproducible_and_name_absent_classes():
    X, y = [[0.0, 1.0], [2.0, 1.0], [3.0, 1.0]], ["b", "a", "a"]
    first = make_feature_dependent_proba(X, y, 0.2, 0, classes=["a", "b", "c"])
    second = make_feature_dependent_proba(X, y, 0.2, 0, classes=["a", "b", "c"])
    np.testing.assert_array_equal(first, second)
    assert first.shape == (3, 3)
    assert (make_feature_dependent_proba(X, y, 0, 0)[[0, 1, 2], [1, 0, 0]] == 1).all()


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[np.nan], [1]], ["a", "b"], "contains NaN"),
        ([[0.0], [1]], ["a", "a"], "got 1 class"),
        ([[0.0], [1]], ["a", "b", "a"], "inconsistent numbers of samples"),
    ],
)
def test_features_that_cannot_be_projected_are_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        make_feature_dependent_proba(X, y)


@pytest.mark.parametrize("seed", range(3))
def test_one_seed_for_rows_and_flips_gives_the_rate_asked_for(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(20_000, 4)), rng.integers(3, size=20_000)
    proba = make_feature_dependent_proba(X, y, noise_rate=0.1, random_state=seed)
    _, flipped = flip_labels_by_proba(y, proba, random_state=seed)
    for code in range(3):
        assert abs(flipped[y == code].mean() - 0.1) < 0.015
