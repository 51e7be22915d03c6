"""Label quality and label issues from probabilities."""

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import brentq
from scipy.special import expit, logit, softmax

from skclean import LabelIssues, confident_joint, find_label_issues, label_quality_scores
from skclean._core import _blocks
from skclean._core._evidence import Evidence
from skclean._core._prune import by_posterior
from skclean._core._verdict import PER_QUALITY_OF_FDR, cautious
from skclean.quality import PRUNE_NAMES, QUALITY_NAMES

PRUNES = [None, *sorted(PRUNE_NAMES)]
RULES = [None, *sorted(PRUNE_NAMES - {"low_quality"})]
CLASSIC = ["by_noise_rate", "by_class", "both", "confident", "predicted_neq_given"]
QUALITIES = sorted(QUALITY_NAMES)
ROW_SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]

NAMES = ["ant", "bee", "cat"]


def _table(seed=0, n_samples=90, n_classes=3, concentration=1.0):
    """Labels drawn from random probabilities without ties; some are not the most probable."""
    rng = np.random.default_rng(seed)
    pred_probs = rng.dirichlet(np.full(n_classes, concentration), n_samples)
    pred_probs = 0.98 * pred_probs + 0.02 / n_classes
    y = (pred_probs.cumsum(axis=1) < rng.random((n_samples, 1))).sum(axis=1)
    y = np.minimum(y, n_classes - 1)
    y[: 2 * n_classes] = np.repeat(np.arange(n_classes), 2)
    return y, pred_probs


