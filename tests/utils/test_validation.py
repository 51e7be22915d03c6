"""Checks of probabilities and noise matrices."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skclean._core import _blocks
from skclean.utils._validation import check_noise_matrix, check_pred_probs

CLASSES = np.array(["a", "b", "c"])
PRED_PROBS = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.125, 0.125, 0.75], [0.25, 0.5, 0.25]])


def _read(pred_probs, n_samples=4):
    return np.asarray(check_pred_probs(pred_probs, n_samples, CLASSES)[slice(None)])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exact_probabilities_are_used_as_they_are(dtype):
    pred_probs = PRED_PROBS.astype(dtype)
    assert check_pred_probs(pred_probs, 4, CLASSES) is pred_probs


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (np.float16, np.float32),
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.longdouble, np.float64),
        (object, np.float64),
    ],
)
def test_precision_is_kept_and_half_precision_raised(given, read):
    found = _read(PRED_PROBS.astype(given))
    assert np.dtype(read) == found.dtype
    np.testing.assert_array_equal(found, PRED_PROBS)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64])
def test_certain_probabilities_may_be_integers(dtype):
    found = _read(np.eye(3)[[0, 1, 2, 0]].astype(dtype))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.eye(3)[[0, 1, 2, 0]])


@pytest.mark.parametrize(
    "convert",
    [
        lambda values: values.tolist(),
        lambda values: tuple(map(tuple, values)),
        lambda values: pd.DataFrame(values, index=list("wxyz"), columns=CLASSES),
        lambda values: pd.DataFrame(values).astype("Float64"),
        lambda values: pl.DataFrame(values),
        lambda values: np.asfortranarray(values),
        lambda values: np.repeat(values, 2, axis=0)[::2],
    ],
)
def test_containers_hold_the_same_numbers(convert):
    np.testing.assert_array_equal(_read(convert(PRED_PROBS)), PRED_PROBS)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_memory_maps_are_read_by_rows(tmp_path, order, dtype):
    mapped = np.memmap(tmp_path / "probs", dtype=dtype, mode="w+", shape=(4, 3), order=order)
    mapped[:] = PRED_PROBS
    found = check_pred_probs(mapped, 4, CLASSES)
    assert found is mapped or dtype == np.float16
    np.testing.assert_array_equal(np.asarray(found[1:3]), PRED_PROBS[1:3])
    np.testing.assert_array_equal(np.asarray(found[np.array([3, 0])]), PRED_PROBS[[3, 0]])


@pytest.mark.parametrize(
    ("dtype", "off"), [(np.float64, 9e-4), (np.float32, 9e-4), (np.float16, 0.018)]
)
def test_rows_within_the_tolerance_are_renormalised(dtype, off):
    pred_probs = PRED_PROBS.copy()
    pred_probs[0] = [0.5 + off, 0.25, 0.25]
    pred_probs[2] = [0.125, 0.125 - off, 0.75]
    given = pred_probs.astype(dtype)
    found = _read(given)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)
    exact = given.astype(np.float64)
    np.testing.assert_allclose(found, exact / exact.sum(axis=1, keepdims=True), rtol=1e-6)
    np.testing.assert_array_equal(given, pred_probs.astype(dtype))


def test_values_slightly_outside_are_clipped():
    pred_probs = PRED_PROBS.copy()
    pred_probs[1] = [-0.0005, 1.0005, 0.0]
    np.testing.assert_array_equal(_read(pred_probs), PRED_PROBS)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([np.nan, 0.5, 0.5], "sums to nan"),
        ([-0.125, 0.625, 0.5], "sums to 1 with values from -0.125 to 0.625"),
        ([1.125, -0.125, 0.0], "sums to 1 with values from -0.125 to 1.125"),
        ([0.5, 0.5, 0.125], "sums to 1.125 with values from 0.125 to 0.5"),
        ([0.0, 0.0, 0.0], "sums to 0 "),
        ([np.inf, 0.0, 0.0], "sums to inf"),
        ([np.inf, -np.inf, 1.0], "sums to nan"),
    ],
)
def test_the_first_row_that_is_no_distribution_is_named(row, message, dtype):
    pred_probs = np.vstack([PRED_PROBS, PRED_PROBS]).astype(dtype)
    pred_probs[[5, 7]] = row
    with pytest.raises(ValueError, match="Row 5 sums to") as caught:
        check_pred_probs(pred_probs, 8, CLASSES)
    assert message in str(caught.value)


def test_a_value_beyond_one_is_refused_though_the_row_sums_to_one():
    pred_probs = PRED_PROBS.copy()
    pred_probs[2] = [1.0019, -0.00095, -0.00095]
    with pytest.raises(ValueError, match="Row 2 sums to 1 .* to 1.0019"):
        check_pred_probs(pred_probs, 4, CLASSES)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float16, 0.02), (np.float32, 0.001), (np.float64, 0.001)]
)
def test_a_sum_beyond_the_tolerance_is_refused(dtype, tolerance):
    pred_probs = PRED_PROBS.astype(dtype)
    pred_probs[3, 1] += 1.3 * tolerance
    message = f"sum to 1 within {tolerance:g}. Row 3"
    with pytest.raises(ValueError, match=re.escape(message)):
        check_pred_probs(pred_probs, 4, CLASSES)


def test_the_bad_row_is_counted_from_the_start_of_the_data(monkeypatch):
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 2 * PRED_PROBS[0].nbytes)
    pred_probs = np.tile(PRED_PROBS, (5, 1))
    pred_probs[13] = 0.5
    with pytest.raises(ValueError, match="Row 13 sums to 1.5"):
        check_pred_probs(pred_probs, 20, CLASSES)


def test_one_inexact_row_anywhere_renormalises_all(monkeypatch):
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 1)
    pred_probs = PRED_PROBS.copy()
    pred_probs[1, 1] = 0.9995
    np.testing.assert_array_equal(_read(pred_probs), PRED_PROBS)


def test_the_number_of_columns_must_match_the_classes():
    classes = np.array(["a", "b", "c", "d"])
    with pytest.raises(ValueError) as caught:
        check_pred_probs(PRED_PROBS, 4, classes)
    assert str(caught.value) == (
        "pred_probs must have one column per class. Got 3 columns for 4 classes "
        "['a', 'b', 'c', 'd']; pass classes= if a class is absent from y."
    )


def test_many_classes_are_not_all_listed():
    with pytest.raises(ValueError, match=r"for 1000 classes \[0, 1, .*, 9\]\.\.\.; pass"):
        check_pred_probs(PRED_PROBS, 4, np.arange(1000))


@pytest.mark.parametrize(
    ("pred_probs", "message"),
    [
        (PRED_PROBS[:3], "one row per label. Got 3 rows for 4 labels"),
        (PRED_PROBS[:, 0], r"must be a 2D array .* Got 1D array instead, of shape \(4,\)"),
        (PRED_PROBS[np.newaxis], "Got 3D array instead"),
        (np.array([["x"] * 3] * 4), "pred_probs must be numbers"),
        (np.array([["x"] * 3] * 4, dtype=object), "pred_probs must be numbers"),
        (np.array([[None] * 3] * 4, dtype=object), "(pred_probs must be numbers|sums to nan)"),
        (PRED_PROBS.astype(complex), "pred_probs must be numbers. Got dtype complex128"),
    ],
)
def test_what_is_no_table_of_probabilities_is_refused(pred_probs, message):
    with pytest.raises(ValueError, match=message):
        check_pred_probs(pred_probs, 4, CLASSES)


def test_one_class_is_too_few():
    with pytest.raises(ValueError, match=r"has to be greater than one; got 1 class \['a'\]"):
        check_pred_probs(np.ones((4, 1)), 4, np.array(["a"]))


def test_a_noise_matrix_is_row_stochastic():
    noise_matrix = [[0.9, 0.1], [0.3, 0.7]]
    found = check_noise_matrix(noise_matrix, 2)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, noise_matrix)


@pytest.mark.parametrize(
    ("noise_matrix", "message"),
    [
        ([[0.5, 0.5]], r"must be square. Got shape \(1, 2\)"),
        ([0.5, 0.5], "must be square"),
        (np.eye(3), "one row per class. Got 3 rows for 2 classes"),
        ([[1.0, 0.0], [0.3, 0.6]], "Row 1 is .*pass the transpose"),
        ([[1.1, -0.1], [0.0, 1.0]], "Row 0 is"),
        ([[np.nan, 1.0], [0.0, 1.0]], "Row 0 is"),
        ([[0.9, 0.3], [0.1, 0.7]], "Row 0 is .*if the columns sum to 1 instead"),
    ],
)
def test_what_is_no_noise_matrix_is_refused(noise_matrix, message):
    with pytest.raises(ValueError, match=message):
        check_noise_matrix(noise_matrix, 2)
