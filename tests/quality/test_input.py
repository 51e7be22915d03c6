"""Label quality and label issues of every kind of input, hard cases included."""

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest

from skclean import LabelIssues, confident_joint, find_label_issues, label_quality_scores
from skclean._core import _blocks
from skclean.quality import PRUNE_NAMES, QUALITY_NAMES
from tests.quality.tables import table_of

pytestmark = pytest.mark.filterwarnings("ignore:The most probable class is the given label")
PRUNES = [None, *sorted(PRUNE_NAMES)]
RULES = [None, *sorted(PRUNE_NAMES - {"low_quality"})]
CLASSIC = ["by_noise_rate", "by_class", "both", "confident", "predicted_neq_given"]
QUALITIES = sorted(QUALITY_NAMES)
ROW_SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]
NAMES = ["ant", "bee", "cat"]


@pytest.mark.parametrize(
    "convert",
    [
        list,
        lambda labels: labels.astype(object),
        lambda labels: pd.Series(labels, index=np.arange(len(labels))[::-1] * 3),
        lambda labels: pd.Series(labels, dtype="string"),
        lambda labels: pd.Categorical(labels, categories=["dog", "cat", "bee", "ant"]),
        lambda labels: pd.Series(labels, dtype="category"),
        lambda labels: pl.Series(labels),
        lambda labels: np.select([labels == "ant", labels == "bee"], [-4, 0], 77),
        lambda labels: np.select([labels == "ant", labels == "bee"], [1, 2], 9).astype(np.uint8),
        lambda labels: np.select([labels == "ant", labels == "bee"], [0.0, 1.0], 2.0),
    ],
)
@pytest.mark.parametrize("prune", ["by_noise_rate", "by_posterior"])
def test_labels_of_every_type_give_the_same_mask(convert, prune):
    codes, pred_probs = table_of()
    labels = np.array(NAMES)[codes]
    expected = find_label_issues(labels, pred_probs, prune=prune)
    y = convert(labels)
    found = find_label_issues(y, pred_probs, prune=prune)
    assert found.n_issues > 0
    np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
    np.testing.assert_array_equal(found.label_quality, expected.label_quality)
    made = np.asarray(y)
    assert found.suggested_label.dtype == found.given_label.dtype == made.dtype
    np.testing.assert_array_equal(found.given_label, made)
    np.testing.assert_array_equal(found.suggested_label, found.classes[pred_probs.argmax(axis=1)])


def test_bool_labels_give_the_same_mask():
    codes, pred_probs = table_of(n_classes=2)
    expected = find_label_issues(codes, pred_probs, prune="by_class")
    found = find_label_issues(codes.astype(bool), pred_probs, prune="by_class")
    assert found.suggested_label.dtype == bool
    np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
    budget = find_label_issues(codes.astype(bool), pred_probs, n_issues={True: 3})
    assert budget.given_label[budget.issue_mask].tolist() == [True] * 3


@pytest.mark.parametrize(
    "convert",
    [
        lambda values: values.tolist(),
        lambda values: pd.DataFrame(values, index=np.arange(len(values)) + 7, columns=NAMES),
        lambda values: pd.DataFrame(values).astype("Float64"),
        lambda values: pl.DataFrame(values, schema=NAMES),
        np.asfortranarray,
        lambda values: np.repeat(values, 2, axis=0)[::2],
    ],
)
def test_probabilities_of_every_container_give_the_same_result(convert):
    y, pred_probs = table_of()
    expected = find_label_issues(y, pred_probs)
    found = find_label_issues(y, convert(pred_probs))
    assert found.label_quality.dtype == np.float64
    np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
    np.testing.assert_allclose(found.label_quality, expected.label_quality, rtol=1e-10)


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_quality_keeps_single_precision(dtype, quality):
    y, pred_probs = table_of()
    scores = label_quality_scores(y, pred_probs.astype(dtype), quality=quality)
    assert scores.dtype == (np.float64 if dtype == np.float64 else np.float32)
    assert scores.min() >= 0
    assert scores.max() <= 1
    exact = label_quality_scores(y, pred_probs, quality=quality)
    tolerance = {np.float16: 0.03, np.float32: 1e-4, np.float64: 0}[dtype]
    np.testing.assert_allclose(scores, exact, atol=tolerance)


