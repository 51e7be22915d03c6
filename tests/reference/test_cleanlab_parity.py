"""The classic rules and matrices are those of cleanlab, whose matrices are the transposes."""

import warnings

import cleanlab.internal.util
import numpy as np
import pytest
from cleanlab import count, filter, rank
from hypothesis import given, settings
from hypothesis import strategies as st

from skclean import (
    confident_joint,
    estimate_joint,
    estimate_noise_matrix,
    find_label_issues,
    label_quality_scores,
)
from skclean._core._evidence import Evidence
from skclean._core._joint import PairCounts
from skclean._core._prune import keep_minimum
from skclean.noise_matrix import ConfidentJoint

pytestmark = pytest.mark.filterwarnings("ignore:The most probable class is the given label")
RULES = {
    "by_noise_rate": "prune_by_noise_rate",
    "by_class": "prune_by_class",
    "both": "both",
    "confident": "confident_learning",
    "predicted_neq_given": "predicted_neq_given",
}
SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]


class StableNumpy:
    """numpy with a stable argsort."""

    def __getattr__(self, name):
        return getattr(np, name)

    @staticmethod
    def argsort(values):
        return np.argsort(values, kind="stable")


@pytest.fixture(autouse=True, scope="module")
def stable_argsort():
    # cleanlab orders equal remainders and equal margins by numpy's default argsort, which is
    # not stable and orders them differently on different processors; ours is stable
    with pytest.MonkeyPatch.context() as patch:
        for module in (cleanlab.internal.util, filter):
            patch.setattr(module, "np", StableNumpy())
        yield


