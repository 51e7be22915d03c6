"""Pruning rules, on tables that can be checked by eye and against plain loops."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skclean._core import _blocks
from skclean._core._evidence import Evidence
from skclean._core._joint import PairCounts
from skclean._core._prune import (
    PRUNE,
    by_posterior,
    by_vote,
    keep_minimum,
    lowest,
    prune_mask,
    within_budget,
    within_fdr,
)

# Given class 0 in rows 0-5, class 1 in rows 6 and 7, class 2 in rows 8 and 9. Three of
# the first six are wrong: two are truly of class 1 and one is of class 2.
Y = np.array([0, 0, 0, 0, 0, 0, 1, 1, 2, 2])
PRED_PROBS = np.array(
    [
        [0.80, 0.10, 0.10],
        [0.70, 0.20, 0.10],
        [0.60, 0.30, 0.10],
        [0.30, 0.42, 0.28],  # least margins: .12 to class 1, -.02 to class 2
        [0.10, 0.46, 0.44],  # largest margins: .36 to class 1, .34 to class 2
        [0.25, 0.40, 0.35],  # next: .15 to class 1, .10 to class 2
        [0.10, 0.80, 0.10],
        [0.10, 0.80, 0.10],
        [0.10, 0.10, 0.80],
        [0.10, 0.10, 0.80],
    ]
)
JOINT = np.array([[3, 0, 0], [2, 2, 0], [1, 0, 2]]) / 10


@pytest.fixture
def evidence():
    return Evidence(Y, PRED_PROBS, joint=JOINT, min_samples_per_class=0)


@st.composite
def noisy_evidence(draw, **params):
    """Evidence from random probabilities without ties, labels drawn from them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 5))
    n_samples = draw(st.integers(20, 80))
    pred_probs = rng.dirichlet(np.full(n_classes, draw(st.sampled_from([0.3, 1, 3]))), n_samples)
    pred_probs = 0.98 * pred_probs + 0.02 / n_classes
    y = (pred_probs.cumsum(axis=1) < rng.random((n_samples, 1))).sum(axis=1)
    y = np.minimum(y, n_classes - 1)
    minimum = draw(st.integers(0, 6))
    return Evidence(y, pred_probs, min_samples_per_class=minimum, **params)


def _rows(mask):
    return np.flatnonzero(mask).tolist()


def test_by_class_flags_the_least_self_confident(evidence):
    assert _rows(PRUNE["by_class"](evidence)) == [3, 4, 5]


def test_by_noise_rate_flags_the_largest_margins_of_each_pair(evidence):
    # class 1 takes rows 4 and 5, class 2 takes row 4: the union
    assert _rows(PRUNE["by_noise_rate"](evidence)) == [4, 5]


def test_both_flags_what_the_two_agree_on(evidence):
    assert _rows(PRUNE["both"](evidence)) == [4, 5]


def test_both_is_smaller_than_either():
    # one of class 1 and two of class 2 are wrong: margins point at rows 4, 5 and at row 4
    joint = np.array([[4, 0, 0], [1, 2, 0], [1, 0, 2]]) / 10
    pred_probs = PRED_PROBS.copy()
    pred_probs[2] = [0.24, 0.23, 0.53]
    evidence = Evidence(Y, pred_probs, joint=joint, min_samples_per_class=0)
    assert _rows(PRUNE["by_class"](evidence)) == [2, 4]
    assert _rows(PRUNE["by_noise_rate"](evidence)) == [4]
    pred_probs[2] = [0.26, 0.10, 0.64]
    evidence = Evidence(Y, pred_probs, joint=joint, min_samples_per_class=0)
    assert _rows(PRUNE["by_class"](evidence)) == [4, 5]
    assert _rows(PRUNE["by_noise_rate"](evidence)) == [2, 4]
    assert _rows(PRUNE["both"](evidence)) == [4]


def test_confident_flags_confident_samples_of_another_class():
    # thresholds .5483 and .525: row 3 is not confident of class 1, rows 4, 5, 8 and 9 are
    y = np.repeat([0, 1], [6, 4])
    first = np.array([0.9, 0.8, 0.7, 0.49, 0.3, 0.1, 0.1, 0.4, 0.6, 0.8])
    evidence = Evidence(y, np.column_stack([first, 1 - first]))
    np.testing.assert_allclose(evidence.thresholds, [3.29 / 6, 2.1 / 4])
    assert _rows(PRUNE["confident"](evidence)) == [4, 5, 8, 9]
    assert _rows(PRUNE["predicted_neq_given"](evidence)) == [3, 4, 5, 8, 9]


