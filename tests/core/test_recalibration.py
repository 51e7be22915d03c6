"""Chances of being wrong follow what a review found of labels that look alike."""

import numpy as np
import pytest
from scipy.special import expit

from skclean._core._recalibration import local_shift


@pytest.fixture
def odds():
    return np.linspace(-8, 8, 2001)


def test_nothing_reviewed_shifts_nothing(odds):
    nothing = np.zeros(len(odds), dtype=bool)
    assert (local_shift(odds, nothing, nothing) == 0).all()


def test_labels_as_wrong_as_expected_hardly_shift(odds):
    wrong = np.random.RandomState(0).uniform(size=len(odds)) < expit(odds)
    shift = local_shift(odds, np.ones(len(odds), dtype=bool), wrong)
    assert np.abs(shift).mean() < 0.3


@pytest.mark.parametrize("actual", [-1.0, 1.0])
def test_a_shift_is_found_where_labels_were_reviewed(odds, actual):
    wrong = np.random.RandomState(0).uniform(size=len(odds)) < expit(odds + actual)
    shift = local_shift(odds, np.ones(len(odds), dtype=bool), wrong)
    assert shift[np.abs(odds) < 2].mean() == pytest.approx(actual, abs=0.3)


def test_the_worst_labels_say_nothing_of_the_doubtful_ones(odds):
    worst = odds > 4
    shift = local_shift(odds, worst, ~worst)  # all of them are right
    assert (shift[worst] < -1).all()
    assert np.abs(shift[odds < 0]).max() < 0.1


def test_order_of_the_labels_does_not_matter(odds):
    random_state = np.random.RandomState(0)
    trusted = random_state.uniform(size=len(odds)) < 0.1
    wrong = trusted & (random_state.uniform(size=len(odds)) < 0.5)
    order = random_state.permutation(len(odds))
    shift = local_shift(odds, trusted, wrong)
    assert np.array_equal(local_shift(odds[order], trusted[order], wrong[order]), shift[order])


def test_labels_that_the_review_found_wrong_raise_the_chance_of_all_alike():
    odds, trusted = np.zeros(50), np.arange(50) < 10
    more = local_shift(odds, trusted, trusted)
    less = local_shift(odds, trusted, ~trusted)
    assert more[-1] > 0 > less[-1]
    assert more[-1] == pytest.approx(-less[-1], abs=1e-6)
