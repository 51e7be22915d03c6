"""Data at the edge, for every public detector and noise-matrix method."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from skclean import NoisyLabelFilter, estimate_noise_matrix
from skclean.detectors import (
    BaseDetector,
    ConfidentLearning,
    EnsembleDetector,
    IterativePartitioning,
    TrainingDynamics,
)
from skclean.noise_matrix import AnchorPoints, BaseJoint
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.discovery import all_estimators

PUBLIC = dict(all_estimators())
DETECTORS = {name: cls() for name, cls in PUBLIC.items() if issubclass(cls, BaseDetector)}
DETECTORS["ConfidentLearning"] = ConfidentLearning(
    KNeighborsClassifier()
)  # cheaper than its default
DETECTORS["EnsembleDetector, calibrated"] = EnsembleDetector(voting="calibrated")
METHODS = {name: cls() for name, cls in PUBLIC.items() if issubclass(cls, BaseJoint)}
every_detector = pytest.mark.parametrize("detector", DETECTORS.values(), ids=DETECTORS)
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def clusters(sizes, n_features=4, seed=0):
    """Classes far from each other."""
    rng = np.random.default_rng(seed)
    centers = 20 * rng.permutation(len(sizes))[:, np.newaxis] + rng.normal(size=n_features)
    centers[:, 1::2] *= -1
    X, y = make_blobs(sizes, n_features, centers=centers, random_state=seed)
    return X, y


def find(detector, X, y):
    """Findings of a detector, held to what all promise; a filter by it keeps every class."""
    resampler = NoisyLabelFilter(detector)
    _, y_kept = resampler.fit_resample(X, y)
    issues = resampler.issues_
    assert issues.label_quality.shape == issues.issue_mask.shape == y.shape
    assert np.isfinite(issues.label_quality).all()
    assert issues.label_quality.min() >= 0
    assert issues.label_quality.max() <= 1
    assert np.isin(issues.suggested_label, y).all()
    if issues.suggested_proba is not None:
        judged = ~np.isnan(issues.suggested_proba)
        assert (issues.suggested_label[~judged] == y[~judged]).all()
        assert ((issues.suggested_proba[judged] >= 0) & (issues.suggested_proba[judged] <= 1)).all()
    if issues.n_issues == 0:
        assert np.isnan(issues.expected_precision)
    elif not np.isnan(issues.expected_precision):
        assert 0 <= issues.expected_precision <= 1
    np.testing.assert_array_equal(np.unique(y_kept), np.unique(y))
    return issues


@every_detector
@pytest.mark.parametrize("n_classes", [2, 3])
def test_right_labels_of_separate_classes_are_left_alone(detector, n_classes):
    # only where classes are apart: in an overlap honest samples contradict their likes too
    X, y = clusters([40] * n_classes)
    assert find(detector, X, y).n_issues == 0


@every_detector
def test_planted_errors_of_two_classes_come_first(detector):
    X, y_true = clusters([80, 80])
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 2, 0.1), random_state=0)
    issues = find(detector, X, y)
    assert roc_auc_score(~flipped, issues.label_quality) > 0.95
    assert issues.issue_mask[flipped].mean() > 0.8


@every_detector
def test_45_percent_noise_leaves_a_ranking_better_than_chance(detector):
    X, y_true = clusters([300, 300])
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 2, 0.45), random_state=0)
    # chance is 0.5, with a standard deviation of 0.024
    assert roc_auc_score(~flipped, find(detector, X, y).label_quality) > 0.54


@every_detector
def test_300_classes(detector):
    if isinstance(detector, TrainingDynamics):  # one tree per class and stage
        detector = TrainingDynamics(GradientBoostingClassifier(n_estimators=2, random_state=0))
    n_each = 12 if isinstance(detector, IterativePartitioning) else 4  # some in each of 5 parts
    X, y_true = clusters([n_each] * 300, n_features=2)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 300, 0.05), random_state=0)
    assert roc_auc_score(~flipped, find(detector, X, y).label_quality) > 0.6


@every_detector
@pytest.mark.parametrize("n_rare", [2, 3, 5])
def test_a_rare_class_is_neither_lost_nor_in_the_way(detector, n_rare):
    X, y = clusters([60, 60, n_rare])
    issues = find(detector, X, y)
    assert not issues.issue_mask[y != 2].any()


@every_detector
@pytest.mark.filterwarnings("ignore:1 of 121 samples could not be judged:UserWarning")
def test_the_only_sample_of_a_class_is_kept(detector):
    X, y = clusters([60, 60, 1])
    assert not find(detector, X, y).issue_mask[y != 2].any()


@every_detector
def test_a_class_of_nothing_but_errors_comes_first(detector):
    X, y_true = clusters([100, 100])
    y = y_true.copy()
    y[::25] = 2  # given to samples of both classes and true of none
    assert roc_auc_score(y != 2, find(detector, X, y).label_quality) > 0.9


@every_detector
def test_duplicated_rows(detector):
    X, y_true = clusters([60, 60])
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 2, 0.1), random_state=0)
    twice = np.concatenate([np.arange(120), np.arange(120)])
    quality = find(detector, X[twice], y[twice]).label_quality
    assert roc_auc_score(~flipped[twice], quality) > 0.7


@every_detector
def test_rows_that_are_all_the_same(detector):
    y = np.repeat(["a", "b"], [30, 20])
    find(detector, np.ones((50, 3)), y)


PROBS = {
    "hard": lambda y_true: np.eye(3)[y_true],
    "constant": lambda y_true: np.tile([0.5, 0.3, 0.2], (len(y_true), 1)),
    "even": lambda y_true: np.full((len(y_true), 3), 1 / 3),
    "one class": lambda y_true: np.eye(3)[np.zeros_like(y_true)],
}


@pytest.mark.parametrize("kind", PROBS)
@pytest.mark.parametrize("method", [None, *METHODS])
def test_detection_from_hard_and_constant_probabilities(kind, method):
    y_true = np.arange(90) % 3
    y, _ = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)
    detector = ConfidentLearning(noise_matrix=method)
    detector.fit(np.zeros((90, 1)), y, pred_probs=PROBS[kind](y_true))
    assert np.isfinite(detector.label_quality_).all()
    assert ((detector.label_quality_ >= 0) & (detector.label_quality_ <= 1)).all()
    assert set(y[~detector.issue_mask_]) == {0, 1, 2}


def estimate(method, y, pred_probs):
    """Estimate of a method, held to its definitions."""
    noise = estimate_noise_matrix(
        y, pred_probs, method=method, classes=np.arange(pred_probs.shape[1])
    )
    given_prior = np.bincount(y, minlength=pred_probs.shape[1]) / len(y)
    assert noise.joint.min() >= 0
    np.testing.assert_allclose(noise.joint.sum(axis=0), given_prior, atol=1e-9)
    np.testing.assert_allclose(noise.noise_matrix.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(noise.inverse_noise_matrix.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(noise.class_prior.sum(), 1, atol=1e-9)
    assert 0 <= noise.noise_rate <= 1
    return noise


@every_method
@pytest.mark.parametrize("kind", PROBS)
def test_noise_from_hard_and_constant_probabilities(method, kind):
    y_true = np.arange(300) % 3
    y, flipped = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)
    noise = estimate(method, y, PROBS[kind](y_true))
    # of hard probabilities all methods count, but for AnchorPoints, whose anchors are then
    # samples without noise
    if kind == "hard" and not isinstance(method, AnchorPoints):
        assert noise.noise_rate == pytest.approx(flipped.mean(), abs=0.02)


@every_method
def test_45_percent_noise_of_separate_classes(method):
    y_true = np.arange(2000) % 2
    noise_matrix = make_noise_matrix("uniform", 2, 0.45)
    y, _ = flip_labels(y_true, noise_matrix, random_state=0)
    # EMNoiseMatrix takes probabilities of the true label; DualT counts noise twice that
    # its probabilities show, so it gets them without
    shows_noise = type(method).__name__ not in {"EMNoiseMatrix", "DualT"}
    pred_probs = noise_matrix[y_true] if shows_noise else np.eye(2)[y_true]
    found = estimate(method, y, pred_probs).noise_matrix
    np.testing.assert_allclose(found, noise_matrix, atol=0.06)


@every_method
def test_300_classes_of_noise(method):
    y_true = np.repeat(np.arange(300), 5)
    y, flipped = flip_labels(y_true, make_noise_matrix("pair", 300, 0.2), random_state=0)
    noise = estimate(method, y, np.eye(300)[y_true])
    rate = 0 if isinstance(method, AnchorPoints) else flipped.mean()  # hard ones show it none
    assert noise.noise_rate == pytest.approx(rate, abs=0.1)


@every_method
@pytest.mark.parametrize("n_rare", [1, 2, 5])
def test_noise_with_a_rare_class(method, n_rare):
    y = np.repeat([0, 1, 2], [100, 100, n_rare])
    pred_probs = 0.04 + 0.88 * np.eye(3)[y]
    noise = estimate(method, y, pred_probs)
    assert noise.class_prior[2] < 0.1


@every_method
def test_a_class_whose_labels_are_all_wrong(method):
    y_true = np.arange(400) % 2
    y = y_true.copy()
    y[:10] = 2
    noise = estimate(method, y, np.pad(0.05 + 0.9 * np.eye(2)[y_true], [(0, 0), (0, 1)]))
    assert noise.class_prior.shape == (3,)


@pytest.mark.parametrize("name", sorted(set(METHODS) - {"Clusterability"}))
def test_rows_seen_twice_are_the_same_noise(name):
    # to Clusterability a row and its copy are neighbors that agree
    rng = np.random.default_rng(0)
    pred_probs = rng.dirichlet([1, 1, 1], 200)
    y = (pred_probs.cumsum(axis=1) < rng.random((200, 1))).sum(axis=1)
    once, twice = (
        estimate(METHODS[name], np.tile(y, n), np.tile(pred_probs, (n, 1))).joint for n in [1, 2]
    )
    np.testing.assert_allclose(twice, once, atol=0.02)
