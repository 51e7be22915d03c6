"""Numbers and dates as people and spreadsheets write them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skclean._table._texts import read_texts

SWAPPED = str.maketrans(",.", ".,")


def read(texts):
    return read_texts(pd.Series(texts))


@pytest.mark.parametrize(
    ("texts", "kind", "expected"),
    [
        (["4,1", "-3", "1.234,5"], "as written", [4.1, -3, 1234.5]),
        (["1,234.5", "7", "+8."], "as written", [1234.5, 7, 8]),
        (["1.234.567", "1.000"], "as written", [1234567, 1000]),
        (
            ["0.123", "20.456", "x"] + ["1.234"] * 40,
            "numbers",
            [0.123, 20.456, np.nan] + [1.234] * 40,
        ),
        (["0,123", "0,456"], "as written", [0.123, 0.456]),
        (["1,000,000.00"], "as written", [1e6]),
        (["59%", "60.5 %", "7"], "as written", [59, 60.5, 7]),
        (["2.590,00 \u20ac", "1,5 \u20ac"], "as written", [2590, 1.5]),
        (["$2,590.00", "$-3"], "as written", [2590, -3]),
        (["CHF 1'234.56", "CHF 2"], "as written", [1234.56, 2]),
        (["59,4 kg", "1,5kg"], "as written", [59.4, 1.5]),
        ([".5", "-.25", "1e-3"], "numbers", [0.5, -0.25, 0.001]),
        (["1"] * 18 + ["n/v", "1e999"], "numbers", [1] * 18 + [np.nan] * 2),
        ([" 1 "] * 18 + ["\u0661\u0662", "9" * 400], "numbers", [1] * 18 + [np.nan] * 2),
    ],
)
def test_numbers_by_hand(texts, kind, expected):
    reading = read(texts)
    assert reading.kind == kind
    np.testing.assert_array_equal(reading.values, expected)


@pytest.mark.parametrize("texts", [["1,234", "999"], ["12,345", "1,234", "1,5"][:2]])
def test_numbers_that_can_be_read_in_two_ways(texts):
    assert read(texts) == ("two ways", None)


@pytest.mark.parametrize(
    "texts",
    [
        ["4.1 \u20ac", "3 kg"],
        ["12a", "13b", "14"],
        ["A12", "A13"],
        ["K-12", "K-13"],
        ["a", "b"],
        ["1,2,3", "4,5,6"],
        ["12,34.5"],
        ["1"] * 8 + ["x", "y"],
        ["1.2.3", "1.10.0"],
        ["192.168.100.200", "192.168.100.201"],
        ["192.168.1.20", "10.0.0.1"],
        ["030.123.456", "030.456.789"],
        ["030-123456", "0171 234567"],
        ["12:30", "08:15"],
        ["12-345", "98-765"],
        ["\u0661\u0662", "\uff11\uff12"],
        ["", " "],
    ],
)
def test_texts_that_are_nothing_else(texts):
    assert read(texts) == (None, None)


@given(
    st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 2) + 0.0), min_size=1, max_size=20),
    st.sampled_from(["{:.2f}", "{:,.2f}", "{:.3e}"]),
    st.booleans(),
)
def test_what_is_written_is_read(values, form, with_comma):
    texts = [form.format(value) for value in values]
    expected = [float(text.replace(",", "")) for text in texts]
    if with_comma:
        texts = [text.translate(SWAPPED) for text in texts]
    reading = read(texts)
    if reading.kind == "two ways":  # three digits alone follow each comma
        assert form == "{:.3e}"
        return
    np.testing.assert_allclose(reading.values, expected, rtol=1e-15)


@pytest.mark.parametrize(
    "texts",
    [
        ["2026-01-01", "2026-01-03", "2026-03-01"],
        ["2026-01-01T00:00", "2026-01-03 00:00:00", "2026-03-01"],
        ["2026-01-01T00:00:00Z", "2026-01-03T02:00:00+02:00", "2026-03-01T00:00:00Z"],
        ["1.1.2026", "03.01.2026", "1.3.2026"],
        ["01.01.2026 12:30", "03.01.2026 08:00", "01.03.2026 00:00"],
        ["2026/01/01", "2026/01/03", "2026/03/01"],
        ["01-01-2026", "03-01-2026", "01-03-2026"],
        ["01.01.26", "03.01.26", "1.3.26"],
    ],
)
def test_dates_are_days(texts):
    reading = read(texts)
    assert reading.kind == "dates"
    np.testing.assert_array_equal(reading.values, [0, 2, 59])
    reading = read(texts * 7 + ["unknown"])
    np.testing.assert_array_equal(reading.values, [0, 2, 59] * 7 + [np.nan])


def test_days_and_months_are_told_apart_where_one_is_beyond_twelve():
    np.testing.assert_array_equal(read(["1/2/2026", "13/2/2026"]).values, [0, 12])
    np.testing.assert_array_equal(read(["1/2/2026", "1/14/2026"]).values, [0, 12])
    assert read(["1/2/2026", "3/4/2026"]) == ("two ways", None)
    np.testing.assert_array_equal(read(["1/1/2026", "2/2/2026"]).values, [0, 32])


@pytest.mark.parametrize(
    "texts", [["2026-01-01", "soon"], ["13/13/2026"], ["31.02.2026"], ["1.2.3"], ["a.b.2026"]]
)
def test_texts_that_are_no_dates(texts):
    assert read(texts) == (None, None)


def test_each_row_is_read_by_its_own_text():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 50, 3000) / 4
    series = pd.Series([f"{value:.2f}".replace(".", ",") for value in values])
    series.index = rng.permutation(3000)
    reading = read_texts(series)
    np.testing.assert_array_equal(reading.values.index, series.index)
    np.testing.assert_array_equal(reading.values, values)