@pytest.mark.parametrize("prune", CLASSIC)
def test_precision_hardly_changes_the_mask(prune):
    y, pred_probs = table_of(n_samples=2000)
    exact = find_label_issues(y, pred_probs, prune=prune).issue_mask
    single = find_label_issues(y, pred_probs.astype(np.float32), prune=prune).issue_mask
    half = find_label_issues(y, pred_probs.astype(np.float16), prune=prune).issue_mask
    assert (single != exact).mean() <= 0.001
    assert (half != exact).mean() <= 0.01


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_memory_maps_equal_arrays(tmp_path, monkeypatch, order, dtype):
    y, pred_probs = table_of(n_samples=300)
    in_memory = np.array(pred_probs.astype(dtype), order=order)
    mapped = np.memmap(
        tmp_path / "probs", dtype=dtype, mode="w+", shape=pred_probs.shape, order=order
    )
    mapped[:] = in_memory
    mapped.flush()
    mapped = np.memmap(
        tmp_path / "probs", dtype=dtype, mode="r", shape=pred_probs.shape, order=order
    )
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 1000)
    for prune in PRUNES:
        expected = find_label_issues(y, in_memory, prune=prune)
        found = find_label_issues(y, mapped, prune=prune)
        np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
        np.testing.assert_array_equal(found.label_quality, expected.label_quality)
        assert not isinstance(found.label_quality, np.memmap)


@pytest.mark.parametrize("prune", PRUNES)
@pytest.mark.parametrize("quality", QUALITIES)
def test_certain_probabilities_have_a_defined_result(prune, quality):
    y, pred_probs = table_of()
    certain = np.eye(3)[pred_probs.argmax(axis=1)]
    issues = find_label_issues(y, certain, prune=prune, quality=quality)
    assert np.isfinite(issues.label_quality).all()
    assert np.isfinite(issues.noise.joint).all()
    wrong = certain.argmax(axis=1) != y
    assert issues.label_quality[wrong].max() < issues.label_quality[~wrong].min()
    if prune in ("confident", "predicted_neq_given"):
        np.testing.assert_array_equal(issues.issue_mask, wrong)