def test_by_posterior_flags_the_set_of_largest_expected_f1():
    evidence = Evidence(np.zeros(5, dtype=int), np.full((5, 2), 0.5))
    evidence.__dict__["_posterior_pass"] = (np.array([0.1, 0.9, 0.2, 0.95, 0.7]), None)
    # p(wrong) .9, .8, .3, .1, .05 sums to 2.15: the expected F1 of the first m is
    # 1.8 / 3.15 = .57, 3.4 / 4.15 = .82, 4 / 5.15 = .78, 4.2 / 6.15 = .68, 4.3 / 7.15 = .60
    assert _rows(by_posterior(evidence)) == [0, 2]


def test_flags_are_taken_back_where_the_label_is_most_probable():
    joint = np.array([[1, 0, 0], [5, 2, 0], [0, 0, 2]]) / 10  # five of six called wrong
    evidence = Evidence(Y, PRED_PROBS, joint=joint, min_samples_per_class=0)
    assert _rows(_naive_by_class(evidence)) == [1, 2, 3, 4, 5]
    assert _rows(PRUNE["by_class"](evidence)) == [3, 4, 5]
    assert _rows(prune_mask(evidence, "by_class")) == [3, 4, 5]
    assert _rows(prune_mask(evidence, "by_noise_rate")) == [3, 4, 5]


@pytest.mark.parametrize(("gap", "flagged"), [(0.0, False), (9e-7, False), (1.2e-6, True)])
def test_a_label_within_a_millionth_of_the_best_is_not_flagged(gap, flagged):
    close = np.array([[0.5 + gap / 2, 0.5 - gap / 2]])
    y = np.array([1, 0, 0, 1, 1])
    certain = np.eye(2)[[0, 0, 1, 1]]
    evidence = Evidence(y, np.vstack([close, certain]))
    assert prune_mask(evidence, "predicted_neq_given")[0] == flagged


@pytest.mark.parametrize("rule", sorted(PRUNE))
def test_the_only_sample_of_a_class_is_never_flagged(rule):
    y = np.array([0, 0, 0, 1, 1, 1, 1, 2])
    pred_probs = np.eye(3)[[0, 0, 0, 1, 1, 1, 0, 0]]  # rows 6 and 7 are plainly wrong
    mask = prune_mask(Evidence(y, pred_probs, min_samples_per_class=0), rule)
    assert not mask[7]
    assert mask[6]


@pytest.mark.parametrize("minimum", [1, 5, 8])
def test_the_minimum_of_samples_is_kept_in_every_class(minimum):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [20, 12, 5])
    pred_probs = rng.dirichlet(np.ones(3), size=37)
    joint = np.array([[0, 12, 0], [20, 0, 5], [0, 0, 0]]) / 37  # no label is right
    evidence = Evidence(y, pred_probs, joint=joint, min_samples_per_class=minimum)
    for rule in ("by_class", "by_noise_rate", "both"):
        left = np.bincount(y[~PRUNE[rule](evidence)], minlength=3)
        assert (left >= np.minimum([20, 12, 5], minimum)).all()
        assert left[2] == 5 or minimum < 5
    naive = _naive_by_class(evidence)
    left = np.bincount(y[~naive], minlength=3)
    assert left.tolist() == [minimum, minimum, 5 if minimum >= 5 else minimum]
    found = PRUNE["by_class"](evidence)
    np.testing.assert_array_equal(found, naive & ~evidence.label_wins)


def kept_minimum(counts, n):
    return keep_minimum(PairCounts.of(counts), n).toarray()


def test_keep_minimum_raises_the_diagonal_at_the_cost_of_its_column():
    counts = np.array([[3, 0, 0], [4, 9, 0], [6, 0, 1]])
    # two more for class 0: one from each; four more for class 2, which has nothing to give
    expected = [[5, 0, 0], [3, 9, 0], [5, 0, 5]]
    np.testing.assert_array_equal(kept_minimum(counts, 5), expected)
    # six more for class 0: three from each of its two other counts
    np.testing.assert_array_equal(kept_minimum(counts, 9)[:, 0], [9, 1, 3])


def test_keep_minimum_rounds_what_is_left_down():
    counts = np.array([[4, 0, 0], [4, 9, 0], [6, 0, 9]])
    np.testing.assert_array_equal(kept_minimum(counts, 5)[:, 0], [5, 3, 5])


def test_keep_minimum_never_takes_more_than_there_is():
    counts = np.array([[0, 0], [2, 9]])
    np.testing.assert_array_equal(kept_minimum(counts, 5), [[5, 0], [0, 9]])


def test_keep_minimum_leaves_sufficient_columns_alone():
    counts = np.array([[5, 7], [3, 6]])
    np.testing.assert_array_equal(kept_minimum(counts, 5), counts)
    np.testing.assert_array_equal(kept_minimum(counts, 0), counts)


