"""NoiseMatrixEstimator: the matrices with a classifier in the loop."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skclean import NoiseMatrixEstimator, estimate_noise_matrix
from skclean.noise_matrix import BaseJoint, ConfidentJoint
from skclean.utils.estimator_checks import check_joint_method


def test_matrices_are_those_of_the_function(noisy_blobs):
    X, y, _, _ = noisy_blobs
    fitted = NoiseMatrixEstimator(LogisticRegression(), random_state=0).fit(X, y)
    noise = estimate_noise_matrix(y, fitted.pred_probs_)
    for name in ["joint", "noise_matrix", "inverse_noise_matrix", "class_prior", "given_prior"]:
        np.testing.assert_array_equal(getattr(fitted, f"{name}_"), getattr(noise, name))
    assert fitted.noise_rate_ == noise.noise_rate
    assert fitted.confident_joint_.sum() == len(y)


def test_the_true_matrix_is_recovered(noisy_blobs):
    X, y, y_true, noise_matrix = noisy_blobs
    fitted = NoiseMatrixEstimator(LogisticRegression(), random_state=0).fit(X, y)
    assert np.abs(fitted.noise_matrix_ - noise_matrix).max() < 0.12
    assert abs(fitted.noise_rate_ - (y != y_true).mean()) < 0.07


def test_corrected_probabilities_predict_the_true_labels_better(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    fitted = NoiseMatrixEstimator(LogisticRegression(), random_state=0).fit(X, y)
    corrected = fitted.correct_proba(fitted.pred_probs_)
    np.testing.assert_allclose(corrected.sum(axis=1), 1)
    codes = np.searchsorted(fitted.classes_, y_true)
    rows = np.arange(len(y))
    before = np.log(fitted.pred_probs_[rows, codes]).mean()
    assert np.log(corrected[rows, codes] + 1e-3).mean() > before + 0.1


def test_a_method_may_be_a_name_or_a_part(noisy_blobs):
    X, y, _, _ = noisy_blobs
    part = NoiseMatrixEstimator(LogisticRegression(), method=ConfidentJoint()).fit(X, y)
    for name in ["confident_joint", "ConfidentJoint"]:
        named = NoiseMatrixEstimator(LogisticRegression(), method=name).fit(X, y)
        np.testing.assert_array_equal(named.joint_, part.joint_)
    np.testing.assert_array_equal(part.joint_, part.confident_joint_ / len(y))


def test_a_third_partys_method_works(noisy_blobs):
    class NoNoise(BaseJoint):
        def _estimate(self, y, pred_probs):
            return np.diag(np.bincount(y, minlength=pred_probs.shape[1]) / len(y))

    check_joint_method(NoNoise())
    X, y, _, _ = noisy_blobs
    fitted = NoiseMatrixEstimator(LogisticRegression(), method=NoNoise()).fit(X, y)
    np.testing.assert_array_equal(fitted.noise_matrix_, np.eye(3))
    assert fitted.noise_rate_ == pytest.approx(0)


def test_given_probabilities_spare_the_classifier(noisy_blobs):
    X, y, _, _ = noisy_blobs
    first = NoiseMatrixEstimator(LogisticRegression()).fit(X, y)
    again = NoiseMatrixEstimator().fit(X, y, pred_probs=first.pred_probs_)
    np.testing.assert_array_equal(first.noise_matrix_, again.noise_matrix_)
    assert again.estimators_ == []


def test_half_precision_probabilities_become_rows_that_sum_to_one(noisy_blobs):
    X, y, _, _ = noisy_blobs
    probs = NoiseMatrixEstimator(LogisticRegression()).fit(X, y).pred_probs_
    half = NoiseMatrixEstimator().fit(X, y, pred_probs=probs.astype(np.float16))
    assert half.pred_probs_.dtype == np.float32
    np.testing.assert_allclose(half.pred_probs_.sum(axis=1), 1, rtol=1e-6)
    assert half.correct_proba(probs.astype(np.float32)).dtype == np.float32


def test_heavy_noise_is_undone_too():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 500)
    p_true = np.where(y == 0, 0.9, 0.1)[:, np.newaxis] * [1, -1] + [0, 1]
    noise_matrix = np.array([[0.55, 0.45], [0.45, 0.55]])
    fitted = NoiseMatrixEstimator().fit(y[:, np.newaxis], y, pred_probs=p_true)
    fitted.noise_matrix_ = noise_matrix
    expected = rng.dirichlet([1, 1], size=1000)
    np.testing.assert_allclose(fitted.correct_proba(expected @ noise_matrix), expected, atol=0.01)
