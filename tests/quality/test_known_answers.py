"""Label quality, label issues and verdicts whose answer is known."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logit, softmax

from skclean import confident_joint, find_label_issues, label_quality_scores
from skclean._core._evidence import Evidence
from skclean._core._prune import by_posterior
from skclean.quality import PRUNE_NAMES, QUALITY_NAMES
from tests.quality.tables import table_of

RULES = [None, *sorted(PRUNE_NAMES - {"low_quality"})]
QUALITIES = sorted(QUALITY_NAMES)


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
    y, pred_probs = table_of()
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
    y, pred_probs = table_of()
    counts = confident_joint(y, pred_probs)
    n_wrong = counts.sum() - counts.trace()
    issues = find_label_issues(y, pred_probs, prune="low_quality", quality="self_confidence")
    assert issues.n_issues == n_wrong > 0
    lowest = np.argsort(pred_probs[np.arange(len(y)), y])[:n_wrong]
    np.testing.assert_array_equal(np.flatnonzero(issues.issue_mask), np.sort(lowest))


@pytest.mark.parametrize("quality", QUALITIES)
def test_expected_precision_is_the_mean_chance_of_the_flags(quality):
    y, pred_probs = table_of()
    issues = find_label_issues(y, pred_probs, prune="by_class", quality=quality)
    evidence = Evidence(y, pred_probs)
    averaged = label_quality_scores(y, pred_probs)
    odds = 1.2 * logit(1 - np.maximum(averaged, 0.01))
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
    y, pred_probs = table_of(n_samples=300)
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
    y, pred_probs = table_of(n_samples=600, concentration=0.2)
    clean = find_label_issues(y, pred_probs).noise.noise_rate
    y = y.copy()
    y[:n_rare] = 3
    wider = np.column_stack([pred_probs * 0.998, np.full(600, 0.002)])
    noise = find_label_issues(y, wider).noise
    assert noise.class_prior[3] <= n_rare / 600 + 1e-9
    assert abs(noise.noise_rate - clean) < 0.04
