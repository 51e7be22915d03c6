"""Simulated noise has the matrix that was asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skclean.simulation import flip_labels, make_noise_matrix


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["uniform", "pair", "block", "random"]),
    n_classes=st.integers(2, 12),
    noise_rate=st.floats(0, 1),
    seed=st.integers(0, 9),
)
def test_noise_matrix_is_row_stochastic_with_the_rate_on_the_diagonal(
    kind, n_classes, noise_rate, seed
):
    matrix = make_noise_matrix(kind, n_classes, noise_rate, random_state=seed)
    np.testing.assert_allclose(matrix.sum(axis=1), 1)
    assert (matrix >= 0).all()
    alone = kind == "block" and n_classes % 2 == 1
    diagonal = matrix.diagonal()
    np.testing.assert_allclose(diagonal[:-1] if alone else diagonal, 1 - noise_rate, atol=1e-12)
    if alone:
        assert diagonal[-1] == 1


def test_kinds_send_wrong_labels_where_they_say():
    np.testing.assert_allclose(make_noise_matrix("uniform", 3, 0.4)[0], [0.6, 0.2, 0.2])
    np.testing.assert_allclose(make_noise_matrix("pair", 3, 0.4)[2], [0.4, 0, 0.6])
    block = make_noise_matrix("block", 6, 0.4, block_size=3)
    np.testing.assert_allclose(block[4], [0, 0, 0, 0.2, 0.6, 0.2])


def test_rates_may_differ_by_class():
    matrix = make_noise_matrix("random", 3, [0, 0.1, 0.5], random_state=0)
    np.testing.assert_allclose(matrix.diagonal(), [1, 0.9, 0.5])


@pytest.mark.parametrize("seed", range(3))
def test_flipped_labels_follow_the_matrix(seed):
    rng = np.random.default_rng(seed)
    matrix = make_noise_matrix("random", 4, 0.3, random_state=seed)
    y_true = rng.integers(4, size=40_000)
    y, flipped = flip_labels(y_true, matrix, random_state=seed)
    counts = np.zeros((4, 4))
    np.add.at(counts, (y_true, y), 1)
    np.testing.assert_allclose(counts / counts.sum(axis=1, keepdims=True), matrix, atol=0.02)
    np.testing.assert_array_equal(flipped, y != y_true)


def test_labels_of_probability_zero_are_never_given():
    y, _ = flip_labels(np.arange(3).repeat(10_000), make_noise_matrix("pair", 3, 0.5), 0)
    pairs = set(zip(np.arange(3).repeat(10_000).tolist(), y.tolist(), strict=True))
    assert pairs == {(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0)}


def test_flips_are_reproducible_and_leave_the_global_state_alone():
    matrix = make_noise_matrix("uniform", 2, 0.5)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, _ = flip_labels(["a", "b"] * 50, matrix, random_state=0)
    second, _ = flip_labels(["a", "b"] * 50, matrix, random_state=0)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_class_absent_from_the_labels_may_still_be_given():
    y, flipped = flip_labels(["a"] * 50, [[0.5, 0.5], [0, 1]], 0, classes=["a", "b"])
    assert set(y) == {"a", "b"}
    assert flipped.sum() == (y == "b").sum()


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[0.9, 0.2], [0.1, 0.8]], "Row 0 is"),
        ([[1, 0, 0]], "must be square"),
        (np.eye(3), "3 rows for 2 classes"),
    ],
)
def test_a_bad_matrix_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        flip_labels(["a", "b"], matrix)


def test_bad_rates_are_refused():
    with pytest.raises(ValueError, match="noise_rate"):
        make_noise_matrix("uniform", 3, 1.5)
    with pytest.raises(ValueError, match=r"shape \(2,\) for 3 classes"):
        make_noise_matrix("uniform", 3, [0.1, 0.2])


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["uniform", "pair", "block", "random"]),
    n_classes=st.integers(2, 8),
    noise_rate=st.floats(0, 1),
    n_samples=st.integers(1, 80),
    seed=st.integers(0, 9),
)
def test_exact_flips_have_the_expected_counts_whatever_the_seed(
    kind, n_classes, noise_rate, n_samples, seed
):
    matrix = make_noise_matrix(kind, n_classes, noise_rate, random_state=seed)
    classes = np.arange(n_classes)
    y_true = np.random.default_rng(seed).integers(n_classes, size=n_samples)
    tables = []
    for random_state in (0, 1):
        y, flipped = flip_labels(y_true, matrix, random_state, exact=True, classes=classes)
        np.testing.assert_array_equal(flipped, y != y_true)
        counts = np.zeros((n_classes, n_classes))
        np.add.at(counts, (y_true, y), 1)
        tables.append(counts)
    np.testing.assert_array_equal(*tables)
    expected = np.bincount(y_true, minlength=n_classes)[:, np.newaxis] * matrix
    assert (abs(counts - expected) < 1 + 1e-6).all()
    assert (counts[matrix == 0] == 0).all()
    assert abs(flipped.sum() - (expected.sum() - expected.trace())) <= 0.5 + 1e-6


def test_exact_flips_differ_by_seed_in_which_samples_only():
    y_true = np.repeat(["a", "b", "c"], 40)
    matrix = make_noise_matrix("uniform", 3, 0.25)
    masks = [flip_labels(y_true, matrix, seed, exact=True)[1] for seed in range(3)]
    assert [int(mask.sum()) for mask in masks] == [30, 30, 30]
    assert (masks[0] != masks[1]).any()
    np.testing.assert_array_equal(masks[0], flip_labels(y_true, matrix, 0, exact=True)[1])


@pytest.mark.parametrize(
    ("n_classes", "n_each", "rate"),
    [(100, 30, 0.01), (100, 30, 0.05), (10, 4, 0.1), (20, 10, 0.25)],
)
def test_many_small_classes_have_as_many_flips_as_asked(n_classes, n_each, rate):
    y_true = np.arange(n_classes).repeat(n_each)
    matrix = make_noise_matrix("uniform", n_classes, rate)
    y, flipped = flip_labels(y_true, matrix, 0, exact=True)
    assert flipped.sum() == round(rate * len(y))
    by_true = np.bincount(y_true[flipped], minlength=n_classes)
    assert np.ptp(by_true) <= 1
    assert np.ptp(np.bincount(y[flipped], minlength=n_classes)) <= 1


def test_no_class_collects_what_rounding_leaves_over():
    n_classes = 10
    y_true = np.arange(n_classes).repeat(20)  # 2 flips to share out among 9 classes
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", n_classes, 0.1), 0, exact=True)
    assert flipped.sum() == 20
    np.testing.assert_array_equal(np.bincount(y[flipped]), np.full(n_classes, 2))
