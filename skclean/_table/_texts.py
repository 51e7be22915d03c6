"""What a column of texts holds: numbers and dates as people and spreadsheets write them."""

import re
from typing import NamedTuple

import numpy as np

from skclean.utils._text import first_of

MANY = 0.9  # share of the texts from which on a column is one of numbers or dates, but for some
N_TRIED = 200  # texts of a column that are looked at before all of them are
N_NAMED = 3
DECIMALS = {".": ",", ",": "."}  # with what parts thousands
ISO_DATE = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?"
OTHER_DATE = r"(\d{1,4}[./-]\d{1,2}[./-]\d{1,4})(?:[T ,]+\d{1,2}:\d{2}.*)?"
DATE_FORMATS = (
    *("%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%d-%m-%Y"),
    *("%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y"),
)
UNIT_BEFORE = r"(?:[$\u00a3\u00a5\u20ac]|EUR|USD|CHF|GBP)"
UNIT_AFTER = r"(?:[%\u2030\u00b0$\u00a3\u00a5\u20ac]|[A-Za-z\u00b5]{1,4})"
WITH_UNIT = rf"({UNIT_BEFORE}?)\s*([-+]?[\d.,']*\d[\d.,']*)\s*({UNIT_AFTER}?)"


class Reading(NamedTuple):
    """How the texts of a column are read.

    Attributes
    ----------
    kind : {"numbers", "as written", "dates", "two ways"} or None
        Plain numbers; numbers as people write them, with a decimal comma, parts of thousands
        or a unit; days since the first date; numbers or dates that can be read in two ways;
        any texts.

    values : Series of float or None
        Numbers, NaN where a text is none.
    """

    kind: str | None
    values: object = None


def read_texts(texts, with_numbers=True):
    """Find out what the texts of a column hold.

    Parameters
    ----------
    texts : Series of str
        The column without missing values.

    with_numbers : bool, default=True
        Can they be numbers?

    Returns
    -------
    reading : Reading
        How they are read.
    """
    if not hold_digits(texts):
        return Reading(None)
    texts = texts.str.strip()
    counts = texts.value_counts(sort=False)  # each text is read once
    distinct = counts.index.to_series().astype(object)
    reading = _numbers(distinct, counts) if with_numbers else Reading(None)
    if reading.kind is None:
        reading = _dates(distinct, counts)
    if reading.values is None:
        return reading
    return reading._replace(values=texts.map(reading.values).astype("float64"))


def hold_digits(texts):
    """Are there digits in most texts of a column, as far as some of them tell?"""
    tried = texts.iloc[:: max(1, len(texts) // N_TRIED)]
    return tried.str.contains(r"\d").mean() >= MANY / 2


def first_other(texts, values):
    """The first texts that were not read, in words."""
    return first_of([repr(text) for text in texts[values.isna()].unique()], N_NAMED)


def _share(values, counts):
    return counts[values.notna()].sum() / counts.sum()


def _numbers(texts, counts):
    """Numbers, where nearly all texts are some."""
    bare = _without_unit(texts, counts)
    has_unit = not bare.equals(texts)
    texts = bare
    found = {decimal: _with_decimal(texts, decimal) for decimal in DECIMALS}
    share = {decimal: _share(values, counts) for decimal, values in found.items()}
    decimal = max(share, key=share.get)  # a point if equal
    if share[decimal] < MANY:
        return Reading(None)
    values = found[decimal]
    read = texts[values.notna()]
    has_comma = read.str.contains(",", regex=False).any()
    if has_comma and share["."] == share[","] and not found["."].equals(found[","]):
        return Reading("two ways")
    grouped = read.str.count(re.escape(DECIMALS[decimal]))
    is_whole = not read.str.contains(decimal, regex=False).any()
    if is_whole and grouped.min() > 1 and grouped.nunique() == 1:
        return Reading(None)  # an address of the internet, or a telephone number
    plain = not (has_comma or has_unit or grouped.any())
    return Reading("numbers" if plain else "as written", values)


def _without_unit(texts, counts):
    """The texts without a unit, if it is the same one wherever there is one."""
    parts = texts.str.extract(f"^{WITH_UNIT}$", flags=re.ASCII)
    number, units = parts[1], parts[0].fillna("") + parts[2].fillna("")
    units = units[number.notna() & (units != "")]
    if units.nunique() > 1 or _share(number, counts) < MANY:
        return texts
    return number.str.replace("'", "").where(number.notna(), texts)


def _with_decimal(texts, decimal):
    """The numbers that texts are with a point or a comma before their fraction."""
    parts, point = re.escape(DECIMALS[decimal]), re.escape(decimal)
    whole = rf"(?:[1-9]\d{{0,2}}(?:{parts}\d{{3}})+|\d+)"
    number = rf"[-+]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?"
    fits = texts.str.fullmatch(number, flags=re.ASCII)
    plain = texts.where(fits).str.replace(DECIMALS[decimal], "").str.replace(decimal, ".")
    values = plain.astype("float64")
    return values.where(np.isfinite(values))


def _dates(texts, counts):
    """Days since the first of the dates, where nearly all texts are some."""
    import pandas as pd

    iso = texts.where(texts.str.fullmatch(ISO_DATE, flags=re.ASCII))
    other = texts.where(texts.str.fullmatch(OTHER_DATE, flags=re.ASCII))
    if _share(iso, counts) >= MANY:
        found = [pd.to_datetime(iso, format="ISO8601", errors="coerce", utc=True)]
    elif _share(other, counts) >= MANY:
        other = other.str.extract(OTHER_DATE, expand=False)
        found = [pd.to_datetime(other, format=form, errors="coerce") for form in DATE_FORMATS]
    else:
        return Reading(None)
    most = max(dates.notna().sum() for dates in found)
    found = [dates for dates in found if dates.notna().sum() == most]
    if _share(found[0], counts) < MANY:
        return Reading(None)
    if not all(dates.equals(found[0]) for dates in found[1:]):
        return Reading("two ways")
    return Reading("dates", (found[0] - found[0].min()) / pd.Timedelta(days=1))