@st.composite
def tables(draw, absent=False):
    """Labels and probabilities without ties, at least two samples of each present class.

    No probability is 0 or 1: for a certain right label cleanlab's entropy score jumps to 0.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 6))
    n_samples = draw(st.integers(15, 150))
    concentration = draw(st.sampled_from([0.3, 1.0, 3.0]))
    weights = rng.dirichlet(np.full(n_classes, concentration))
    pred_probs = rng.dirichlet(n_classes * concentration * weights + 0.05, n_samples)
    pred_probs = 0.98 * pred_probs + 0.02 / n_classes
    pred_probs /= pred_probs.sum(axis=1, keepdims=True)
    y = (pred_probs.cumsum(axis=1) < rng.random((n_samples, 1))).sum(axis=1)
    y = np.minimum(y, n_classes - 1)
    y[: 2 * n_classes] = np.repeat(np.arange(n_classes), 2)
    if absent and n_classes > 2:
        y[y == n_classes // 2] = 0
    return y, pred_probs


@pytest.fixture(params=["le_mnist", "le_20news", "cifar10_s2_n4", "cifar10_s6_n2"])
def real_table(request, reference_data):
    with np.load(reference_data / f"{request.param}.npz") as data:
        pred_probs = data["pred_probs"].astype(np.float64)
        y = data["labels"].astype(int)
    return y, pred_probs / pred_probs.sum(axis=1, keepdims=True)


def _cleanlab_mask(y, pred_probs, rule, minimum):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="May not flag all label issues")
        return filter.find_label_issues(
            y,
            pred_probs,
            filter_by=RULES[rule],
            min_examples_per_class=minimum,
            n_jobs=1,
        )


def _our_mask(y, pred_probs, rule, minimum):
    issues = find_label_issues(
        y,
        pred_probs,
        prune=rule,
        quality="self_confidence",
        min_samples_per_class=minimum,
        collision="unrestricted",
        classes=np.arange(pred_probs.shape[1]),
    )
    return issues.issue_mask


def _check_matrices(y, pred_probs):
    classes = np.arange(pred_probs.shape[1])
    ours = {"collision": "unrestricted", "classes": classes}
    np.testing.assert_allclose(
        Evidence(y, pred_probs).thresholds,
        count.get_confident_thresholds(y, pred_probs),
        rtol=1e-12,
    )
    for calibrate in (False, True):
        np.testing.assert_array_equal(
            confident_joint(y, pred_probs, calibrate=calibrate, **ours).T,
            count.compute_confident_joint(y, pred_probs, calibrate=calibrate),
        )
    np.testing.assert_allclose(
        estimate_joint(y, pred_probs, **ours).T, count.estimate_joint(y, pred_probs), atol=1e-15
    )


def _check_noise(y, pred_probs):
    noise = estimate_noise_matrix(
        y,
        pred_probs,
        method=ConfidentJoint(collision="unrestricted"),
        classes=np.arange(pred_probs.shape[1]),
    )
    calibrated = count.compute_confident_joint(y, pred_probs)
    prior, noise_matrix, inverse = count.estimate_latent(calibrated, y)
    np.testing.assert_allclose(noise.given_prior, np.bincount(y) / len(y), atol=1e-15)
    # where the calibrated diagonal is 0, cleanlab's prior is floored and its rates are clipped
    if (calibrated.diagonal() > 0).all():
        np.testing.assert_allclose(noise.class_prior, prior, atol=1e-12)
        np.testing.assert_allclose(noise.noise_matrix.T, noise_matrix, atol=1e-12)
        np.testing.assert_allclose(noise.inverse_noise_matrix.T, inverse, atol=1e-12)


def _check_scores(y, pred_probs):
    for quality in SCORES:
        np.testing.assert_allclose(
            label_quality_scores(y, pred_probs, quality=quality),
            rank.get_label_quality_scores(y, pred_probs, method=quality),
            atol=1e-12,
        )
    for quality in SCORES[:2]:  # cleanlab adjusts no entropy
        np.testing.assert_allclose(
            label_quality_scores(y, pred_probs, quality=quality, adjust=True),
            rank.get_label_quality_scores(y, pred_probs, method=quality, adjust_pred_probs=True),
            atol=1e-12,
        )


@given(tables(absent=False))
@settings(deadline=None, max_examples=100)
def test_thresholds_and_joints_agree(table):
    _check_matrices(*table)


@given(tables(absent=True))
@settings(deadline=None, max_examples=60)
def test_thresholds_and_joints_agree_where_a_class_is_absent(table):
    _check_matrices(*table)


@given(tables())
@settings(deadline=None, max_examples=100)
def test_noise_matrices_and_priors_agree(table):
    _check_noise(*table)


@given(tables())
@settings(deadline=None, max_examples=60)
def test_scores_agree(table):
    _check_scores(*table)


@given(tables(), st.integers(0, 12))
@settings(deadline=None, max_examples=150)
def test_masks_agree(table, minimum):
    y, pred_probs = table
    for rule in RULES:
        np.testing.assert_array_equal(
            _our_mask(y, pred_probs, rule, minimum),
            _cleanlab_mask(y, pred_probs, rule, minimum),
            err_msg=rule,
        )


@given(tables(absent=True), st.integers(0, 12))
@settings(deadline=None, max_examples=60)
def test_masks_agree_where_a_class_is_absent(table, minimum):
    y, pred_probs = table
    for rule in RULES:
        np.testing.assert_array_equal(
            _our_mask(y, pred_probs, rule, minimum),
            _cleanlab_mask(y, pred_probs, rule, minimum),
            err_msg=rule,
        )


@given(st.integers(0, 2**32 - 1), st.integers(2, 7), st.integers(0, 10))
@settings(deadline=None, max_examples=150)
def test_the_minimum_per_class_changes_the_counts_alike(seed, n_classes, minimum):
    counts = np.random.default_rng(seed).integers(0, 12, (n_classes, n_classes))
    np.testing.assert_array_equal(
        keep_minimum(PairCounts.of(counts), minimum).toarray(),
        filter._keep_at_least_n_per_class(counts, minimum),
    )


def test_real_thresholds_and_joints_agree(real_table):
    _check_matrices(*real_table)


def test_real_noise_matrices_and_priors_agree(real_table):
    _check_noise(*real_table)


def test_real_scores_agree(real_table):
    y, pred_probs = real_table
    certain = pred_probs.max(axis=1) > 1 - 1e-6  # where cleanlab's entropy score jumps to 0
    assert certain.mean() < 0.5
    for quality in SCORES[:2]:
        np.testing.assert_allclose(
            label_quality_scores(y, pred_probs, quality=quality),
            rank.get_label_quality_scores(y, pred_probs, method=quality),
            atol=1e-12,
        )
    _check_scores(y[~certain], pred_probs[~certain])


@pytest.mark.parametrize("rule", sorted(RULES))
def test_real_masks_agree(real_table, rule):
    y, pred_probs = real_table
    for minimum in (1, 5):
        ours = _our_mask(y, pred_probs, rule, minimum)
        np.testing.assert_array_equal(ours, _cleanlab_mask(y, pred_probs, rule, minimum))
        assert ours.any()
