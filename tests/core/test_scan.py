"""The scan of all rows, against what each row says alone."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy

from skclean import find_label_issues, label_quality_scores
from skclean._core import _blocks
from skclean._core._blocks import NARROW
from skclean._core._scan import label_wins, most_probable, scan, scan_block
from skclean.utils._validation import check_evidence

WIDTHS = [2, 3, NARROW, NARROW + 1, 100]
ENTRIES = [-0.25, -1e-300, -0.0, 0.0, 1e-300, 0.25, 0.5, 1.0, 1.0 + 1e-15]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f8", "<f4", ">f8", ">f4"])
@given(data=st.data())
def test_most_probable_is_argmax_and_signs_are_seen(dtype, order, data):
    n_classes = data.draw(st.sampled_from(WIDTHS))
    entries = st.sampled_from(ENTRIES)
    block = data.draw(arrays(np.float64, (4, n_classes), elements=entries)).astype(dtype, order)
    predicted, best, unsigned = most_probable(block)
    np.testing.assert_array_equal(predicted, block.argmax(axis=1))
    np.testing.assert_array_equal(best, block.max(axis=1))
    assert unsigned == (not np.signbit(block).any())
    assert best.dtype.newbyteorder("=") == block.dtype.newbyteorder("=")


@pytest.mark.parametrize("n_classes", WIDTHS)
def test_scan_of_every_other_column(n_classes):
    rng = np.random.default_rng(0)
    wide = rng.dirichlet(np.ones(2 * n_classes), size=50)
    block, codes = wide[:, ::2], rng.integers(n_classes, size=50)
    found, unsigned = scan_block(block, codes)
    assert unsigned
    np.testing.assert_array_equal(found.predicted, block.argmax(axis=1))
    np.testing.assert_array_equal(found.self_confidence, block[np.arange(50), codes])
    wins = found.self_confidence + 1e-6 > block.max(axis=1)
    np.testing.assert_array_equal(label_wins(codes, found), wins)


@pytest.mark.filterwarnings("ignore:The most probable class is the given label")
@pytest.mark.parametrize("n_classes", [3, 40])
def test_negative_zero_is_a_probability_of_zero(n_classes):
    rng = np.random.default_rng(0)
    y = rng.integers(n_classes, size=300)
    pred_probs = np.zeros((300, n_classes))
    pred_probs[np.arange(300), rng.integers(n_classes, size=300)] = 1
    signed = np.where(pred_probs == 0, -0.0, pred_probs)
    for prune in (None, "by_noise_rate", "predicted_neq_given"):
        masks = [find_label_issues(y, p, prune=prune).issue_mask for p in (pred_probs, signed)]
        assert masks[0].any()
        np.testing.assert_array_equal(*masks)


SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy", "posterior"]
CALLS = [find_label_issues, *(partial(label_quality_scores, quality=name) for name in SCORES)]


@pytest.mark.parametrize("n_classes", [3, 40])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("by", [0.5, 1e308])
@pytest.mark.parametrize("given", [1, 2])
def test_a_negative_entry_is_named_whatever_the_sum(n_classes, call, by, given):
    y = np.arange(80) % n_classes
    y[7] = given
    pred_probs = np.full((80, n_classes), 1 / n_classes)
    pred_probs[7, :2] += [by, -by]
    pred_probs[7, 2:] = (1 - pred_probs[7, :2].sum()) / (n_classes - 2)
    with pytest.raises(ValueError, match=r"Row 7 sums to \S+ with values from -"):
        call(y, pred_probs)


@pytest.mark.parametrize("n_classes", [3, 40])
@pytest.mark.parametrize("name", SCORES[:3])
@pytest.mark.parametrize("given", [0, 1, 2])
def test_what_is_hardly_negative_is_clipped(n_classes, name, given):
    y = np.arange(80) % n_classes
    y[70] = given
    pred_probs = np.full((80, n_classes), 1 / n_classes)
    pred_probs[70, :2] = [-1e-4, 2 / n_classes + 1e-4]
    scores = label_quality_scores(y, pred_probs, quality=name)
    clipped = np.maximum(pred_probs, 0)
    clipped /= clipped.sum(axis=1, keepdims=True)
    expected = label_quality_scores(y, clipped, quality=name)
    np.testing.assert_allclose(scores, expected, rtol=1e-12)


def plain_scores(y, pred_probs):
    """The formulas of the scores, in plain words."""
    own = pred_probs[np.arange(len(y)), y]
    others = np.where(np.arange(pred_probs.shape[1]) == y[:, np.newaxis], -1, pred_probs)
    ratio = entropy(pred_probs, axis=1) / np.log(pred_probs.shape[1]) / np.maximum(own, 1e-6)
    return own, (own - others.max(axis=1) + 1) / 2, np.log1p(ratio) / ratio


@pytest.mark.parametrize("n_classes", [NARROW, NARROW + 1, 100])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f8", "<f4", ">f8", ">f4"])
@pytest.mark.parametrize("rows_per_piece", [1, 7, 1000])
def test_pieces_change_neither_scores_nor_scan(
    monkeypatch, n_classes, order, dtype, rows_per_piece
):
    rng = np.random.default_rng(0)
    pred_probs = rng.dirichlet(np.full(n_classes, 0.3), size=120)
    y = rng.integers(n_classes, size=120)
    y[:n_classes] = np.arange(n_classes)
    pred_probs = pred_probs.astype(dtype, order)
    monkeypatch.setattr(_blocks, "PIECE_BYTES", rows_per_piece * pred_probs[0].nbytes)
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 30 * pred_probs[0].nbytes)
    for name, expected in zip(SCORES[:3], plain_scores(y, pred_probs.astype(float)), strict=True):
        scores = label_quality_scores(y, pred_probs, quality=name)
        np.testing.assert_allclose(scores, expected, rtol=1e-4 if "4" in dtype else 1e-10)
    found = check_evidence(y, pred_probs, np.arange(n_classes)).scan
    for seen, whole in zip(found, scan(y, pred_probs), strict=True):
        np.testing.assert_array_equal(seen, whole)
    np.testing.assert_array_equal(found.predicted, pred_probs.argmax(axis=1))


@pytest.mark.parametrize("n_classes", [NARROW, 100])
@pytest.mark.parametrize("dtype", ["<f8", "<f4", ">f4"])
@pytest.mark.parametrize("name", SCORES[:3])
def test_a_negative_zero_changes_no_score(n_classes, dtype, name):
    rng = np.random.default_rng(0)
    y = np.arange(200) % n_classes
    pred_probs = rng.dirichlet(np.full(n_classes, 0.3), size=200)
    pred_probs[3:90:7, 5] = 0
    pred_probs /= pred_probs.sum(axis=1, keepdims=True)
    expected = label_quality_scores(y, pred_probs.astype(dtype), quality=name)
    signed = np.where(pred_probs == 0, -0.0, pred_probs).astype(dtype)
    np.testing.assert_array_equal(label_quality_scores(y, signed, quality=name), expected)


@pytest.mark.parametrize("n_classes", [3, 40])
@pytest.mark.parametrize("order", ["<", ">"])
def test_extended_precision_is_taken(n_classes, order):
    rng = np.random.default_rng(0)
    y = np.arange(200) % n_classes
    pred_probs = rng.dirichlet(np.ones(n_classes), size=200)
    extended = pred_probs.astype(np.dtype(np.longdouble).newbyteorder(order))
    for call in CALLS[:4]:
        found, expected = (call(y, p) for p in (extended, pred_probs))
        if call is find_label_issues:
            found, expected = found.issue_mask, expected.issue_mask
        np.testing.assert_allclose(found, expected)
