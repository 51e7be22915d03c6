"""What the noise model makes of probabilities and a given label."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from skclean import label_quality_scores
from skclean._core import _blocks, _posterior
from skclean._core._noise_rows import NoiseRows
from skclean._core._posterior import (
    N_ITER,
    SURE,
    Posterior,
    cautious_posterior,
    deconvolve,
    label_posteriors,
    posterior_pass,
    true_label_posterior,
)

NOISE_MATRIX = np.array([[0.8, 0.2], [0.1, 0.9]])


@st.composite
def noise_problems(draw, diagonal=0.8):
    """Noise matrix with a heavy diagonal, p(true | x) and the p(given | x) it makes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 6))
    noise_matrix = diagonal * np.eye(n_classes)
    noise_matrix += (1 - diagonal) * rng.dirichlet(np.ones(n_classes), size=n_classes)
    p_true = rng.dirichlet(np.full(n_classes, draw(st.sampled_from([0.3, 1.0, 3.0]))), size=40)
    y = rng.integers(0, n_classes, size=40)
    return y, p_true, noise_matrix, p_true @ noise_matrix


def test_deconvolution_without_noise_changes_nothing():
    pred_probs = np.array([[0.7, 0.3], [0.2, 0.8], [1.0, 0.0]])
    np.testing.assert_allclose(deconvolve(pred_probs, np.eye(2)), pred_probs, atol=1e-8)


def test_deconvolution_by_hand():
    # (.5, .5) @ T = (.45, .55), and (.8, .2) = (1, 0) @ T
    p_true = deconvolve(np.array([[0.45, 0.55], [0.8, 0.2]]), NOISE_MATRIX, n_iter=500)
    np.testing.assert_allclose(p_true, [[0.5, 0.5], [1, 0]], atol=1e-3)


def test_deconvolution_of_the_impossible_stays_at_the_nearest_corner():
    # p(given = 1) is .2 at least and .9 at most, whatever the true class
    p_true = deconvolve(np.array([[0.95, 0.05], [0.02, 0.98]]), NOISE_MATRIX, n_iter=200)
    np.testing.assert_allclose(p_true, [[1, 0], [0, 1]], atol=1e-6)


def test_deconvolution_leaves_its_argument_alone():
    pred_probs = np.array([[0.45, 0.55]])
    deconvolve(pred_probs, NOISE_MATRIX)
    np.testing.assert_array_equal(pred_probs, [[0.45, 0.55]])


@given(noise_problems())
@settings(deadline=None, max_examples=40)
def test_deconvolution_undoes_the_noise(problem):
    _, p_true, noise_matrix, p_given = problem
    np.testing.assert_allclose(deconvolve(p_given, noise_matrix), p_true, atol=0.02)
    finer = deconvolve(p_given, noise_matrix, n_iter=5000)
    np.testing.assert_allclose(finer, p_true, atol=2e-3)
    np.testing.assert_allclose(finer @ noise_matrix, p_given, atol=1e-3)


@given(noise_problems(diagonal=0.3), st.sampled_from([np.float32, np.float64]))
@settings(deadline=None, max_examples=40)
def test_deconvolution_stays_on_the_simplex(problem, dtype):
    _, p_true, noise_matrix, _ = problem
    p_true[:2] = np.eye(p_true.shape[1])[:2]  # certain rows, which no noise could have made
    found = deconvolve(p_true.astype(dtype), noise_matrix)
    assert found.dtype == dtype
    assert found.min() >= 0
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)


def test_the_posterior_is_the_rule_of_bayes():
    # p(true) = (.5, .5) and label 1: (.5 * .2, .5 * .9) / .55
    posterior = true_label_posterior(np.array([1]), np.array([[0.45, 0.55]]), NOISE_MATRIX)
    np.testing.assert_allclose(posterior, [[2 / 11, 9 / 11]], atol=1e-3)


@given(noise_problems())
@settings(deadline=None, max_examples=40)
def test_the_posterior_is_the_rule_of_bayes_on_random_problems(problem):
    y, p_true, noise_matrix, p_given = problem
    joint = p_true * noise_matrix[:, y].T  # p(true = k | x) p(given = y | true = k)
    expected = joint / joint.sum(axis=1, keepdims=True)
    posterior = true_label_posterior(y, p_given, noise_matrix)
    np.testing.assert_allclose(posterior.sum(axis=1), 1, rtol=1e-12)
    # where a class can hardly have made the label, the quotient blows up the remaining error
    clear = joint.sum(axis=1) > 0.1
    np.testing.assert_allclose(posterior[clear], expected[clear], atol=0.06)


