"""What every noise-matrix method promises, whatever comes in."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skclean import estimate_noise_matrix
from skclean.noise_matrix import BaseJoint
from skclean.utils.discovery import all_estimators

METHODS = {name: cls() for name, cls in all_estimators() if issubclass(cls, BaseJoint)}
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def check(y, pred_probs, method):
    """Estimate, and hold the record to its definitions."""
    n_classes = np.shape(pred_probs)[1]
    noise = estimate_noise_matrix(y, pred_probs, method=method, classes=np.arange(n_classes))
    given_prior = np.bincount(y, minlength=n_classes) / len(y)
    assert noise.joint.min() >= 0
    np.testing.assert_allclose(noise.joint.sum(axis=0), given_prior, atol=1e-9)
    np.testing.assert_allclose(noise.joint.sum(), 1, atol=1e-9)
    np.testing.assert_allclose(noise.noise_matrix.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(noise.inverse_noise_matrix.sum(axis=1), 1, atol=1e-9)
    assert 0 <= noise.noise_rate <= 1
    return noise


@st.composite
def tables(draw):
    """Labels and probabilities of any kind: spread, sure, hard or constant."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes, n_samples = draw(st.integers(2, 6)), draw(st.integers(1, 60))
    kind = draw(st.sampled_from(["spread", "sure", "hard", "constant"]))
    if kind == "hard":
        pred_probs = np.eye(n_classes)[rng.integers(n_classes, size=n_samples)]
    elif kind == "constant":
        pred_probs = np.tile(rng.dirichlet(np.ones(n_classes)), (n_samples, 1))
    else:
        alpha = 1.0 if kind == "spread" else 0.01
        pred_probs = rng.dirichlet(np.full(n_classes, alpha), n_samples)
        pred_probs = np.nan_to_num(pred_probs, nan=1 / n_classes)
    return rng.integers(n_classes, size=n_samples), pred_probs, rng


@given(tables(), st.sampled_from(sorted(METHODS)))
@settings(deadline=None, max_examples=150)
def test_every_estimate_is_a_joint_of_the_given_labels(table, name):
    y, pred_probs, _ = table
    check(y, pred_probs, METHODS[name])


@given(tables(), st.sampled_from(sorted(set(METHODS) - {"Clusterability"})))
@settings(deadline=None, max_examples=50)
def test_the_order_of_the_samples_does_not_matter(table, name):
    y, pred_probs, rng = table
    order = rng.permutation(len(y))
    expected = check(y, pred_probs, METHODS[name]).joint
    found = check(y[order], pred_probs[order], METHODS[name]).joint
    np.testing.assert_allclose(found, expected, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["AnchorPoints", "DualT", "EMNoiseMatrix"]))
@settings(deadline=None, max_examples=30)
def test_renaming_classes_permutes_the_matrix(seed, name):
    rng = np.random.default_rng(seed)
    pred_probs = rng.dirichlet(np.ones(4), 80)
    y = np.concatenate([np.arange(4), rng.integers(4, size=76)])
    names = rng.permutation(4)  # class k is called names[k]
    back = np.argsort(names)
    expected = check(y, pred_probs, METHODS[name]).joint[np.ix_(back, back)]
    found = check(names[y], pred_probs[:, back], METHODS[name]).joint
    np.testing.assert_allclose(found, expected, atol=1e-6)


@every_method
@pytest.mark.parametrize("n_classes", [2, 5])
def test_right_labels_of_a_sure_model_show_no_noise(method, n_classes):
    y = np.arange(60) % n_classes
    noise = check(y, np.eye(n_classes)[y], method)
    np.testing.assert_allclose(noise.noise_matrix, np.eye(n_classes), atol=1e-6)
    assert noise.noise_rate == pytest.approx(0, abs=1e-6)


@every_method
def test_an_absent_class_has_an_empty_column(method):
    rng = np.random.default_rng(0)
    pred_probs = rng.dirichlet(np.ones(4), 50)
    noise = check(rng.choice([0, 1, 3], 50), pred_probs, method)
    np.testing.assert_array_equal(noise.joint[:, 2], 0)
    np.testing.assert_array_equal(noise.inverse_noise_matrix[2], [0, 0, 1, 0])


@every_method
@pytest.mark.parametrize("y", [[4], [4, 4], [4, 5], [4, 5, 5], [0, 1, 2, 3, 4]])
def test_more_classes_than_samples(method, y):
    pred_probs = np.full((len(y), 10), 0.05)
    pred_probs[np.arange(len(y)), y] = 0.55
    check(np.array(y), pred_probs, method)


@every_method
def test_half_single_and_double_precision_agree(method, simulate):
    noise_matrix = np.array([[0.8, 0.2, 0.0], [0.0, 0.9, 0.1], [0.1, 0.1, 0.8]])
    y, pred_probs, _, _ = simulate(noise_matrix, 800)
    expected = check(y, pred_probs, method).joint
    for dtype, atol in [(np.float32, 1e-3), (np.float16, 2e-2)]:
        found = check(y, pred_probs.astype(dtype), method).joint
        np.testing.assert_allclose(found, expected, atol=atol)


@every_method
def test_nothing_that_comes_in_is_changed_and_estimates_repeat(method, simulate):
    y, pred_probs, _, _ = simulate(np.array([[0.7, 0.3], [0.1, 0.9]]), 300)
    y_before, before = y.copy(), pred_probs.copy()
    first, second = (method.estimate(y, pred_probs) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(pred_probs, before)


@pytest.mark.parametrize("method", ["anchor_points", "dual_t"])
def test_anchors_are_found_without_a_copy_of_the_probabilities(method):
    rng = np.random.default_rng(0)
    pred_probs = rng.dirichlet(np.ones(200), size=20_000)  # 32 MB
    y = rng.integers(200, size=20_000)
    tracemalloc.start()
    estimate_noise_matrix(y, pred_probs, method=method)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * len(y) + 8e6 + 64 * len(y)
