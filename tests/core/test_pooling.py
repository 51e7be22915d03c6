"""Pooling of probabilities and votes."""

import numpy as np
import pytest

from skclean._core._pooling import pool, pool_weights
from skclean._core._votes import neighbor_shares


@pytest.fixture
def labelled():
    rng = np.random.default_rng(0)
    pred_probs = rng.dirichlet([0.5, 0.5, 0.5], 2000)
    y = (rng.random((2000, 1)) > pred_probs.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    return y, pred_probs


def test_a_member_that_knows_nothing_gets_the_least_weight(labelled):
    y, pred_probs = labelled
    weights = pool_weights(y, [pred_probs, np.roll(pred_probs, 7, axis=0)])
    assert weights[0] > 0.9
    np.testing.assert_allclose(weights.sum(), 1)


def test_a_pool_of_equals_is_what_they_say(labelled):
    _, pred_probs = labelled
    np.testing.assert_allclose(pool([pred_probs] * 2, [0.3, 0.7]), pred_probs, atol=1e-9)


def test_only_the_first_usable_neighbors_vote():
    y = np.array([0, 1, 1, 0])
    neighbors = np.array([[1, 2, 3], [0, 2, 3], [3, 1, 0], [2, 1, 0]])
    usable = np.ones((4, 3), dtype=bool)
    usable[0] = [False, True, True]
    usable[3] = False
    shares = neighbor_shares(y, neighbors, usable, 2, 2)
    np.testing.assert_allclose(
        shares, np.array([[1.5, 1.5], [1.5, 1.5], [1.5, 1.5], [1.5, 1.5]]) / 3
    )
    # row 3 has no neighbor that may vote and is undecided
    np.testing.assert_allclose(neighbor_shares(y, neighbors, usable, 2, 1)[0], [0.25, 0.75])