@st.composite
def tables(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    n_classes = draw(st.integers(2, 5))
    n_samples = draw(st.integers(20, 100))
    return _table(seed, n_samples, n_classes, draw(st.sampled_from([0.3, 1.0, 3.0])))


def _subset(inner, outer):
    return not (inner & ~outer).any()


# Known answers


def test_row_scores_by_hand():
    y = ["cat", "cat", "dog"]
    pred_probs = [[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]]
    score = label_quality_scores(y, pred_probs, quality="self_confidence")
    np.testing.assert_allclose(score, [0.9, 0.2, 0.5], rtol=1e-15)
    score = label_quality_scores(y, pred_probs, quality="normalized_margin")
    np.testing.assert_allclose(score, [0.9, 0.2, 0.5], rtol=1e-15)
    score = label_quality_scores(y, pred_probs, quality="confidence_weighted_entropy")
    assert score[2] == pytest.approx(np.log(3) / 2)


def test_adjusted_scores_by_hand():
    # thresholds .55 and .8: class 0 gains .25
    y = [0, 0, 1]
    pred_probs = [[0.9, 0.1], [0.2, 0.8], [0.2, 0.8]]
    score = label_quality_scores(y, pred_probs, quality="self_confidence", adjust=True)
    np.testing.assert_allclose(score, [1.15 / 1.25, 0.45 / 1.25, 0.8 / 1.25], rtol=1e-14)


def test_averaged_quality_is_the_mean_of_posterior_and_self_confidence():
    y, pred_probs = _table()
    averaged, posterior, confidence = (
        label_quality_scores(y, pred_probs, quality=quality)
        for quality in ("averaged", "posterior", "self_confidence")
    )
    np.testing.assert_allclose(averaged, (posterior + confidence) / 2, rtol=1e-14)


def test_the_posterior_goes_from_the_probability_towards_the_rule_of_bayes():
    # pure classes, labels of class 0 flip with .25, so p(given | x) = (.75, .25) or (0, 1);
    # by the rule of Bayes the ten are surely wrong and all others surely right
    y = np.array([0] * 30 + [1] * 10 + [1] * 40)
    pred_probs = np.repeat([[0.75, 0.25], [0.0, 1.0]], 40, axis=0)
    posterior = label_quality_scores(y, pred_probs, quality="posterior")
    assert (posterior[:30] > 0.97).all()
    assert (posterior[30:40] < 0.35).all()
    assert (posterior[40:] > 0.97).all()


def test_issues_by_hand():
    y = ["cat"] * 10 + ["dog"] * 10
    pred_probs = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    for prune in RULES:
        issues = find_label_issues(y, pred_probs, prune=prune)
        assert np.flatnonzero(issues.issue_mask).tolist() == [9]
        assert issues.suggested_label.tolist() == ["cat"] * 9 + ["dog"] * 11
        np.testing.assert_array_equal(issues.suggested_proba, 0.9)
        assert issues.given_label.tolist() == y
        assert issues.classes.tolist() == ["cat", "dog"]
        assert 0 <= issues.expected_precision <= 1


def test_collision_reaches_the_rules():
    # thresholds .9, .2 and .3: the last row is confident for classes 1 and 2, not for 0
    y = [0, 0, 1, 1, 2, 2, 2]
    pred_probs = [
        [0.95, 0.03, 0.02],
        [0.85, 0.10, 0.05],
        [0.50, 0.20, 0.30],
        [0.80, 0.20, 0.00],
        [0.30, 0.10, 0.60],
        [0.90, 0.10, 0.00],
        [0.50, 0.20, 0.30],
    ]
    for collision, rows in {"restricted": [2, 5], "unrestricted": [2, 5, 6]}.items():
        issues = find_label_issues(y, pred_probs, prune="confident", collision=collision)
        assert np.flatnonzero(issues.issue_mask).tolist() == rows


def test_low_quality_flags_as_many_as_the_joint_calls_wrong():
    y, pred_probs = _table()
    counts = confident_joint(y, pred_probs)
    n_wrong = counts.sum() - counts.trace()
    issues = find_label_issues(y, pred_probs, prune="low_quality", quality="self_confidence")
    assert issues.n_issues == n_wrong > 0
    lowest = np.argsort(pred_probs[np.arange(len(y)), y])[:n_wrong]
    np.testing.assert_array_equal(np.flatnonzero(issues.issue_mask), np.sort(lowest))


@pytest.mark.parametrize("quality", QUALITIES)
def test_expected_precision_is_the_mean_chance_of_the_flags(quality):
    y, pred_probs = _table()
    issues = find_label_issues(y, pred_probs, prune="by_class", quality=quality)
    evidence = Evidence(y, pred_probs)
    averaged = label_quality_scores(y, pred_probs)
    odds = 1.5 * logit(1 - averaged)
    contradicted = pred_probs.argmax(axis=1) != y
    asked = expit(evidence.odds_contradicted)
    shift = brentq(lambda shift: expit(odds[contradicted] + shift).mean() - asked, -20, 20)
    expected = expit(odds + shift)[issues.issue_mask].mean()
    assert issues.expected_precision == pytest.approx(expected, abs=1e-4)
    low, high = issues.expected_precision_interval
    assert 0 < low < expected < high < 1
    none = find_label_issues(y, pred_probs, prune="by_class", n_issues=0)
    assert np.isnan(none.expected_precision)
    assert none.expected_precision_interval is None


def _three_gaussians(seed, separation, noise_rate, n_samples=3000):
    """Given and true labels, and the p(given | x) of a model that knows all."""
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, 3, n_samples)
    X = separation * np.eye(3)[y_true] + rng.normal(size=(n_samples, 3))
    noise_matrix = np.full((3, 3), noise_rate / 2)
    np.fill_diagonal(noise_matrix, 1 - noise_rate)
    y = (noise_matrix[y_true].cumsum(axis=1) < rng.random((n_samples, 1))).sum(axis=1)
    return y, y_true, softmax(separation * X, axis=1) @ noise_matrix


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("separation", [2.0, 3.0])
@pytest.mark.parametrize("noise_rate", [0.1, 0.2, 0.3])
def test_expected_precision_is_near_the_actual_one(seed, separation, noise_rate):
    y, y_true, pred_probs = _three_gaussians(seed, separation, noise_rate)
    wrong = y != y_true
    issues = find_label_issues(y, pred_probs)
    assert issues.expected_precision == pytest.approx(wrong[issues.issue_mask].mean(), abs=0.2)
    low, high = issues.expected_precision_interval
    assert low < wrong[issues.issue_mask].mean() < high


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("noise_rate", [0.1, 0.2])
def test_max_fdr_keeps_right_flags_and_most_of_them_where_classes_are_apart(seed, noise_rate):
    for separation in (2.0, 4.0):
        y, y_true, pred_probs = _three_gaussians(seed, separation, noise_rate)
        wrong = y != y_true
        kept = find_label_issues(y, pred_probs, max_fdr=0.1).issue_mask
        assert np.count_nonzero(kept & ~wrong) <= 0.15 * np.count_nonzero(kept)
    assert kept[wrong].mean() > 0.9


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("separation", "most"), [(2.0, 0.25), (3.0, 0.1)])
def test_little_is_expected_of_flags_on_clean_labels(seed, separation, most):
    y, _, pred_probs = _three_gaussians(seed, separation, 0.0)
    issues = find_label_issues(y, pred_probs)
    assert issues.n_issues > 0
    assert issues.expected_precision < most
    assert issues.n_ambiguous >= 0.9 * issues.n_issues