@given(
    st.integers(1, 5).flatmap(
        lambda n: arrays(np.int64, (n, n), elements=st.integers(0, 30)),
    ),
    st.integers(0, 12),
)
@settings(deadline=None, max_examples=100)
def test_keep_minimum_holds_its_promises(counts, minimum):
    kept = kept_minimum(counts, minimum)
    np.testing.assert_array_equal(kept.diagonal(), np.maximum(counts.diagonal(), minimum))
    off = ~np.eye(len(counts), dtype=bool)
    assert kept.min() >= 0
    assert (kept[off] <= counts[off]).all()
    raised = kept.diagonal() - counts.diagonal()
    assert ((counts - kept).sum(axis=0) <= (len(counts) - 1) * np.ceil(raised)).all()
    unchanged = raised == 0
    np.testing.assert_array_equal(kept[:, unchanged], counts[:, unchanged])


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.data())
@settings(deadline=None, max_examples=100)
def test_lowest_takes_the_first_of_equal_values(values, data):
    values = np.array(values, dtype=float)
    n = data.draw(st.integers(0, len(values)))
    expected = np.zeros(len(values), dtype=bool)
    expected[np.argsort(values, kind="stable")[:n]] = True
    np.testing.assert_array_equal(lowest(values, n), expected)


def _naive_by_class(evidence):
    mask = np.zeros(len(evidence.y), dtype=bool)
    for given_class in range(evidence.n_classes):
        rows = np.flatnonzero(evidence.y == given_class)
        if len(rows) <= evidence.min_samples_per_class:
            continue
        n_wrong = len(rows) - evidence.prune_counts.toarray()[given_class, given_class]
        order = np.argsort(evidence.pred_probs[rows, given_class], kind="stable")
        mask[rows[order[: max(n_wrong, 0)]]] = True
    return mask


def _naive_by_noise_rate(evidence):
    mask = np.zeros(len(evidence.y), dtype=bool)
    for given_class in range(evidence.n_classes):
        rows = np.flatnonzero(evidence.y == given_class)
        if len(rows) <= evidence.min_samples_per_class:
            continue
        for true_class in range(evidence.n_classes):
            if true_class == given_class:
                continue
            probs = evidence.pred_probs[rows]
            order = np.argsort(probs[:, given_class] - probs[:, true_class], kind="stable")
            mask[rows[order[: evidence.prune_counts.toarray()[true_class, given_class]]]] = True
    return mask


@given(noisy_evidence(), st.integers(16, 4000))
@settings(deadline=None, max_examples=80)
def test_the_counting_rules_do_what_plain_loops_do(evidence, block_bytes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "BLOCK_BYTES", block_bytes)
        by_class = PRUNE["by_class"](evidence)
        by_noise_rate = PRUNE["by_noise_rate"](evidence)
        both = PRUNE["both"](evidence)
    np.testing.assert_array_equal(by_class, _naive_by_class(evidence) & ~evidence.label_wins)
    naive = _naive_by_noise_rate(evidence) & ~evidence.label_wins
    np.testing.assert_array_equal(by_noise_rate, naive)
    np.testing.assert_array_equal(both, by_class & by_noise_rate)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=40), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=80)
def test_the_counting_rules_flag_the_first_of_equal_rows(codes, seed):
    y = np.array([0, 1, *codes]) % 3
    table = np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.25, 0.5]])
    pred_probs = table[np.random.default_rng(seed).integers(0, 3, len(y))]
    evidence = Evidence(y, pred_probs, min_samples_per_class=1)
    naive = _naive_by_class(evidence) & ~evidence.label_wins
    np.testing.assert_array_equal(PRUNE["by_class"](evidence), naive)
    np.testing.assert_array_equal(PRUNE["by_noise_rate"](evidence), _naive_by_noise_rate(evidence))


def _expected_f1(wrong, n_flagged):
    return 2 * wrong[:n_flagged].sum() / (n_flagged + wrong.sum())


@given(arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1)))
@settings(deadline=None, max_examples=100)
def test_by_posterior_is_best_among_all_numbers_of_flags(label_posterior):
    n_samples = len(label_posterior)
    evidence = Evidence(np.zeros(n_samples, dtype=int), np.full((n_samples, 2), 0.5))
    evidence.__dict__["_posterior_pass"] = (label_posterior, None)
    mask = by_posterior(evidence)
    wrong = np.sort(1 - label_posterior)[::-1]
    best = max(_expected_f1(wrong, m) for m in range(1, n_samples + 1)) if wrong.any() else 0
    found = 2 * (1 - label_posterior[mask]).sum() / (mask.sum() + wrong.sum())
    assert found == pytest.approx(best, rel=1e-12)
    if not mask.all():
        assert label_posterior[mask].max() <= label_posterior[~mask].min()


