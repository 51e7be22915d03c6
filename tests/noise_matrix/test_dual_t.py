"""DualT: anchors times counts."""

import numpy as np
import pytest

from skclean.noise_matrix import AnchorPoints, DualT
from skclean.noise_matrix._dual_t import count_predicted
from skclean.simulation import make_noise_matrix

Y = np.array([0, 0, 0, 1, 1, 1, 1, 0])
PRED_PROBS = np.array([[0.9, 0.1]] * 4 + [[0.2, 0.8]] * 4)


def test_most_probable_classes_are_counted_by_given_label():
    np.testing.assert_array_equal(count_predicted(Y, PRED_PROBS), [[3, 1], [1, 3]])


def test_the_matrix_is_anchors_times_counts_by_hand():
    club, spade = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([[3, 1], [1, 3]]) / 4
    joint = DualT().estimate(Y, PRED_PROBS)
    prior = joint.sum(axis=1)
    np.testing.assert_allclose(joint / prior[:, np.newaxis], club @ spade, atol=1e-4)
    np.testing.assert_allclose(prior @ club @ spade, [0.5, 0.5], atol=1e-4)


def test_a_class_that_is_never_the_most_probable_keeps_its_anchor():
    pred_probs = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])
    joint = DualT().estimate(np.array([0, 0, 1]), pred_probs)
    np.testing.assert_allclose(joint.sum(axis=0), [2 / 3, 1 / 3])


@pytest.mark.parametrize("kind", ["uniform", "pair", "random"])
@pytest.mark.parametrize("seed", range(3))
def test_an_over_confident_model_is_put_right_by_counting(simulate, kind, seed):
    noise_matrix = make_noise_matrix(kind, 4, 0.3, random_state=seed)
    y, pred_probs, _, _ = simulate(noise_matrix, 4000, separation=6, seed=seed)
    sharp = pred_probs**10
    sharp /= sharp.sum(axis=1, keepdims=True)

    def error(method):
        joint = method.estimate(y, sharp)
        return abs(joint / joint.sum(axis=1, keepdims=True) - noise_matrix).max()

    assert error(DualT()) < 0.06
    assert error(AnchorPoints()) > 0.1


def test_exact_probabilities_count_the_noise_twice(simulate):
    noise_matrix = make_noise_matrix("uniform", 3, 0.2)
    y, pred_probs, _, _ = simulate(noise_matrix, 4000, separation=6)
    joint = DualT().estimate(y, pred_probs)
    np.testing.assert_allclose(3 * joint, noise_matrix @ noise_matrix, atol=0.03)