def test_the_default_flags_as_many_as_the_middle_one_of_three_counts():
    y, pred_probs = _table(n_samples=300)
    sizes = [
        np.count_nonzero(by_posterior(Evidence(y, pred_probs)))
        if prune == "by_posterior"
        else find_label_issues(y, pred_probs, prune=prune).n_issues
        for prune in ("by_noise_rate", "predicted_neq_given", "by_posterior")
    ]
    issues = find_label_issues(y, pred_probs)
    worst = np.argsort(issues.label_quality, kind="stable")[: sorted(sizes)[1]]
    expected = np.zeros(300, dtype=bool)
    expected[worst] = pred_probs[worst].argmax(axis=1) != y[worst]
    np.testing.assert_array_equal(issues.issue_mask, expected)
    assert len(set(sizes)) == 3


def test_flags_in_pure_classes_stand_and_flags_in_mixed_ones_do_not():
    rng = np.random.default_rng(0)
    y_true = np.repeat([0, 1], 400)
    pure = np.where(y_true[:, np.newaxis] == [0, 1], 0.9, 0.1)
    y = np.where(rng.random(800) < 0.1, 1 - y_true, y_true)
    issues = find_label_issues(y, pure)
    np.testing.assert_array_equal(issues.issue_mask, y != y_true)
    assert issues.n_ambiguous == 0
    assert issues.noise_rate_bounds[0] > 0.03
    # the same share of contradictions, and none where the model is sure
    p_one = rng.beta(0.5, 0.5, 800).clip(0.001, 0.999)
    mixed = np.column_stack([1 - p_one, p_one])
    y = (rng.random(800) < p_one).astype(int)
    issues = find_label_issues(y, mixed)
    assert issues.n_issues > 50
    assert issues.n_ambiguous > 0.9 * issues.n_issues
    assert issues.noise_rate_bounds[0] == 0


def test_classes_with_mostly_wrong_labels_are_named():
    # 40 right labels of class 1 and 60 that belong to class 0
    y = np.array([0] * 300 + [1] * 100)
    pred_probs = np.repeat([[0.8, 0.2], [0.1, 0.9]], [360, 40], axis=0)
    issues = find_label_issues(np.array(["no", "yes"])[y], pred_probs)
    assert issues.doubtful_classes.tolist() == ["yes"]
    assert "doubtful_classes=['yes']" in repr(issues)
    assert issues.n_issues == 60
    right = np.r_[:300, 360:400]
    fine = find_label_issues(y[right], pred_probs[right])
    assert fine.doubtful_classes.tolist() == []


# Properties


@given(tables(), st.sampled_from(RULES))
@settings(deadline=None, max_examples=60)
def test_permuting_samples_permutes_scores_and_masks(table, prune):
    y, pred_probs = table
    order = np.random.default_rng(0).permutation(len(y))
    before = find_label_issues(y, pred_probs, prune=prune)
    after = find_label_issues(y[order], pred_probs[order], prune=prune)
    np.testing.assert_allclose(after.label_quality, before.label_quality[order], atol=1e-10)
    np.testing.assert_array_equal(after.issue_mask, before.issue_mask[order])
    np.testing.assert_array_equal(after.suggested_label, before.suggested_label[order])
    assert after.noise.noise_rate == pytest.approx(before.noise.noise_rate, abs=1e-10)


@given(tables(), st.sampled_from(QUALITIES))
@settings(deadline=None, max_examples=60)
def test_scores_lie_between_zero_and_one(table, quality):
    y, pred_probs = table
    scores = label_quality_scores(y, pred_probs, quality=quality)
    assert scores.shape == y.shape
    assert scores.min() >= 0
    assert scores.max() <= 1


def _rounding_is_clear(counts, given_counts):
    """Has no column halves to round or equal remainders, which go by the order of classes?"""
    exact = counts / counts.sum(axis=0) * given_counts
    remainders = np.sort(exact - np.round(exact), axis=0)
    halves = abs(abs(remainders) - 0.5) < 1e-6
    equal = (np.diff(remainders, axis=0) < 1e-6) & (abs(remainders[1:]) > 1e-6)
    return not halves.any() and not equal.any()