def test_by_posterior_flags_nothing_that_is_surely_right():
    y = np.array([0, 0, 1, 1])
    assert not prune_mask(Evidence(y, np.eye(2)[y]), "by_posterior").any()


@given(
    arrays(np.float64, 8, elements=st.floats(0, 1)),
    arrays(np.bool_, 8),
    st.floats(0, 1),
)
@settings(deadline=None, max_examples=100)
def test_within_fdr_keeps_as_many_flags_as_any_subset_could(right, mask, max_fdr):
    kept = within_fdr(1 - right, mask, max_fdr)
    assert not (kept & ~mask).any()
    if kept.any():
        assert right[kept].mean() <= max_fdr + 1e-12
    flagged = np.flatnonzero(mask)
    for n in range(kept.sum() + 1, len(flagged) + 1):
        for subset in combinations(flagged, n):
            assert right[list(subset)].mean() > max_fdr - 1e-12


def test_within_fdr_by_hand():
    right = np.array([0.3, 0.0, 0.9, 0.1, 0.1])
    mask = np.array([True, True, True, True, False])
    for max_fdr, rows in [(0, [1]), (0.06, [1, 3]), (0.1, [1, 3]), (0.14, [0, 1, 3])]:
        assert _rows(within_fdr(1 - right, mask, max_fdr)) == rows
    np.testing.assert_array_equal(within_fdr(1 - right, mask, 1), mask)
    assert not within_fdr(1 - right, np.zeros(5, dtype=bool), 1).any()


def test_within_budget_by_hand():
    quality = np.array([0.1, 0.9, 0.2, 0.8, 0.2])
    mask = np.array([False, True, False, True, False])
    for n, rows in enumerate([[], [3], [1, 3], [0, 1, 3], [0, 1, 2, 3], [0, 1, 2, 3, 4]]):
        assert _rows(within_budget(quality, mask, n)) == rows


@given(
    arrays(np.float64, 12, elements=st.sampled_from([0.1, 0.2, 0.3, 0.4])),
    arrays(np.bool_, 12),
    st.integers(0, 12),
)
@settings(deadline=None, max_examples=100)
def test_within_budget_is_exact(quality, mask, n):
    kept = within_budget(quality, mask, n)
    assert kept.sum() == n
    if n <= mask.sum():
        assert not (kept & ~mask).any()
    else:
        assert kept[mask].all()
    larger = within_budget(quality, mask, min(n + 1, 12))
    assert not (kept & ~larger).any()
    for pool in (mask, ~mask):
        taken, left = quality[kept & pool], quality[~kept & pool]
        assert len(taken) == 0 or len(left) == 0 or taken.max() <= left.min()


@given(noisy_evidence(collision="unrestricted"))
@settings(deadline=None, max_examples=60)
def test_every_rule_flags_only_labels_that_are_not_most_probable(evidence):
    for rule in PRUNE:
        mask = prune_mask(evidence, rule)
        assert mask.dtype == bool
        best = evidence.pred_probs.max(axis=1)
        given_proba = evidence.pred_probs[np.arange(len(evidence.y)), evidence.y]
        assert (given_proba[mask] < best[mask]).all()


def test_the_default_fills_its_number_with_labels_that_another_class_beats():
    rng = np.random.default_rng(1)
    y_true = rng.integers(0, 4, 800)
    logits = rng.normal(size=(800, 4)) + 1.2 * np.eye(4)[y_true]
    pred_probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = np.where(rng.random(800) < 0.25, (y_true + 1) % 4, y_true)
    evidence = Evidence(y, pred_probs)
    quality = evidence.averaged_quality
    counts = [
        prune_mask(evidence, "by_noise_rate").sum(),
        (evidence.predicted != y).sum(),
        evidence.n_by_posterior,
    ]
    n_flags = sorted(counts)[1]
    # among all labels, some of the lowest are the most probable ones
    assert evidence.label_wins[lowest(quality, n_flags)].any()
    lost = np.flatnonzero(~evidence.label_wins)
    expected = lost[np.argsort(quality[lost], kind="stable")[:n_flags]]
    assert _rows(by_vote(evidence, lambda: quality)) == sorted(expected)


@given(
    values=arrays(np.float64, st.integers(1, 20), elements=st.sampled_from([0.0, 0.1, 0.2])),
    data=st.data(),
)
def test_lowest_among_some_are_the_lowest_of_these(values, data):
    among = data.draw(arrays(bool, len(values)))
    n = data.draw(st.integers(0, len(values)))
    rows = np.flatnonzero(among)
    expected = np.zeros(len(values), dtype=bool)
    expected[rows[np.argsort(values[rows], kind="stable")[:n]]] = True
    np.testing.assert_array_equal(lowest(values, n, among), expected)
