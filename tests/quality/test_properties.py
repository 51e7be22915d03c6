"""What holds of label quality and label issues whatever the data."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skclean import confident_joint, find_label_issues, label_quality_scores
from skclean._core import _blocks
from skclean._core._evidence import Evidence
from skclean.quality import PRUNE_NAMES, QUALITY_NAMES
from tests.quality.tables import table_of, tables

pytestmark = pytest.mark.filterwarnings("ignore:The most probable class is the given label")
PRUNES = [None, *sorted(PRUNE_NAMES)]
RULES = [None, *sorted(PRUNE_NAMES - {"low_quality"})]
CLASSIC = ["by_noise_rate", "by_class", "both", "confident", "predicted_neq_given"]
QUALITIES = sorted(QUALITY_NAMES)
NAMES = ["ant", "bee", "cat"]


def _subset(inner, outer):
    return not (inner & ~outer).any()


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
    y, pred_probs = table_of(n_samples=400)
    free = find_label_issues(y, pred_probs, prune="predicted_neq_given")
    evidence = Evidence(y, pred_probs)
    max_fdr = 1 - free.expected_precision - 0.05
    everywhere = np.ones(len(y), dtype=bool)
    right = 1 - evidence.cautious_chance_wrong(everywhere, max_fdr)
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
    y, pred_probs = table_of()
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
    y, pred_probs = table_of()
    issues = find_label_issues(y, pred_probs, prune=prune)
    assert issues.n_issues > 0
    assert issues.ambiguous_mask.dtype == bool
    assert _subset(issues.ambiguous_mask, issues.issue_mask)
    if prune in CLASSIC:
        assert not issues.ambiguous_mask.any()


@pytest.mark.parametrize("prune", PRUNES)
def test_blocks_and_threads_do_not_change_the_result(monkeypatch, prune):
    y, pred_probs = table_of(n_samples=500, n_classes=4)
    whole = find_label_issues(y, pred_probs, prune=prune)
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 64 * pred_probs[0].nbytes)
    blocked = [find_label_issues(y, pred_probs, prune=prune, n_jobs=n) for n in (None, 1, 2)]
    np.testing.assert_array_equal(blocked[0].issue_mask, whole.issue_mask)
    np.testing.assert_allclose(blocked[0].label_quality, whole.label_quality, atol=1e-12)
    for issues in blocked[1:]:
        np.testing.assert_array_equal(issues.issue_mask, blocked[0].issue_mask)
        np.testing.assert_array_equal(issues.label_quality, blocked[0].label_quality)
        np.testing.assert_array_equal(issues.noise.joint, blocked[0].noise.joint)