@given(tables(), st.sampled_from(RULES), st.sampled_from(QUALITIES))
@settings(deadline=None, max_examples=80)
def test_renaming_classes_keeps_scores_and_masks(table, prune, quality):
    y, pred_probs = table
    assume(_rounding_is_clear(confident_joint(y, pred_probs, calibrate=False), np.bincount(y)))
    names = np.random.default_rng(len(y)).permutation(pred_probs.shape[1])
    back = np.argsort(names)
    before = find_label_issues(y, pred_probs, prune=prune, quality=quality)
    after = find_label_issues(names[y], pred_probs[:, back], prune=prune, quality=quality)
    np.testing.assert_array_equal(after.issue_mask, before.issue_mask)
    np.testing.assert_allclose(after.label_quality, before.label_quality, atol=1e-9)
    np.testing.assert_array_equal(after.suggested_label, names[before.suggested_label])


@pytest.mark.parametrize("prune", RULES)
@pytest.mark.parametrize("n_classes", [2, 3, 8])
@pytest.mark.parametrize("confidence", [1.0, 0.9, 0.6])
def test_correct_probabilities_flag_nothing(prune, n_classes, confidence):
    y = np.arange(50) % n_classes
    pred_probs = confidence * np.eye(n_classes)[y] + (1 - confidence) / n_classes
    issues = find_label_issues(y, pred_probs, prune=prune)
    assert issues.n_issues == 0
    assert np.isnan(issues.expected_precision)
    np.testing.assert_array_equal(issues.suggested_label, y)


@given(tables(), st.sampled_from(PRUNES), st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None, max_examples=60)
def test_max_fdr_bounds_the_expected_share_of_false_flags(table, prune, first, second):
    y, pred_probs = table
    low, high = sorted([first, second])
    strict = find_label_issues(y, pred_probs, prune=prune, max_fdr=low)
    lax = find_label_issues(y, pred_probs, prune=prune, max_fdr=high)
    free = find_label_issues(y, pred_probs, prune=prune)
    assert _subset(strict.issue_mask, lax.issue_mask)
    assert _subset(lax.issue_mask, free.issue_mask)
    for issues, max_fdr in [(strict, low), (lax, high)]:
        if issues.n_issues:
            assert issues.expected_precision >= 1 - max_fdr - 1e-9
    everything = find_label_issues(y, pred_probs, prune=prune, max_fdr=1)
    np.testing.assert_array_equal(everything.issue_mask, free.issue_mask)


def test_max_fdr_keeps_some_and_drops_some():
    y, pred_probs = _table(n_samples=400)
    free = find_label_issues(y, pred_probs, prune="predicted_neq_given")
    evidence = Evidence(y, pred_probs)
    max_fdr = 1 - free.expected_precision - 0.05
    everywhere = np.ones(len(y), dtype=bool)
    flat = evidence.chance_wrong(everywhere, PER_QUALITY_OF_FDR)
    chance = np.minimum(flat, evidence.chance_wrong(everywhere))
    right = 1 - cautious(chance, evidence.odds_contradicted, max_fdr)
    some = find_label_issues(y, pred_probs, prune="predicted_neq_given", max_fdr=max_fdr)
    assert 0 < some.n_issues < free.n_issues
    assert right[some.issue_mask].mean() <= max_fdr
    left = free.issue_mask & ~some.issue_mask
    assert right[some.issue_mask].max() <= right[left].min()
    one_more = np.append(right[some.issue_mask], right[left].min())
    assert one_more.mean() > max_fdr


@given(tables(), st.data())
@settings(deadline=None, max_examples=60)
def test_a_larger_budget_flags_a_superset(table, data):
    y, pred_probs = table
    quality = data.draw(st.sampled_from(QUALITIES))
    prune = data.draw(st.sampled_from(PRUNES))
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(y))] * 2)))
    few, many = (
        find_label_issues(y, pred_probs, prune=prune, quality=quality, n_issues=n)
        for n in (low, high)
    )
    assert (few.n_issues, many.n_issues) == (low, high)
    assert _subset(few.issue_mask, many.issue_mask)
    if prune == "low_quality":
        worst = np.argsort(few.label_quality, kind="stable")[:low]
        np.testing.assert_array_equal(np.flatnonzero(few.issue_mask), np.sort(worst))


