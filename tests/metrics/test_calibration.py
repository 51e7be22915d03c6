"""The calibration of label quality against hand-made bins and scikit-learn's curve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from skclean.metrics import label_quality_calibration


@settings(max_examples=50, deadline=None)
@given(
    n_samples=st.integers(2, 80),
    n_bins=st.integers(1, 12),
    strategy=st.sampled_from(["uniform", "quantile"]),
    seed=st.integers(0, 99),
)
def test_bins_are_those_of_scikit_learns_curve(n_samples, n_bins, strategy, seed):
    rng = np.random.default_rng(seed)
    quality = rng.random(n_samples)
    wrong = rng.random(n_samples) > quality
    wrong[:2] = [True, False]
    result = label_quality_calibration(wrong, quality, n_bins, strategy=strategy)
    actual, expected = calibration_curve(~wrong, quality, n_bins=n_bins, strategy=strategy)
    np.testing.assert_allclose(result.actual, actual)
    np.testing.assert_allclose(result.expected, expected)
    assert result.n_samples.sum() == n_samples
    assert result.brier_score == pytest.approx(brier_score_loss(~wrong, quality))
    assert 0 <= result.expected_calibration_error <= 1
    assert result.expected_calibration_error**2 <= result.brier_score + 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_error_goes_to_zero_for_probabilities_and_measures_a_shift(seed):
    rng = np.random.default_rng(seed)
    quality = rng.uniform(0.2, 1, size=50_000)
    right = rng.random(50_000) < quality
    assert label_quality_calibration(~right, quality).expected_calibration_error < 0.01
    shifted = label_quality_calibration(~right, quality - 0.2)
    assert shifted.expected_calibration_error == pytest.approx(0.2, abs=0.01)


def test_one_kind_of_label_alone_is_no_trouble():
    quality = np.array([0.25, 0.75])
    assert label_quality_calibration([False, False], quality).brier_score == pytest.approx(0.3125)
    assert label_quality_calibration([True, True], quality).expected_calibration_error == 0.5
    edges = label_quality_calibration([True, False], [0.0, 1.0])
    assert edges.expected_calibration_error == edges.brier_score == 0


def test_frame_and_text_hold_the_bins():
    pytest.importorskip("pandas")
    result = label_quality_calibration([True, False, False], [0.1, 0.1, 0.9])
    frame = result.to_frame()
    assert frame.to_dict("list") == {
        "expected": [0.1, 0.9],
        "actual": [0.5, 1.0],
        "n_samples": [2, 1],
    }
    assert repr(result).startswith("LabelQualityCalibration(n_samples=3, expected")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"wrong": [1, 0]}, "pass y_true != y"),
        ({"label_quality": [0.5]}, "inconsistent numbers of samples"),
        ({"label_quality": [0.5, 1.5]}, "Got 1.5 in row 1"),
        ({"n_bins": 0}, "'n_bins' parameter of label_quality_calibration"),
        ({"strategy": "equal"}, "'strategy' parameter of label_quality_calibration"),
    ],
)
def test_bad_input_is_refused(params, message):
    good = {"wrong": [True, False], "label_quality": [0.2, 0.8]}
    with pytest.raises(ValueError, match=message):
        label_quality_calibration(**(good | params))
