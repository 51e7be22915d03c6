"""Votes by hand."""

import numpy as np
import pytest

from skclean._core._votes import (
    best_of_each_class,
    cast_votes,
    class_votes,
    outvoted,
    vote_quality,
    vote_shares,
)

VOTES = np.array([[0, 0, 2], [1, 1, 1], [2, 0, 1]])
NAN = [np.nan, np.nan]
# p of two classes for three samples given class 0, 1 and 1, by three classifiers
PROBS = [
    np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2]]),
    np.array([[0.4, 0.6], [0.7, 0.3], NAN]),
    np.array([[0.8, 0.2], [0.1, 0.9], NAN]),
]
Y = np.array([0, 1, 1])


def test_votes_are_counted_by_class():
    np.testing.assert_array_equal(class_votes(VOTES, 3), [[2, 0, 1], [0, 3, 0], [1, 1, 1]])
    weighted = class_votes(VOTES, 4, np.array([1, 0.5, 2]))
    np.testing.assert_allclose(weighted, [[1.5, 0, 2, 0], [0, 3.5, 0, 0], [0.5, 2, 1, 0]])
    np.testing.assert_allclose(vote_shares(VOTES, 3)[0], [2 / 3, 0, 1 / 3])
    np.testing.assert_array_equal(vote_shares(VOTES, 3, np.zeros(3)), np.zeros((3, 3)))


def test_classifiers_that_do_not_know_the_given_class_cast_no_vote():
    votes, mean_probs = cast_votes(Y, PROBS)
    np.testing.assert_array_equal(votes, [[2, 1], [2, 1], [1, 0]])
    np.testing.assert_allclose(mean_probs, [[0.7, 0.3], [1.4 / 3, 1.6 / 3], [0.8, 0.2]])
    votes, mean_probs = cast_votes(Y[2:], [probs[2:] for probs in PROBS[1:]])
    np.testing.assert_array_equal(votes, [[0, 0]])
    assert np.isnan(mean_probs).all()


def test_quality_is_votes_first_and_probability_between_them():
    votes, mean_probs = cast_votes(Y, PROBS)
    np.testing.assert_allclose(
        vote_quality(Y, votes, mean_probs), [2.7 / 4, (1 + 1.6 / 3) / 4, 0.2 / 2]
    )


@pytest.mark.parametrize(
    ("voting", "expected"),
    [("majority", [False, False, True, True, False]), ("consensus", [False] * 3 + [True, False])],
)
def test_labels_are_outvoted_by_more_than_half_or_by_all(voting, expected):
    votes = np.array([[3, 1], [2, 2], [1, 3], [0, 4], [0, 0]])
    np.testing.assert_array_equal(outvoted(np.zeros(5, dtype=int), votes, voting), expected)


def test_the_best_of_each_class_is_the_first_of_equals():
    y, quality = np.array([1, 0, 1, 0, 2]), np.array([0.5, 0.2, 0.5, 0.3, 0.0])
    np.testing.assert_array_equal(best_of_each_class(y, quality), [3, 0, 4])