@given(tables(), st.sampled_from(PRUNES), st.data())
@settings(deadline=None, max_examples=60)
def test_budgets_by_class_are_exact(table, prune, data):
    y, pred_probs = table
    counts = np.bincount(y)
    budget = {label: data.draw(st.integers(0, int(n))) for label, n in enumerate(counts)}
    unnamed = data.draw(st.sampled_from(sorted(budget)))
    del budget[unnamed]
    issues = find_label_issues(y, pred_probs, prune=prune, n_issues=budget)
    flagged = np.bincount(y[issues.issue_mask], minlength=len(counts))
    assert flagged.tolist() == [budget.get(label, 0) for label in range(len(counts))]


def test_a_budget_of_one_class_stays_in_that_class():
    y, pred_probs = _table()
    labels = np.array(NAMES)[y]
    issues = find_label_issues(labels, pred_probs, n_issues={"ant": 10, "bee": 0, "cat": 0})
    assert issues.n_issues == 10
    assert set(labels[issues.issue_mask]) == {"ant"}
    natural = find_label_issues(labels, pred_probs, prune="by_class")
    budget = {name: int(natural.issue_mask[labels == name].sum()) for name in NAMES}
    same = find_label_issues(labels, pred_probs, prune="by_class", n_issues=budget)
    np.testing.assert_array_equal(same.issue_mask, natural.issue_mask)


@given(tables(), st.sampled_from(PRUNES))
@settings(deadline=None, max_examples=30)
def test_noise_of_the_record_is_consistent(table, prune):
    y, pred_probs = table
    noise = find_label_issues(y, pred_probs, prune=prune).noise
    np.testing.assert_allclose(noise.joint.sum(), 1, atol=1e-12)
    np.testing.assert_allclose(noise.given_prior, np.bincount(y) / len(y), atol=1e-12)
    np.testing.assert_allclose(noise.noise_matrix.sum(axis=1), 1, atol=1e-12)


@pytest.mark.parametrize("prune", PRUNES)
def test_ambiguous_flags_are_among_the_flags(prune):
    y, pred_probs = _table()
    issues = find_label_issues(y, pred_probs, prune=prune)
    assert issues.n_issues > 0
    assert issues.ambiguous_mask.dtype == bool
    assert _subset(issues.ambiguous_mask, issues.issue_mask)
    if prune in CLASSIC:
        assert not issues.ambiguous_mask.any()


@pytest.mark.parametrize("prune", PRUNES)
def test_blocks_and_threads_do_not_change_the_result(monkeypatch, prune):
    y, pred_probs = _table(n_samples=500, n_classes=4)
    whole = find_label_issues(y, pred_probs, prune=prune)
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 64 * pred_probs[0].nbytes)
    blocked = [find_label_issues(y, pred_probs, prune=prune, n_jobs=n) for n in (None, 1, 2)]
    np.testing.assert_array_equal(blocked[0].issue_mask, whole.issue_mask)
    np.testing.assert_allclose(blocked[0].label_quality, whole.label_quality, atol=1e-12)
    for issues in blocked[1:]:
        np.testing.assert_array_equal(issues.issue_mask, blocked[0].issue_mask)
        np.testing.assert_array_equal(issues.label_quality, blocked[0].label_quality)
        np.testing.assert_array_equal(issues.noise.joint, blocked[0].noise.joint)


# Defined results


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
    codes, pred_probs = _table()
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
    codes, pred_probs = _table(n_classes=2)
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
    y, pred_probs = _table()
    expected = find_label_issues(y, pred_probs)
    found = find_label_issues(y, convert(pred_probs))
    assert found.label_quality.dtype == np.float64
    np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
    np.testing.assert_allclose(found.label_quality, expected.label_quality, rtol=1e-10)


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_quality_keeps_single_precision(dtype, quality):
    y, pred_probs = _table()
    scores = label_quality_scores(y, pred_probs.astype(dtype), quality=quality)
    assert scores.dtype == (np.float64 if dtype == np.float64 else np.float32)
    assert scores.min() >= 0
    assert scores.max() <= 1
    exact = label_quality_scores(y, pred_probs, quality=quality)
    tolerance = {np.float16: 0.03, np.float32: 1e-4, np.float64: 0}[dtype]
    np.testing.assert_allclose(scores, exact, atol=tolerance)