def test_without_noise_the_posterior_is_the_given_label():
    pred_probs = np.array([[0.9, 0.1], [0.9, 0.1], [0.5, 0.5]])
    y = np.array([0, 1, 1])
    posterior = true_label_posterior(y, pred_probs, np.eye(2))
    np.testing.assert_allclose(posterior, np.eye(2)[y], atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_posterior_of_certain_rows_is_finite(dtype):
    pred_probs = np.eye(3, dtype=dtype)[[0, 0, 0, 1, 2]]
    y = np.array([0, 1, 2, 0, 2])
    for noise_matrix in (np.eye(3), np.full((3, 3), 1 / 3), np.roll(np.eye(3), 1, axis=1)):
        posterior = true_label_posterior(y, pred_probs, noise_matrix)
        assert np.isfinite(posterior).all()
        np.testing.assert_allclose(posterior.sum(axis=1), 1, rtol=1e-5)


def test_useless_labels_leave_the_probabilities_alone():
    # every class gives the same labels: the label says nothing
    pred_probs = np.array([[0.5, 0.5]])
    posterior = true_label_posterior(np.array([0]), pred_probs, np.full((2, 2), 0.5))
    np.testing.assert_allclose(posterior, [[0.5, 0.5]], atol=1e-9)


def _naive_pass(y, pred_probs, noise_matrix):
    posterior = true_label_posterior(y, pred_probs, noise_matrix)
    return posterior[np.arange(len(y)), y], _naive_joint(y, posterior)


def _naive_joint(y, posterior):
    joint = np.zeros((posterior.shape[1],) * 2)
    for row, label in zip(posterior, y, strict=True):
        sure = row[label] >= SURE
        joint[:, label] += (np.eye(len(joint))[label] if sure else row) / len(y)
    return joint


def _all_rows(y, pred_probs, noise_matrix, n_iter=N_ITER):
    posterior = Posterior(NoiseRows.of(noise_matrix), pred_probs.dtype, n_iter=n_iter)
    found, by_given = posterior_pass(y, pred_probs, posterior)
    np.testing.assert_array_equal(label_posteriors(y, pred_probs, posterior), found)
    return found, posterior.joint(y, found, by_given)


@given(noise_problems(), st.integers(1, 60))
@settings(deadline=None, max_examples=40)
def test_one_pass_finds_the_posterior_of_the_labels_and_its_joint(problem, rows_per_block):
    y, _, noise_matrix, p_given = problem
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "BLOCK_BYTES", rows_per_block * p_given[0].nbytes)
        found, joint = _all_rows(y, p_given, noise_matrix)
    expected, expected_joint = _naive_pass(y, p_given, noise_matrix)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(joint, expected_joint, atol=1e-12)
    given_prior = np.bincount(y, minlength=len(joint)) / len(y)
    np.testing.assert_allclose(joint.sum(axis=0), given_prior, atol=1e-12)


def test_single_precision_follows_double_precision():
    rng = np.random.default_rng(0)
    p_given = rng.dirichlet(np.ones(4), size=200)
    noise_matrix = 0.7 * np.eye(4) + 0.3 * rng.dirichlet(np.ones(4), size=4)
    y = rng.integers(0, 4, 200)
    single, joint = _all_rows(y, p_given.astype(np.float32), noise_matrix)
    double, exact_joint = _all_rows(y, p_given, noise_matrix)
    assert single.dtype == np.float32
    assert joint.dtype == np.float64
    np.testing.assert_allclose(single, double, atol=1e-4)
    np.testing.assert_allclose(joint, exact_joint, atol=1e-5)


def test_the_early_step_by_hand():
    # p(given) of (.6, .4) is (.52, .48); the ratios (15/13, 5/6) have means .8 * 15/13 + .2 * 5/6
    # and .1 * 15/13 + .9 * 5/6, which count to the fourth power
    found, _ = _all_rows(np.array([1]), np.array([[0.6, 0.4]]), NOISE_MATRIX, n_iter=None)
    first = 0.6 * (0.8 * 15 / 13 + 0.2 * 5 / 6) ** 4
    second = 0.4 * (0.1 * 15 / 13 + 0.9 * 5 / 6) ** 4
    assert found[0] == pytest.approx(second * 0.9 / (first * 0.2 + second * 0.9))


