"""The race of the largest values of each group, against a plain sort."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skclean._core import _race
from skclean._core._race import Race

CLOSE = 0.5 + np.arange(4) * np.spacing(0.5)  # they differ in their last bits alone
VALUES = [-1.0, -0.5, -0.0, 0.0, 1e-300, -1e-300, *CLOSE, *-CLOSE, 1.0]


def plain_winners(groups, values, n_wanted):
    """Rows of the largest values of each group, the first of equal ones."""
    found = []
    for group, n in enumerate(n_wanted):
        rows = np.flatnonzero(groups == group)
        found.extend(rows[np.argsort(-values[rows], kind="stable")[:n]])
    return sorted(found)


@given(
    st.sampled_from([1, 2, 3, 700]),
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(VALUES)), min_size=1, max_size=40),
    st.sampled_from([np.float64, np.float32]),
    st.integers(1, 40),
    st.booleans(),
    st.data(),
)
@settings(deadline=None, max_examples=200)
def test_the_largest_of_each_group_win(n_groups, entries, dtype, step, drop, data):
    groups = np.minimum([group for group, _ in entries], n_groups - 1)
    values = np.array([value for _, value in entries], dtype=dtype)
    n_wanted = np.ones(n_groups, dtype=int)
    n_wanted[:3] = data.draw(st.lists(st.integers(1, 6), min_size=3, max_size=3))[:n_groups]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_race, "LEAST_ROOM", 0 if drop else 1000)
        race = Race(n_wanted)
        for start in range(0, len(values), step):
            rows = np.arange(start, min(start + step, len(values)))
            race.add(rows, groups[rows], values[rows])
            assert not drop or race._size <= max(1.5 * n_wanted.sum(), 1)
        race.raise_bars()
        winners = plain_winners(groups, values, n_wanted)
        for group in range(min(n_groups, 3)):
            own = values.astype(float)[[row for row in winners if groups[row] == group]]
            full = len(own) == n_wanted[group]
            assert race.bar[group] <= (own.min() if full else -np.inf)
            assert not full or race.bar[group] >= own.min() - 1e-9
        np.testing.assert_array_equal(race.finish(), winners)
    np.testing.assert_array_equal(race.n_seen[:3], np.bincount(groups, minlength=3)[:n_groups])


def test_values_that_differ_in_their_last_bits_are_told_apart_among_many_groups():
    n_groups = 1 << 20  # whose numbers take so many bits of a key that these do not fit
    groups = np.repeat([5, n_groups - 1], 4)
    values = np.r_[CLOSE[::-1], CLOSE]
    n_wanted = np.full(n_groups, 2)
    race = Race(n_wanted)
    race.add(np.arange(8), groups, values)
    np.testing.assert_array_equal(race.finish(), [0, 1, 6, 7])


def test_nobody_wins_where_nobody_runs():
    race = Race(np.array([2, 3]))
    race.raise_bars()
    np.testing.assert_array_equal(race.bar, -np.inf)
    assert len(race.finish()) == 0