@pytest.mark.parametrize("prune", CLASSIC)
def test_precision_hardly_changes_the_mask(prune):
    y, pred_probs = _table(n_samples=2000)
    exact = find_label_issues(y, pred_probs, prune=prune).issue_mask
    single = find_label_issues(y, pred_probs.astype(np.float32), prune=prune).issue_mask
    half = find_label_issues(y, pred_probs.astype(np.float16), prune=prune).issue_mask
    assert (single != exact).mean() <= 0.001
    assert (half != exact).mean() <= 0.01


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_memory_maps_equal_arrays(tmp_path, monkeypatch, order, dtype):
    y, pred_probs = _table(n_samples=300)
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
    y, pred_probs = _table()
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
    y, pred_probs = _table(concentration=0.3)
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
    y, pred_probs = _table(n_classes=4)
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
    y, pred_probs = _table()
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
    y, pred_probs = _table(n_classes=4)
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
    y, pred_probs = _table(n_classes=4)
    y = (y + 1) % 4  # nearly every label is wrong
    counts = np.bincount(y)
    minimum = int(np.sort(counts)[1])
    issues = find_label_issues(y, pred_probs, prune=prune, min_samples_per_class=minimum)
    flagged = np.bincount(y[issues.issue_mask], minlength=4)
    np.testing.assert_array_equal(flagged[counts <= minimum], 0)
    assert flagged.any()


def test_probabilities_are_renormalised_within_the_tolerance():
    y, pred_probs = _table()
    scaled = pred_probs * np.linspace(0.9992, 1.0008, len(y))[:, np.newaxis]
    before = scaled.copy()
    found = find_label_issues(y, scaled, prune="by_class")
    expected = find_label_issues(y, pred_probs, prune="by_class")
    np.testing.assert_allclose(found.label_quality, expected.label_quality, atol=1e-9)
    np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
    np.testing.assert_array_equal(scaled, before)


# Errors


@pytest.mark.parametrize("function", [find_label_issues, label_quality_scores])
@pytest.mark.parametrize("value", [np.nan, -0.1, 1.2])
def test_a_row_that_is_no_distribution_is_named(function, value):
    y, pred_probs = _table()
    pred_probs[[17, 30], 1] = value
    with pytest.raises(ValueError, match="Row 17 sums to"):
        function(y, pred_probs)


@pytest.mark.parametrize("function", [find_label_issues, label_quality_scores])
def test_the_number_of_columns_must_match(function):
    _, pred_probs = _table()
    y = np.array(["a", "b", "c", "d"] * 30)[: len(pred_probs)]
    with pytest.raises(ValueError) as caught:
        function(y, pred_probs)
    assert str(caught.value) == (
        "pred_probs must have one column per class. Got 3 columns for 4 classes "
        "['a', 'b', 'c', 'd']; pass classes= if a class is absent from y."
    )


@pytest.mark.parametrize("function", [find_label_issues, label_quality_scores])
@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_labels_are_refused(function, missing):
    codes, pred_probs = _table()
    y = np.array(NAMES, dtype=object)[codes]
    y[4] = missing
    with pytest.raises(ValueError, match="the first in row 4"):
        function(y, pred_probs)


@pytest.mark.parametrize("function", [find_label_issues, label_quality_scores])
def test_one_class_is_refused(function):
    with pytest.raises(ValueError, match="number of classes has to be greater than one"):
        function(["a", "a"], [[1.0], [1.0]])
    with pytest.raises(ValueError, match="Got 2 columns for 1 classes"):
        function(["a", "a"], [[0.5, 0.5], [0.5, 0.5]])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"prune": "magic"}, "The 'prune' parameter of find_label_issues must be"),
        ({"quality": "magic"}, "The 'quality' parameter"),
        ({"collision": "magic"}, "The 'collision' parameter"),
        ({"max_fdr": 1.5}, r"The 'max_fdr' parameter .* range \[0.0, 1.0\]"),
        ({"max_fdr": -0.1}, "The 'max_fdr' parameter"),
        ({"n_issues": -1}, "The 'n_issues' parameter"),
        ({"n_issues": 2.5}, "The 'n_issues' parameter"),
        ({"n_issues": 91}, "between 0 and the 90 samples. Got 91"),
        ({"n_issues": {0: 91}}, "between 0 and the .* samples given 0. Got 91"),
        ({"n_issues": {0: -1}}, "between 0 and the .* samples given 0. Got -1"),
        ({"n_issues": {0: 1.5}}, "Got 1.5"),
        ({"n_issues": {5: 1}}, "n_issues names a class that is not among .*: 5"),
        ({"n_issues": 3, "max_fdr": 0.1}, "max_fdr and n_issues both bound the flags"),
        ({"min_samples_per_class": -1}, "The 'min_samples_per_class' parameter"),
        ({"classes": [0, 1]}, r"not in classes: \[2\]"),
    ],
)
def test_wrong_parameters_are_refused(params, message):
    y, pred_probs = _table()
    with pytest.raises(ValueError, match=message):
        find_label_issues(y, pred_probs, **params)


