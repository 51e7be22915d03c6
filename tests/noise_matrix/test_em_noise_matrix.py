"""EMNoiseMatrix: maximum likelihood with p(true | x) known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

from skclean import estimate_noise_matrix
from skclean._core._algebra import normalize_rows
from skclean.noise_matrix import EMNoiseMatrix
from skclean.noise_matrix._em_noise_matrix import em_step, leap
from skclean.simulation import make_noise_matrix


def test_a_step_by_hand():
    clean_probs = np.array([[0.5, 0.5], [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]])
    noise_matrix = np.array([[0.75, 0.25], [0.25, 0.75]])
    joint, log_likelihood, gap = em_step(np.array([0, 1, 0, 0]), clean_probs, noise_matrix)
    np.testing.assert_allclose(4 * joint, [[1.75, 0.25], [1.25, 0.75]])
    assert log_likelihood == pytest.approx(np.log([0.5, 0.5, 0.75, 0.25]).mean())
    # gradient [1.75, .25] / .75 and .25 over 4, [1.25 / .25, .75 / .75] over 4
    assert gap == pytest.approx((1.75 / 0.75 + 1.25 / 0.25) / 4 - 1)


def test_a_leap_by_hand():
    # errors of 0.4, 0.2 and 0.1 halve at every step, so they lead to 0
    steps = [np.array([[0.6 - e, 0.4 + e], [0.3 + e, 0.7 - e]]) for e in [0.4, 0.2, 0.1]]
    np.testing.assert_allclose(leap(*steps), [[0.6, 0.4], [0.3, 0.7]])
    same = np.full((2, 2), 0.5)
    np.testing.assert_array_equal(leap(same, same, same), same)
    # too long a leap leaves a little of every entry
    far = [np.array([[1 - e, e], [0.5, 0.5]]) for e in [0.9, 0.5, 0.11]]
    assert 0 < leap(*far)[0, 1] < 0.11 / 100


def test_known_true_labels_make_it_the_confusion_matrix():
    y_true, y = np.array([0, 0, 0, 1, 1, 2, 2, 2]), np.array([0, 0, 1, 1, 1, 2, 0, 2])
    joint = EMNoiseMatrix().estimate(y, np.eye(3)[y_true])
    np.testing.assert_allclose(8 * joint, [[2, 1, 0], [0, 2, 0], [1, 0, 2]], atol=1e-6)


@pytest.mark.parametrize("separation", [0.5, 1, 2])
def test_the_maximum_is_that_of_a_search_however_much_classes_overlap(simulate, separation):
    noise_matrix = np.array([[0.7, 0.3], [0.2, 0.8]])
    y, _, clean_probs, _ = simulate(noise_matrix, 2000, separation=separation)

    def loss(flips):
        ones = clean_probs @ [flips[0], 1 - flips[1]]
        return -np.log(np.where(y == 1, ones, 1 - ones)).mean()

    flips = minimize(loss, [0.2, 0.2], bounds=[(0.01, 0.99)] * 2, tol=1e-12).x
    expected = [[1 - flips[0], flips[0]], [flips[1], 1 - flips[1]]]
    found = estimate_noise_matrix(y, clean_probs, method=EMNoiseMatrix()).noise_matrix
    np.testing.assert_allclose(found, expected, atol=1e-3)


@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
@settings(deadline=None, max_examples=30)
def test_no_step_lowers_the_likelihood_and_its_bound_holds(seed, n_classes):
    rng = np.random.default_rng(seed)
    clean_probs = rng.dirichlet(np.ones(n_classes), 50)
    y = rng.integers(n_classes, size=50)
    noise_matrix = rng.dirichlet(np.ones(n_classes), n_classes)
    values, bounds = [], []
    for _ in range(10):
        joint, value, gap = em_step(y, clean_probs, noise_matrix)
        noise_matrix = normalize_rows(joint)
        values.append(value)
        bounds.append(value + gap)
    assert np.diff(values).min() >= -1e-12
    method = EMNoiseMatrix(max_iter=100_000, tol=1e-9)  # a flat top takes many steps
    best = em_step(y, clean_probs, normalize_rows(method.estimate(y, clean_probs)))
    assert max(values) <= best[1] + 1e-8
    assert min(bounds) >= best[1] - 1e-8


@pytest.mark.parametrize("kind", ["uniform", "pair", "random"])
@pytest.mark.parametrize("seed", range(3))
def test_clean_probabilities_give_the_matrix(simulate, kind, seed):
    noise_matrix = make_noise_matrix(kind, 3, 0.3, random_state=seed)
    y, _, clean_probs, prior = simulate(
        noise_matrix, 4000, class_prior=[0.5, 0.3, 0.2], separation=2.5, seed=seed
    )
    joint = EMNoiseMatrix().estimate(y, clean_probs)
    np.testing.assert_allclose(joint.sum(axis=1), prior, atol=0.03)
    np.testing.assert_allclose(joint / joint.sum(axis=1, keepdims=True), noise_matrix, atol=0.06)


def test_probabilities_of_the_given_label_hide_the_noise(simulate):
    noise_matrix = make_noise_matrix("uniform", 3, 0.3)
    y, pred_probs, _, _ = simulate(noise_matrix, 3000, separation=4)
    assert estimate_noise_matrix(y, pred_probs, method="EMNoiseMatrix").noise_rate < 0.05


@pytest.mark.parametrize("n_classes", [2, 5, 20])
def test_under_overlap_the_default_stops_where_it_would_end(simulate, n_classes):
    noise_matrix = make_noise_matrix("uniform", n_classes, 0.3)
    y, _, clean_probs, _ = simulate(noise_matrix, 4000, separation=1)
    default, end = (
        estimate_noise_matrix(
            y, clean_probs, method=EMNoiseMatrix(max_iter=9999, tol=tol)
        ).noise_matrix
        for tol in [EMNoiseMatrix().tol, 1e-9]
    )
    np.testing.assert_allclose(default, end, atol=2e-3)
    likelihoods = [em_step(y, clean_probs, matrix)[1] for matrix in (default, end)]
    assert likelihoods[1] - likelihoods[0] <= EMNoiseMatrix().tol


def test_too_few_steps_are_said():
    rng = np.random.default_rng(0)
    with pytest.warns(ConvergenceWarning, match="after max_iter=2 steps.*Increase max_iter or tol"):
        EMNoiseMatrix(max_iter=2).estimate(
            rng.integers(3, size=60), rng.dirichlet(np.ones(3), size=60)
        )
