"""Thresholds, confident counts and their calibration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skclean._core import _blocks
from skclean._core._joint import (
    PairCounts,
    calibrate_counts,
    class_thresholds,
    confident_classes,
    count_confident,
    round_columns,
)
from skclean._core._scan import scan, self_confidence

# Thresholds .9, .2 and .3. Row 1 is confident for no class, row 2 for classes 1 and 2
# although class 0 is the most probable of all.
Y = np.array([0, 0, 1, 1, 2, 2])
PRED_PROBS = np.array(
    [
        [0.95, 0.03, 0.02],
        [0.85, 0.10, 0.05],
        [0.50, 0.20, 0.30],
        [0.80, 0.20, 0.00],
        [0.30, 0.10, 0.60],
        [0.90, 0.10, 0.00],
    ]
)
THRESHOLDS = np.array([0.9, 0.2, 0.3])


def guesses(pred_probs, thresholds, collision="restricted"):
    found = scan(np.zeros(len(pred_probs), dtype=int), pred_probs)
    return confident_classes(pred_probs, found, thresholds, collision)


def calibrated(counts, given_counts):
    return calibrate_counts(PairCounts.of(np.asarray(counts)), given_counts).toarray()


def rounded_columns(matrix):
    matrix = np.asarray(matrix)
    square = np.zeros((max(matrix.shape),) * 2)
    square[: len(matrix), : matrix.shape[1]] = matrix
    return round_columns(PairCounts.of(square)).toarray()[: len(matrix), : matrix.shape[1]]


def test_self_confidence_is_the_probability_of_the_given_label():
    expected = [0.95, 0.85, 0.2, 0.2, 0.6, 0]
    np.testing.assert_array_equal(self_confidence(Y, PRED_PROBS), expected)


def test_a_threshold_is_the_mean_self_confidence_of_its_class():
    thresholds = class_thresholds(Y, self_confidence(Y, PRED_PROBS), np.bincount(Y))
    np.testing.assert_allclose(thresholds, THRESHOLDS, rtol=1e-15)


def test_the_threshold_of_an_absent_class_is_out_of_reach():
    thresholds = class_thresholds(np.array([0, 2]), np.array([0.5, 0.25]), np.array([1, 0, 1, 0]))
    np.testing.assert_array_equal(thresholds, [0.5, 2, 0.25, 2])
    certain_of_absent = np.array([[0.0, 1, 0, 0]])
    assert guesses(certain_of_absent, thresholds) == [-1]


def test_thresholds_are_clipped_from_below():
    thresholds = class_thresholds(np.array([0, 0, 1]), np.array([0.0, 0, 1e-7]), np.array([2, 1]))
    np.testing.assert_array_equal(thresholds, [2e-6, 2e-6])


def test_thresholds_of_half_precision_sum_in_double():
    confidence = np.full(5000, 0.1, dtype=np.float32)
    threshold = class_thresholds(np.zeros(5000, dtype=int), confidence, np.array([5000]))
    assert threshold.dtype == np.float64
    np.testing.assert_allclose(threshold, np.float64(np.float32(0.1)), rtol=1e-12)


def test_a_collision_goes_to_the_most_probable_confident_class():
    guess = guesses(PRED_PROBS, THRESHOLDS)
    np.testing.assert_array_equal(guess, [0, -1, 2, 1, 2, 0])


def test_an_unrestricted_collision_goes_to_the_most_probable_class_of_all():
    guess = guesses(PRED_PROBS, THRESHOLDS, "unrestricted")
    np.testing.assert_array_equal(guess, [0, -1, 0, 1, 2, 0])


def test_a_single_confident_class_wins_over_a_more_probable_one():
    guess = guesses(np.array([[0.7, 0.3]]), np.array([0.8, 0.2]), "unrestricted")
    assert guess == [1]


def test_equal_confident_probabilities_go_to_the_lowest_class():
    pred_probs = np.array([[0.2, 0.4, 0.4], [0.4, 0.2, 0.4]])
    for collision in ("restricted", "unrestricted"):
        guess = guesses(pred_probs, np.full(3, 0.4), collision)
        np.testing.assert_array_equal(guess, [1, 0])


@pytest.mark.parametrize(("short_of", "guess"), [(0.0, 1), (9e-7, 1), (1.1e-6, -1)])
def test_a_threshold_is_reached_within_a_millionth(short_of, guess):
    pred_probs = np.array([[0.5 + short_of, 0.5 - short_of]])
    assert guesses(pred_probs, np.array([0.9, 0.5])) == [guess]


def test_a_probability_of_zero_is_never_confident():
    # the lowest threshold, 2e-6, stays above the slack of 1e-6
    guess = guesses(np.array([[1.0, 0.0]]), np.array([2.0, 2e-6]))
    assert guess == [-1]


def test_counts_are_indexed_by_true_then_given():
    guess = np.array([0, -1, 2, 1, 2, 0])
    counts = count_confident(Y, guess, 3).toarray()
    np.testing.assert_array_equal(counts, [[1, 0, 1], [0, 1, 0], [0, 1, 1]])
    assert counts.dtype.kind == "i"


def test_every_class_counts_for_itself_at_least_once():
    counts = count_confident(np.array([0, 0, 1]), np.array([1, 1, -1]), 3).toarray()
    np.testing.assert_array_equal(counts, [[1, 0, 0], [2, 1, 0], [0, 0, 1]])


def test_calibration_scales_columns_to_the_given_counts():
    counts = np.array([[1, 0, 1], [0, 1, 0], [0, 1, 1]])
    found = calibrated(counts, np.array([2, 2, 2]))
    np.testing.assert_array_equal(found, [[2, 0, 1], [0, 1, 0], [0, 1, 1]])


def test_calibration_rounds_within_each_column():
    # column 0: 7/4 and 21/4 round to 2 and 5; column 1: 10/3 and 20/3 round to 3 and 7
    counts = np.array([[1, 1], [3, 2]])
    found = calibrated(counts, np.array([7, 10]))
    np.testing.assert_array_equal(found, [[2, 3], [5, 7]])


def test_calibration_empties_the_column_of_an_absent_class():
    counts = np.array([[3, 0, 1], [1, 1, 0], [0, 0, 3]])
    found = calibrated(counts, np.array([8, 0, 4]))
    np.testing.assert_array_equal(found, [[6, 0, 1], [2, 0, 0], [0, 0, 3]])


@pytest.mark.parametrize(
    ("column", "rounded"),
    [
        ([0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1]),  # short by two: the last two
        ([2.4, 2.4, 2.4, 2.8], [2, 2, 3, 3]),  # short by one: the last largest remainder
        ([1.5, 1.5, 1.5, 1.5], [1, 1, 2, 2]),  # long by two: the first two
        ([0.5, 1.5], [0, 2]),  # halves go to the even neighbour
        ([2.5, 0.5, 0.0], [2, 1, 0]),  # short by one: equal remainders, the last
        ([0.6, 0.7, 0.7], [0, 1, 1]),  # long by one: the smallest remainder
        ([1.6, 1.6, 0.8], [1, 2, 1]),  # long by one: the first of the smallest
        ([3.0, 0.0, 2.0], [3, 0, 2]),
        ([0.0, 0.0], [0, 0]),
    ],
)
def test_rounding_keeps_the_total_of_a_column(column, rounded):
    matrix = np.array(column)[:, np.newaxis]
    np.testing.assert_array_equal(rounded_columns(matrix)[:, 0], rounded)


def test_rounding_a_long_column_spreads_the_total_from_the_end():
    found = rounded_columns(np.full((1000, 1), 0.25))[:, 0]
    np.testing.assert_array_equal(found, np.repeat([0, 1], [750, 250]))


def test_rounding_does_not_change_its_argument():
    matrix = np.full((4, 1), 0.5)
    rounded_columns(matrix)
    np.testing.assert_array_equal(matrix, np.full((4, 1), 0.5))


@given(
    arrays(np.int64, st.tuples(st.integers(1, 6), st.just(6)), elements=st.integers(0, 40)),
    st.lists(st.integers(0, 500), min_size=6, max_size=6),
)
@settings(deadline=None, max_examples=100)
def test_calibrated_columns_sum_exactly_to_the_given_counts(rows, given_counts):
    counts = np.zeros((6, 6), dtype=np.int64)
    counts[: len(rows)] = rows
    np.fill_diagonal(counts, np.maximum(counts.diagonal(), 1))
    given_counts = np.array(given_counts)
    given_counts[0] += 1
    found = calibrated(counts, given_counts)
    assert found.dtype == np.int64
    assert found.min() >= 0
    np.testing.assert_array_equal(found.sum(axis=0), given_counts)
    exact = counts / counts.sum(axis=0) * given_counts
    assert abs(found - exact).max() < 1 + 1e-9


@given(arrays(np.float64, (5, 3), elements=st.floats(0, 1000)))
@settings(deadline=None, max_examples=100)
def test_rounded_columns_stay_within_one_of_the_exact_ones(matrix):
    found = rounded_columns(matrix)
    np.testing.assert_array_equal(found.sum(axis=0), np.round(matrix.sum(axis=0)))
    assert abs(found - matrix).max() <= 1 + 1e-9


@pytest.mark.parametrize("collision", ["restricted", "unrestricted"])
def test_blocks_do_not_change_the_guess(monkeypatch, collision):
    whole = guesses(PRED_PROBS, THRESHOLDS, collision)
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 2 * PRED_PROBS[0].nbytes)
    assert len(_blocks.row_blocks(PRED_PROBS)) == 3
    np.testing.assert_array_equal(guesses(PRED_PROBS, THRESHOLDS, collision), whole)
    np.testing.assert_array_equal(self_confidence(Y, PRED_PROBS), PRED_PROBS[np.arange(len(Y)), Y])


@given(st.integers(0, 50), st.integers(1, 5), st.integers(1, 200))
@settings(deadline=None, max_examples=60)
def test_blocks_cover_every_row_once_and_in_order(n_rows, n_columns, block_bytes):
    matrix = np.zeros((n_rows, n_columns), dtype=np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "BLOCK_BYTES", block_bytes)
        blocks = _blocks.row_blocks(matrix)
    covered = np.concatenate([np.arange(n_rows)[rows] for rows in blocks] or [np.empty(0)])
    np.testing.assert_array_equal(covered, np.arange(n_rows))
