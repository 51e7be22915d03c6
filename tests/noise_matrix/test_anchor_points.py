"""AnchorPoints: rows of the noise matrix are the surest samples."""

import numpy as np
import pytest

from skclean._core import _transition
from skclean._core._transition import anchor_matrix, calibrate_columns, joint_from_transition
from skclean.noise_matrix import AnchorPoints
from skclean.noise_matrix._anchor_points import anchor_depth
from skclean.simulation import make_noise_matrix

PRED_PROBS = np.array(
    [[0.90, 0.10, 0.00], [0.80, 0.10, 0.10], [0.80, 0.20, 0.00], [0.10, 0.70, 0.20], [0, 0, 1]]
)


def test_anchors_by_hand():
    expected = [[0.9, 0.1, 0], [0.1, 0.7, 0.2], [0, 0, 1]]
    np.testing.assert_allclose(anchor_matrix(PRED_PROBS, [0, 0, 0]), expected)


def test_samples_that_tie_for_an_anchor_are_averaged():
    # the second and third largest probabilities of the first class are both .8
    for depth in [1, 2]:
        anchors = anchor_matrix(PRED_PROBS, [depth, 0, 0])
        np.testing.assert_allclose(anchors[0], [0.8, 0.15, 0.05])


def test_a_quantile_of_probability_zero_gives_way_to_the_next_larger_one():
    pred_probs = np.array([[0.6, 0.4], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    np.testing.assert_allclose(anchor_matrix(pred_probs, [0, 2])[1], [0.6, 0.4])
    np.testing.assert_allclose(anchor_matrix(np.eye(2)[[0, 0, 0]], [0, 0]), np.eye(2))


def test_the_quantile_counts_samples_and_spares_rare_classes():
    y = np.repeat([0, 1, 2], [80, 17, 3])
    np.testing.assert_array_equal(anchor_depth(y, 4, 1), [0, 0, 0, 0])
    np.testing.assert_array_equal(anchor_depth(y, 4, 0.97), [3, 3, 1, 0])
    np.testing.assert_array_equal(anchor_depth(y, 4, 0.5), [39, 8, 1, 0])


def test_anchors_do_not_depend_on_how_many_columns_are_ranked_at_a_time(monkeypatch):
    pred_probs = np.random.default_rng(0).dirichlet(np.ones(7), 50)
    depth = np.arange(7)
    expected = anchor_matrix(pred_probs, depth)
    monkeypatch.setattr(_transition, "COLUMN_BYTES", 2 * 50 * 8)
    np.testing.assert_array_equal(anchor_matrix(pred_probs, depth), expected)


def test_the_class_prior_is_the_one_that_gives_the_given_labels():
    noise_matrix = np.array([[0.8, 0.2, 0.0], [0.0, 0.9, 0.1], [0.1, 0.1, 0.8]])
    prior = np.array([0.5, 0.3, 0.2])
    joint = joint_from_transition(noise_matrix, prior @ noise_matrix)
    np.testing.assert_allclose(joint, prior[:, np.newaxis] * noise_matrix, atol=1e-4)


def test_columns_are_scaled_and_impossible_labels_are_taken_to_be_right():
    joint = np.array([[0.4, 0.2, 0.0], [0.1, 0.3, 0.0], [0.0, 0.0, 0.0]])
    scaled = calibrate_columns(joint, np.array([0.4, 0.5, 0.1]))
    np.testing.assert_allclose(scaled, [[0.32, 0.2, 0], [0.08, 0.3, 0], [0, 0, 0.1]])


@pytest.mark.parametrize("kind", ["uniform", "pair", "random"])
@pytest.mark.parametrize("seed", range(3))
def test_exact_probabilities_give_the_matrix(simulate, kind, seed):
    noise_matrix = make_noise_matrix(kind, 3, 0.3, random_state=seed)
    y, pred_probs, _, prior = simulate(
        noise_matrix, 2000, class_prior=[0.5, 0.3, 0.2], separation=4, seed=seed
    )
    for quantile, atol in [(1, 0.01), (0.97, 0.03)]:
        joint = AnchorPoints(quantile=quantile).estimate(y, pred_probs)
        np.testing.assert_allclose(joint.sum(axis=1), prior, atol=0.06)
        found = joint / joint.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(found, noise_matrix, atol=atol + 0.03)


def test_a_lower_quantile_resists_an_outlier(simulate):
    noise_matrix = make_noise_matrix("uniform", 2, 0.3)
    y, pred_probs, _, _ = simulate(noise_matrix, 500, separation=5)
    pred_probs[0] = [1, 0]  # no sample is as sure as that
    surest = AnchorPoints(quantile=1).estimate(y, pred_probs)
    robust = AnchorPoints().estimate(y, pred_probs)
    assert surest[0, 1] == pytest.approx(0, abs=1e-6)
    assert robust[0, 1] == pytest.approx(0.15, abs=0.05)
