"""Label quality from the probabilities of a row alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skclean._core import _blocks
from skclean._core._quality import (
    QUALITY,
    confidence_weighted_entropy,
    label_quality,
    normalized_margin,
    self_confidence,
)

Y = np.array([0, 1, 2])
PRED_PROBS = np.array([[0.7, 0.2, 0.1], [0.6, 0.1, 0.3], [0.25, 0.25, 0.5]])


def test_self_confidence_reads_the_given_column():
    np.testing.assert_array_equal(self_confidence(Y, PRED_PROBS), [0.7, 0.1, 0.5])


def test_normalized_margin_compares_with_the_best_other_class():
    expected = [(0.5 + 1) / 2, (-0.5 + 1) / 2, (0.25 + 1) / 2]
    np.testing.assert_allclose(normalized_margin(Y, PRED_PROBS), expected, rtol=1e-15)


def test_normalized_margin_spans_zero_to_one():
    certain = np.array([[1.0, 0, 0], [1.0, 0, 0]])
    np.testing.assert_array_equal(normalized_margin(np.array([0, 1]), certain), [1, 0])


def test_normalized_margin_leaves_the_probabilities_alone():
    before = PRED_PROBS.copy()
    normalized_margin(Y, PRED_PROBS)
    np.testing.assert_array_equal(PRED_PROBS, before)


def test_confidence_weighted_entropy_of_a_fair_coin():
    # entropy 1 of 1, self-confidence 1/2: x = 2, ln(3) / 2
    score = confidence_weighted_entropy(np.array([0]), np.array([[0.5, 0.5]]))
    np.testing.assert_allclose(score, np.log(3) / 2, rtol=1e-15)


def test_confidence_weighted_entropy_by_hand():
    # entropy of (1/2, 1/4, 1/4) is 1.5 ln 2, over ln 3, over the self-confidence 1/4
    x = 1.5 * np.log(2) / np.log(3) / 0.25
    score = confidence_weighted_entropy(np.array([1]), np.array([[0.5, 0.25, 0.25]]))
    np.testing.assert_allclose(score, np.log(x + 1) / x, rtol=1e-15)


def test_confidence_weighted_entropy_tends_to_one_for_a_certain_right_label():
    certainty = np.array([0.999, 0.999999, 1 - 1e-12, 1.0])
    pred_probs = np.column_stack([certainty, 1 - certainty])
    scores = confidence_weighted_entropy(np.zeros(4, dtype=int), pred_probs)
    assert (np.diff(scores) >= 0).all()
    assert scores[-1] == 1
    assert scores[0] > 0.99


def test_confidence_weighted_entropy_is_zero_for_a_certain_other_label():
    scores = confidence_weighted_entropy(np.array([1]), np.array([[1.0, 0.0]]))
    np.testing.assert_array_equal(scores, [0])
    nearly = confidence_weighted_entropy(np.array([1]), np.array([[1 - 1e-4, 1e-4]]))
    assert nearly < 0.3


def test_adjusted_scores_measure_against_the_thresholds():
    # thresholds .8 and .3: shift by 0 and .5, (.6, .9) / 1.5 = (.4, .6)
    scores = label_quality(
        np.array([0, 1]),
        np.array([[0.6, 0.4], [0.6, 0.4]]),
        "self_confidence",
        thresholds=np.array([0.8, 0.3]),
    )
    np.testing.assert_allclose(scores, [0.4, 0.6], rtol=1e-15)


def test_equal_thresholds_adjust_nothing():
    for name in QUALITY:
        plain = label_quality(Y, PRED_PROBS, name)
        adjusted = label_quality(Y, PRED_PROBS, name, thresholds=np.full(3, 0.4))
        np.testing.assert_allclose(adjusted, plain, rtol=1e-12)


@given(
    arrays(np.float64, (12, 4), elements=st.floats(0, 1)),
    st.lists(st.integers(0, 3), min_size=12, max_size=12),
    st.sampled_from([np.float32, np.float64]),
    st.booleans(),
)
@settings(deadline=None, max_examples=100)
def test_every_score_lies_between_zero_and_one(weights, y, dtype, adjust):
    weights[weights.sum(axis=1) < 1e-3] = [1, 0, 0, 0]
    pred_probs = weights.astype(dtype)
    pred_probs /= pred_probs.sum(axis=1, keepdims=True)
    thresholds = np.array([0.9, 0.1, 0.5, 0.3]) if adjust else None
    for name in QUALITY:
        scores = label_quality(np.array(y), pred_probs, name, thresholds)
        assert scores.dtype == dtype
        assert np.isfinite(scores).all()
        assert scores.min() >= 0
        assert scores.max() <= 1


@pytest.mark.parametrize("name", sorted(QUALITY))
@pytest.mark.parametrize("adjust", [False, True])
def test_blocks_do_not_change_the_scores(monkeypatch, name, adjust):
    rng = np.random.default_rng(0)
    pred_probs = rng.dirichlet(np.ones(4), size=101)
    y = rng.integers(0, 4, 101)
    thresholds = np.array([0.9, 0.1, 0.5, 0.3]) if adjust else None
    whole = label_quality(y, pred_probs, name, thresholds)
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 7 * pred_probs[0].nbytes)
    np.testing.assert_array_equal(label_quality(y, pred_probs, name, thresholds), whole)
