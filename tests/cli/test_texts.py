"""Numbers and dates as people and spreadsheets write them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skclean._table._texts import AMBIGUOUS, dates_in, numbers_in

SWAPPED = str.maketrans(",.", ".,")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["4,1", "-3", "1.234,5"], [4.1, -3, 1234.5]),
        (["1,234.5", "7", "+8."], [1234.5, 7, 8]),
        (["1.234.567", "1.000"], [1234567, 1000]),
        (["1"] * 18 + ["n/v", "2"], [1] * 18 + [np.nan, 2]),
    ],
)
def test_numbers_by_hand(texts, expected):
    numbers, _ = numbers_in(pd.Series(texts))
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize(
    "texts", [["1,234", "999"], ["12,345", "1,234"], ["1.234", "2.345", "x"] + ["1.234"] * 40]
)
def test_numbers_that_can_be_read_in_two_ways(texts):
    assert numbers_in(pd.Series(texts))[0] is AMBIGUOUS


@pytest.mark.parametrize(
    "texts", [["4.1 €", "3 €"], ["a", "b"], ["1,2,3", "4,5,6"], ["12,34.5"], ["1"] * 8 + ["x", "y"]]
)
def test_texts_that_are_no_numbers(texts):
    assert numbers_in(pd.Series(texts)) == (None, None)


@given(
    st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 2) + 0.0), min_size=1, max_size=20),
    st.sampled_from(["{:.2f}", "{:,.2f}"]),
    st.booleans(),
)
def test_what_is_written_is_read(values, form, with_comma):
    texts = [form.format(value) for value in values]
    if with_comma:
        texts = [text.translate(SWAPPED) for text in texts]
    numbers, decimal = numbers_in(pd.Series(texts))
    assert decimal == ("," if with_comma else ".")
    np.testing.assert_allclose(numbers, values, rtol=1e-15)


@pytest.mark.parametrize(
    "texts",
    [
        ["2026-01-01", "2026-01-03", "2026-03-01"],
        ["2026-01-01T00:00", "2026-01-03 00:00:00", "2026-03-01"],
        ["2026-01-01T00:00:00Z", "2026-01-03T02:00:00+02:00", "2026-03-01T00:00:00Z"],
        ["1.1.2026", "03.01.2026", "1.3.2026"],
        ["01.01.2026 12:30", "03.01.2026 08:00", "01.03.2026 00:00"],
        ["2026/01/01", "2026/01/03", "2026/03/01"],
    ],
)
def test_dates_are_days(texts):
    np.testing.assert_array_equal(dates_in(pd.Series(texts)), [0, 2, 59])


def test_days_and_months_are_told_apart_where_one_is_beyond_twelve():
    np.testing.assert_array_equal(dates_in(pd.Series(["1/2/2026", "13/2/2026"])), [0, 12])
    np.testing.assert_array_equal(dates_in(pd.Series(["1/2/2026", "1/14/2026"])), [0, 12])
    assert dates_in(pd.Series(["1/2/2026", "3/4/2026"])) is AMBIGUOUS
    np.testing.assert_array_equal(dates_in(pd.Series(["1/1/2026", "2/2/2026"])), [0, 32])


@pytest.mark.parametrize(
    "texts", [["2026-01-01", "soon"], ["13/13/2026"], ["31.02.2026"], ["1.2.26"], ["a.b.2026"]]
)
def test_texts_that_are_no_dates(texts):
    assert dates_in(pd.Series(texts)) is None
