"""Clusterability: what the labels of a sample and its two neighbors agree on."""

import numpy as np
import pytest

from skclean import estimate_noise_matrix
from skclean.noise_matrix import Clusterability
from skclean.noise_matrix._clusterability import fit_consensus, neighbor_triples
from skclean.simulation import make_noise_matrix


def error(noise_matrix, y, pred_probs, prior, method=None):
    """Total variation of the rows, weighted by the class prior."""
    found = estimate_noise_matrix(y, pred_probs, method=method or Clusterability()).noise_matrix
    return 0.5 * prior @ abs(found - noise_matrix).sum(axis=1)


@pytest.mark.parametrize("n_classes", [2, 3, 6])
def test_exact_consensus_of_third_order_gives_the_matrix(n_classes):
    noise_matrix = make_noise_matrix("random", n_classes, 0.3, random_state=0)
    prior = np.arange(1, n_classes + 1) / np.arange(1, n_classes + 1).sum()
    consensus = np.einsum("k,ka,kb,kc->abc", prior, noise_matrix, noise_matrix, noise_matrix)
    triples = np.stack(np.unravel_index(np.arange(n_classes**3), consensus.shape), axis=1)
    start = np.full((n_classes, n_classes), 0.2 / n_classes) + 0.8 * np.eye(n_classes)
    joint = fit_consensus(triples, 1e6 * consensus.ravel(), start / n_classes)
    np.testing.assert_allclose(joint, prior[:, np.newaxis] * noise_matrix, atol=5e-3)


def test_consensus_of_every_order_by_hand():
    # the equations of the paper for p = (1/4, 3/4) and T = [[.8, .2], [.4, .6]], in 1/1000
    prior, noise_matrix = np.array([0.25, 0.75]), np.array([[0.8, 0.2], [0.4, 0.6]])
    third = {(0, 0, 0): 176, (0, 0, 1): 104, (0, 1, 1): 116, (1, 1, 1): 164}
    triples = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    counts = np.array([third[tuple(sorted(triple))] for triple in triples])
    assert counts.sum() == 1000
    np.testing.assert_array_equal(np.bincount(triples[:, 0], weights=counts), [500, 500])
    agree = triples[:, 0] == triples[:, 1]  # second order: p @ T**2
    seconds = np.bincount(triples[agree, 0], weights=counts[agree])
    np.testing.assert_array_equal(seconds, [280, 280])
    start = prior[:, np.newaxis] * np.array([[0.9, 0.1], [0.1, 0.9]])
    joint = fit_consensus(triples, 1e9 * counts, start)
    np.testing.assert_allclose(joint, prior[:, np.newaxis] * noise_matrix, atol=5e-3)
    # the fit meets the consensus of each order
    found_prior = joint.sum(axis=1)
    found = joint / found_prior[:, np.newaxis]
    np.testing.assert_allclose(found_prior @ found, [0.5, 0.5], atol=1e-3)
    np.testing.assert_allclose(found_prior @ found**2, [0.28, 0.28], atol=1e-3)
    np.testing.assert_allclose(found_prior @ found**3, [0.176, 0.164], atol=1e-3)


def test_neighbors_are_the_nearest_rows_and_never_the_row_itself():
    points = np.array([[0, 1], [0.1, 0.9], [0.3, 0.7], [1, 0], [0.95, 0.05]], dtype=np.float32)
    triples = neighbor_triples(points, np.random.RandomState(0))
    expected = [[0, 1, 2], [1, 0, 2], [2, 1, 0], [3, 4, 2], [4, 3, 2]]
    np.testing.assert_array_equal(triples, expected)


def test_among_equal_rows_the_neighbors_are_spread():
    triples = neighbor_triples(np.full((500, 2), 0.5, np.float32), np.random.RandomState(0))
    assert np.bincount(triples[:, 1:].ravel(), minlength=500).max() < 15
    assert (triples[:, 1:] != triples[:, :1]).all()


@pytest.mark.parametrize("kind", ["uniform", "pair", "random"])
@pytest.mark.parametrize("seed", range(3))
def test_clusterable_samples_give_the_matrix_within_sampling_error(simulate, kind, seed):
    noise_matrix = make_noise_matrix(kind, 4, 0.3, random_state=seed)
    prior = np.array([0.4, 0.3, 0.2, 0.1])
    y, pred_probs, _, _ = simulate(
        noise_matrix, 6000, separation=None, class_prior=prior, seed=seed
    )
    # twice the error of counting with the true labels known
    count_error = 0.5 * prior @ np.sqrt(noise_matrix / (6000 * prior[:, np.newaxis])).sum(axis=1)
    assert error(noise_matrix, y, pred_probs, prior) < 2 * count_error


def test_two_classes_and_overlap(simulate):
    noise_matrix = np.array([[0.8, 0.2], [0.1, 0.9]])
    for seed in range(3):
        y, pred_probs, _, prior = simulate(noise_matrix, 4000, separation=4, seed=seed)
        assert error(noise_matrix, y, pred_probs, prior) < 0.05


def test_a_hundred_classes(simulate):
    noise_matrix = make_noise_matrix("pair", 100, 0.2)
    y, pred_probs, _, prior = simulate(noise_matrix, 5000, separation=None)
    assert error(noise_matrix, y, pred_probs, prior) < 0.15


def test_a_part_of_the_samples_does(simulate):
    noise_matrix = make_noise_matrix("uniform", 3, 0.3)
    y, pred_probs, _, prior = simulate(noise_matrix, 6000, separation=None)
    part = Clusterability(n_samples=2000, random_state=3)
    assert error(noise_matrix, y, pred_probs, prior, part) < 0.06
    joint = part.estimate(y, pred_probs)
    np.testing.assert_array_equal(part.estimate(y, pred_probs), joint)
    other = Clusterability(n_samples=2000, random_state=4).estimate(y, pred_probs)
    assert (other != joint).any()


def test_two_samples_have_no_two_neighbors():
    joint = Clusterability().estimate(np.array([0, 2]), np.full((2, 3), 1 / 3))
    np.testing.assert_array_equal(joint, np.diag([0.5, 0, 0.5]))