@pytest.mark.parametrize("n_classes", [3, 12, 80])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_early_step_on_all_rows(n_classes, dtype):
    rng = np.random.default_rng(n_classes)
    pred_probs = rng.dirichlet(np.full(n_classes, 0.3), size=300).astype(dtype)
    noise_matrix = np.full((n_classes, n_classes), 0.2 / (n_classes - 1))
    np.fill_diagonal(noise_matrix, 0.8)
    noise_matrix[0, :2] -= 0.1, -0.1
    y = rng.integers(0, n_classes, 300)
    found, joint = _all_rows(y, pred_probs, noise_matrix, n_iter=None)
    exact = pred_probs.astype(float)
    step = (exact / (exact @ noise_matrix)) @ noise_matrix.T
    posterior = exact * step**4 * noise_matrix[:, y].T
    posterior /= posterior.sum(axis=1, keepdims=True)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, posterior[np.arange(300), y], atol=1e-5)
    np.testing.assert_allclose(joint, _naive_joint(y, posterior), atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_rows_have_equal_posteriors_wherever_they_stand(dtype):
    rng = np.random.default_rng(0)
    for n_classes, even in ((2, False), (10, False), (40, False), (100, False), (100, True)):
        few = rng.dirichlet(np.ones(n_classes), size=7).astype(dtype)
        which, labels = rng.integers(0, 7, 3001), rng.integers(0, n_classes, 7)
        noise_matrix = np.full((n_classes, n_classes), 1 / n_classes)
        if not even:
            noise_matrix = rng.dirichlet(np.ones(n_classes), n_classes)
        noise_matrix = 0.7 * np.eye(n_classes) + 0.3 * noise_matrix
        found, _ = _all_rows(labels[which], few[which], noise_matrix, n_iter=None)
        np.testing.assert_array_equal(found, found[[np.argmax(which == i) for i in which]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_in_a_block_of_its_own_is_rated_as_its_copies_are(dtype):
    noise_matrix = np.full((80, 80), 0.3 / 79)
    np.fill_diagonal(noise_matrix, 0.7)
    row = np.random.default_rng(0).dirichlet(np.full(80, 0.1)).astype(dtype)
    n_rows = _blocks.rows_per_block(np.broadcast_to(row, (2, 80))) + 1
    found, _ = _all_rows(np.full(n_rows, 3), np.tile(row, (n_rows, 1)), noise_matrix, n_iter=None)
    assert len(np.unique(found)) == 1


def test_labels_that_noise_cannot_touch_are_right_for_certain():
    # one of a hundred classes is given, and probable: rounding must not make it less than that
    pred_probs = np.random.default_rng(0).dirichlet(np.ones(100), size=400) / 2
    pred_probs[:, 7] += 0.5
    args = np.full(400, 7), pred_probs
    quality = label_quality_scores(*args, quality="posterior", classes=np.arange(100))
    np.testing.assert_array_equal(quality, 1)


def test_sums_over_all_rows_are_exact_for_few_classes_and_small_for_many():
    for n_classes, dtype in ((64, np.float64), (65, np.float32)):
        pred_probs = np.full((3, n_classes), 1 / n_classes, dtype=np.float32)
        posterior = Posterior(NoiseRows.of(np.eye(n_classes)), np.float32)
        assert posterior_pass(np.arange(3), pred_probs, posterior)[1].dtype == dtype


def test_many_classes_take_single_precision():
    for n_classes, dtype in ((64, np.float64), (64, np.float32), (65, np.float32)):
        posterior = Posterior(NoiseRows.of(np.eye(n_classes)), dtype)
        assert posterior.dtype == dtype
    assert Posterior(NoiseRows.of(np.eye(65)), np.float64).dtype == np.float32


def test_caution_pools_the_log_odds_by_the_share_in_doubt():
    posterior, confidence = np.array([0.9, 0.2, 0.5]), np.array([0.5, 0.1, 0.7])
    odds = 0.7 * logit(posterior) + 0.3 * logit(confidence)
    np.testing.assert_allclose(cautious_posterior(posterior, confidence, 0.24), expit(odds))
    odds = 0.4 * logit(posterior) + 0.6 * logit(confidence)
    np.testing.assert_allclose(cautious_posterior(posterior, confidence, 0.9), expit(odds))
    assert cautious_posterior(posterior, confidence, 0.0) is posterior


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_caution_is_finite_and_between_the_two_opinions(dtype, monkeypatch):
    monkeypatch.setattr(_posterior, "CHUNK", 7)
    rng = np.random.default_rng(0)
    posterior, confidence = rng.uniform(size=(2, 50)).astype(dtype)
    posterior[:4], confidence[:4] = [0, 1, 1e-6, 1e-9], [1, 0, 1e-5, 1e-9]
    found = cautious_posterior(posterior, confidence, 0.4)
    assert found.dtype == dtype
    low, high = np.minimum(posterior, confidence), np.maximum(posterior, confidence)
    assert (low <= found).all()
    assert (found <= high).all()