@pytest.mark.parametrize("quality", ["averaged", "posterior"])
def test_scores_of_the_noise_matrix_are_not_adjusted(quality):
    y, pred_probs = _table()
    with pytest.raises(ValueError, match="adjust=True is for the scores"):
        label_quality_scores(y, pred_probs, quality=quality, adjust=True)


def test_the_result_is_a_record_aligned_with_the_labels():
    y, pred_probs = _table()
    issues = find_label_issues(y, pred_probs)
    assert isinstance(issues, LabelIssues)
    for name in ("label_quality", "issue_mask", "suggested_label", "given_label", "ambiguous_mask"):
        assert getattr(issues, name).shape == y.shape
    np.testing.assert_array_equal(issues.suggested_proba, pred_probs.max(axis=1))
    np.testing.assert_array_equal(issues.label_quality, label_quality_scores(y, pred_probs))


def test_neither_argument_is_changed():
    y, pred_probs = _table()
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


def test_columns_named_in_another_order_are_refused():
    pred_probs = pd.DataFrame({"b": [0.1, 0.8, 0.2], "a": [0.9, 0.2, 0.8]})
    with pytest.raises(ValueError, match=r"order of the classes, \['a', 'b'\]. Got \['b', 'a'\]"):
        label_quality_scores(["a", "b", "a"], pred_probs)
    label_quality_scores(["a", "b", "a"], pred_probs[["a", "b"]])


def test_sparse_probabilities_are_refused():
    with pytest.raises(ValueError, match="toarray"):
        label_quality_scores(["a", "b"], sparse.csr_array(np.eye(2)))


def test_a_rare_class_of_right_labels_is_not_flagged_whole():
    # a twentieth of the samples is of class 1, and the model hardly sees it
    rng = np.random.default_rng(0)
    score = rng.normal(size=4000)
    p_one = 1 / (1 + np.exp(3.3 - 0.8 * score))
    y = (rng.random(4000) < p_one).astype(int)
    issues = find_label_issues(y, np.column_stack([1 - p_one, p_one]))
    assert 0.04 < y.mean() < 0.07
    assert issues.issue_mask[y == 1].mean() <= 0.55
    assert issues.ambiguous_mask.sum() > 0.95 * issues.n_issues
    assert issues.expected_precision < 0.3
    assert issues.noise_rate_bounds[0] == 0


def test_bounds_are_in_order_where_rates_differ_by_class():
    rng = np.random.default_rng(0)
    y_true = (rng.random(10_000) < 0.9).astype(int)
    noise_matrix = np.array([[0.55, 0.45], [0.2, 0.8]])
    y = (rng.random(10_000) < noise_matrix[y_true, 1]).astype(int)
    pred_probs = noise_matrix[y_true] + rng.normal(0, 0.01, 10_000)[:, np.newaxis] * [1, -1]
    low, high = find_label_issues(y, pred_probs).noise_rate_bounds
    assert low <= np.mean(y != y_true) <= high


@pytest.mark.parametrize("n_rare", [1, 2, 4])
def test_a_misspelt_label_does_not_spoil_the_noise_estimate(n_rare):
    y, pred_probs = _table(n_samples=600, concentration=0.2)
    clean = find_label_issues(y, pred_probs).noise.noise_rate
    y = y.copy()
    y[:n_rare] = 3
    wider = np.column_stack([pred_probs * 0.998, np.full(600, 0.002)])
    noise = find_label_issues(y, wider).noise
    assert noise.class_prior[3] <= n_rare / 600 + 1e-9
    assert abs(noise.noise_rate - clean) < 0.04
