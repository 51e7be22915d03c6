"""Probabilities made fit for a posterior."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from skclean._core import _rescaling
from skclean._core._rescaling import fit_exponent, fit_rescaling, fit_share


def simulated(power, n=4000, n_classes=3, seed=0):
    """Labels drawn from probabilities, and those probabilities to a power."""
    rng = np.random.default_rng(seed)
    exact = rng.dirichlet(np.full(n_classes, 0.8), n) * 0.98 + 0.02 / n_classes
    y = np.minimum((exact.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1), n_classes - 1)
    return y, softmax(np.log(exact) * power, axis=1), exact


@pytest.mark.parametrize("power", [8.0, 0.1])
def test_a_gross_exponent_is_found(power):
    y, pred_probs, _ = simulated(power)
    exponent, floor = fit_exponent(y, pred_probs)
    logs = np.log(np.maximum(pred_probs, floor))

    def loss(log_exponent):
        return -np.log(softmax(np.exp(log_exponent) * logs, axis=1)[np.arange(len(y)), y]).mean()

    best = minimize_scalar(loss, bounds=(np.log(0.02), np.log(20)), method="bounded").x
    assert exponent == pytest.approx(np.exp(best), rel=1e-2)
    assert exponent == pytest.approx(1 / power, rel=0.15)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_a_moderate_exponent_is_left_alone(power):
    y, pred_probs, _ = simulated(power)
    assert fit_exponent(y, pred_probs)[0] == 1


def test_of_many_rows_some_are_read_in_no_rhythm(monkeypatch):
    y, pred_probs, _ = simulated(8.0)
    order = np.argsort(np.arange(len(y)) % 4, kind="stable")  # every fourth label is alike
    by_label = np.argsort(y, kind="stable")[order.argsort()]
    y, pred_probs = y[by_label], pred_probs[by_label]
    whole = fit_exponent(y, pred_probs)[0]
    monkeypatch.setattr(_rescaling, "MAX_CELLS", 3 * 1000)
    some = fit_exponent(y, pred_probs)
    np.testing.assert_allclose(some[0], whole, rtol=0.15)
    assert some == fit_exponent(y, pred_probs)


def test_the_share_is_the_most_likely_one():
    y, exact, _ = simulated(1.0)
    rng = np.random.default_rng(1)
    y = np.where(rng.random(len(y)) < 0.3, rng.integers(0, 3, len(y)), y)
    own, prior = exact[np.arange(len(y)), y], np.full(len(y), 1 / 3)
    share = fit_share(own, prior)
    shares = [share, share - 0.02, share + 0.02]
    losses = [-np.log(each * prior + (1 - each) * own).mean() for each in shares]
    assert losses[0] == min(losses)
    assert share == pytest.approx(0.3, abs=0.05)


def test_certain_probabilities_leave_no_label_impossible():
    y = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    pred_probs = np.eye(3)[[0, 0, 1, 1, 1, 2, 2, 2]]
    rescale = fit_rescaling(y, pred_probs, pred_probs[np.arange(8), y])
    rescaled = rescale(pred_probs)
    assert rescaled.min() > 0
    np.testing.assert_allclose(rescaled.sum(axis=1), 1)
    np.testing.assert_array_equal(rescaled.argmax(axis=1), pred_probs.argmax(axis=1))


@pytest.mark.parametrize("power", [1.0, 8.0])
def test_single_precision_stays(power):
    y, pred_probs, _ = simulated(power, n=400)
    single = pred_probs.astype(np.float32)
    rescale = fit_rescaling(y, single, single[np.arange(400), y])
    assert rescale(single).dtype == np.float32
    double = fit_rescaling(y, pred_probs, pred_probs[np.arange(400), y])
    np.testing.assert_allclose(rescale(single), double(pred_probs), atol=2e-3)


def test_constant_probabilities_are_left_constant():
    y = np.arange(30) % 3
    pred_probs = np.full((30, 3), 1 / 3)
    rescaled = fit_rescaling(y, pred_probs, np.full(30, 1 / 3))(pred_probs)
    np.testing.assert_allclose(rescaled, 1 / 3)