@pytest.mark.parametrize("prune", PRUNES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_zero_probabilities_have_a_defined_result(prune, dtype):
    y, pred_probs = table_of(concentration=0.3)
    pred_probs[pred_probs < 0.2] = 0
    pred_probs /= pred_probs.sum(axis=1, keepdims=True)
    for quality in QUALITIES:
        issues = find_label_issues(y, pred_probs.astype(dtype), prune=prune, quality=quality)
        assert np.isfinite(issues.label_quality).all()
        assert issues.n_issues > 0


@pytest.mark.parametrize("prune", PRUNES)
def test_no_label_is_ever_given_to_its_own_probability(prune):
    # every given label has probability 0: thresholds are at their floor
    y = np.arange(30) % 3
    pred_probs = np.eye(3)[(y + 1) % 3]
    issues = find_label_issues(y, pred_probs, prune=prune, min_samples_per_class=2)
    assert np.isfinite(issues.noise.noise_matrix).all()
    left = np.bincount(y[~issues.issue_mask], minlength=3)
    if prune in ("by_noise_rate", "by_class", "both"):
        assert (left >= 2).all()
    assert issues.n_issues > 20


@pytest.mark.parametrize("prune", PRUNES)
def test_a_class_missing_from_the_labels_is_allowed(prune):
    y, pred_probs = table_of(n_classes=4)
    y = np.where(y == 2, 3, y)
    issues = find_label_issues(y, pred_probs, prune=prune, classes=np.arange(4))
    assert issues.classes.tolist() == [0, 1, 2, 3]
    assert issues.noise.joint.shape == (4, 4)
    np.testing.assert_array_equal(issues.noise.joint[:, 2], 0)
    np.testing.assert_array_equal(issues.noise.inverse_noise_matrix[2], [0, 0, 1, 0])
    assert 2 in issues.suggested_label
    for quality in QUALITIES:
        scores = label_quality_scores(y, pred_probs, quality=quality, classes=np.arange(4))
        assert scores.min() >= 0
        assert scores.max() <= 1


def test_adjusting_leaves_a_missing_class_alone():
    # thresholds .55 and .8, class 2 is absent and takes the highest
    y = ["a", "a", "b"]
    pred_probs = [[0.9, 0.1, 0.0], [0.2, 0.3, 0.5], [0.2, 0.8, 0.0]]
    score = label_quality_scores(
        y, pred_probs, quality="self_confidence", adjust=True, classes=["a", "b", "c"]
    )
    np.testing.assert_allclose(score, [1.15 / 1.25, 0.45 / 1.25, 0.8 / 1.25], rtol=1e-14)


@pytest.mark.parametrize("prune", RULES)
def test_the_only_sample_of_a_class_is_never_flagged(prune):
    y, pred_probs = table_of()
    y = np.append(y, 3)
    pred_probs = np.column_stack([np.vstack([pred_probs, [0.9, 0.05, 0.05]]), np.zeros(len(y))])
    issues = find_label_issues(y, pred_probs, prune=prune, min_samples_per_class=0)
    assert not issues.issue_mask[-1]
    assert issues.n_issues > 0
    assert issues.suggested_label[-1] == 0


@pytest.mark.parametrize("prune", PRUNES)
@pytest.mark.parametrize("quality", QUALITIES)
def test_more_classes_than_samples(prune, quality):
    pred_probs = np.random.default_rng(0).dirichlet(np.ones(20), size=6)
    y = [3, 3, 4, 4, 4, 11]
    issues = find_label_issues(
        y, pred_probs, prune=prune, quality=quality, classes=range(20), min_samples_per_class=0
    )
    assert np.isfinite(issues.label_quality).all()
    assert issues.noise.noise_matrix.shape == (20, 20)
    np.testing.assert_allclose(issues.noise.noise_matrix.sum(axis=1), 1)


@pytest.mark.parametrize("prune", ["by_class", "both"])
@pytest.mark.parametrize("minimum", [0, 1, 5, 20])
def test_the_minimum_of_samples_is_kept(prune, minimum):
    y, pred_probs = table_of(n_classes=4)
    y = (y + 1) % 4  # nearly every label is wrong
    issues = find_label_issues(y, pred_probs, prune=prune, min_samples_per_class=minimum)
    left = np.bincount(y[~issues.issue_mask], minlength=4)
    assert (left >= np.minimum(np.bincount(y), minimum)).all()
    assert issues.n_issues > 0


def test_by_noise_rate_gives_up_the_minimum_where_its_counts_cannot_pay_for_it():
    # of six given class 0, one is right, four are of class 1 and one is of class 2: four more
    # should stay, two from each count, but class 2 has one to give
    y = [0] * 6 + [1] * 10 + [2] * 10
    certain = np.eye(3)
    pred_probs = certain[[0, 1, 1, 1, 1, 2] + [1] * 10 + [2] * 10]
    assert confident_joint(y, pred_probs)[:, 0].tolist() == [1, 4, 1]
    found = {
        prune: np.flatnonzero(find_label_issues(y, pred_probs, prune=prune).issue_mask).tolist()
        for prune in ("by_noise_rate", "by_class")
    }
    assert found == {"by_noise_rate": [1, 2], "by_class": [1]}


@pytest.mark.parametrize("prune", ["by_noise_rate", "by_class", "both"])
def test_classes_no_larger_than_the_minimum_are_left_alone(prune):
    y, pred_probs = table_of(n_classes=4)
    y = (y + 1) % 4  # nearly every label is wrong
    counts = np.bincount(y)
    minimum = int(np.sort(counts)[1])
    issues = find_label_issues(y, pred_probs, prune=prune, min_samples_per_class=minimum)
    flagged = np.bincount(y[issues.issue_mask], minlength=4)
    np.testing.assert_array_equal(flagged[counts <= minimum], 0)
    assert flagged.any()


def test_probabilities_are_renormalised_within_the_tolerance():
    y, pred_probs = table_of()
    scaled = pred_probs * np.linspace(0.9992, 1.0008, len(y))[:, np.newaxis]
    before = scaled.copy()
    found = find_label_issues(y, scaled, prune="by_class")
    expected = find_label_issues(y, pred_probs, prune="by_class")
    np.testing.assert_allclose(found.label_quality, expected.label_quality, atol=1e-9)
    np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
    np.testing.assert_array_equal(scaled, before)


def test_the_result_is_a_record_aligned_with_the_labels():
    y, pred_probs = table_of()
    issues = find_label_issues(y, pred_probs)
    assert isinstance(issues, LabelIssues)
    for name in ("label_quality", "issue_mask", "suggested_label", "given_label", "ambiguous_mask"):
        assert getattr(issues, name).shape == y.shape
    np.testing.assert_array_equal(issues.suggested_proba, pred_probs.max(axis=1))
    np.testing.assert_array_equal(issues.label_quality, label_quality_scores(y, pred_probs))


def test_neither_argument_is_changed():
    y, pred_probs = table_of()
    y.flags.writeable = pred_probs.flags.writeable = False
    for prune in PRUNES:
        find_label_issues(y, pred_probs, prune=prune)
    for quality in ROW_SCORES:
        label_quality_scores(y, pred_probs, quality=quality, adjust=True)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_the_backend_of_joblib_does_not_matter(backend):
    rng = np.random.default_rng(0)
    y = rng.integers(10, size=60_000)
    pred_probs = rng.random((60_000, 10))
    pred_probs[np.arange(60_000), y] += 3
    pred_probs /= pred_probs.sum(axis=1, keepdims=True)
    expected = find_label_issues(y, pred_probs)
    with joblib.parallel_config(backend=backend):
        found = find_label_issues(y, pred_probs, n_jobs=2)
    np.testing.assert_array_equal(found.label_quality, expected.label_quality)
    np.testing.assert_array_equal(found.noise.joint, expected.noise.joint)
