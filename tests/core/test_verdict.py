"""How sure a flag can be."""

import numpy as np
import pytest

from skclean._core._verdict import (
    chance_wrong,
    class_overlap,
    noise_rate_bounds,
    overlap,
    precision_interval,
    stands,
)


def test_overlap_by_hand():
    # a fifth of the labels is contradicted, 90 % of the 10 % noise explains a part of it
    assert overlap(0.2, 0.1) == pytest.approx(0.11 / 0.9)
    # no more noise than contradictions is taken for an explanation
    assert overlap(0.1, 0.2) == pytest.approx(0.01 / 0.8)
    assert overlap(0.001, 0.0) == 0.005
    assert overlap(1.0, 0.0) == 0.995


def test_the_overlap_of_a_class_lies_between_its_own_and_that_of_all():
    found = class_overlap(np.array([0.01, 0.2, 0.8]), 0.2)
    np.testing.assert_allclose(found, [0.2, 0.2, 1 / 2])


def test_chances_by_hand():
    # at a quality of 1/2 the odds are those of no overlap, seven times smaller
    assert chance_wrong(0.5, 0.5) == pytest.approx(1 / 8)
    assert chance_wrong(0.5, 1 / 8) == pytest.approx(0.5)
    assert chance_wrong(0.2, 1 / 8) == pytest.approx(0.8)
    np.testing.assert_array_equal(chance_wrong(np.array([0.0, 1.0]), 0.3), [1, 0])


def test_chances_fall_with_quality_and_overlap():
    quality = np.linspace(0, 1, 11)
    few, many = chance_wrong(quality, 0.05), chance_wrong(quality, 0.4)
    assert (np.diff(few) < 0).all()
    assert (few[1:-1] > many[1:-1]).all()


def test_a_flag_stands_beyond_the_odds_of_overlap():
    # overlap 1/5: odds 1/4, so the odds of a wrong label must exceed 5.3 / 8 = .6625 = .398 / .602
    np.testing.assert_array_equal(stands(np.array([0.61, 0.60, 1.0, 0.0]), 0.2), [0, 1, 0, 1])


def test_the_interval_narrows_to_the_spread_of_the_model():
    few, many = (precision_interval(0.7, n) for n in (10, 10_000))
    assert few[0] < many[0] < 0.7 < many[1] < few[1]
    low, high = precision_interval(1.0, 5)
    assert 0 <= low < high <= 1


def test_bounds_by_hand():
    low, high = noise_rate_bounds(0.23, 0.2, 400)
    assert low == pytest.approx(0.2 - 2.5 * 0.03 - 2 * np.sqrt(0.16 / 400))
    assert high == pytest.approx(0.23 + 2 * np.sqrt(0.23 * 0.77 / 400))
    assert noise_rate_bounds(0.3, 0.1, 400)[0] == 0
    assert noise_rate_bounds(0.0, 0.0, 400) == (0, 0)
    assert noise_rate_bounds(1.0, 0.9, 10)[1] == 1
