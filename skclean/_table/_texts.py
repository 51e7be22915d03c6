"""What a column of texts holds: numbers and dates as people and spreadsheets write them."""

import re

MANY = 0.9  # share of the texts from which on a column is one of numbers, but for some
N_NAMED = 3
DECIMALS = {".": ",", ",": "."}  # with what parts thousands
ISO_DATE = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?"
OTHER_DATE = r"(\d{1,4}[./]\d{1,2}[./]\d{1,4})(?:[T ,]+\d{1,2}:\d{2}.*)?"
DATE_FORMATS = ("%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y")
AMBIGUOUS = "ambiguous"


def _number(decimal):
    thousands = re.escape(DECIMALS[decimal])
    whole = rf"(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)"
    return rf"[-+]?{whole}(?:{re.escape(decimal)}\d*)?(?:[eE][-+]?\d+)?"


def _as_numbers(texts, decimal):
    """The numbers, NaN where a text is none."""
    import pandas as pd

    texts = texts.where(texts.str.fullmatch(_number(decimal)))
    texts = texts.str.replace(DECIMALS[decimal], "").str.replace(decimal, ".")
    return pd.to_numeric(texts.astype(object)).astype("float64")


def numbers_in(texts):
    """Numbers that nearly all texts of a column hold.

    Parameters
    ----------
    texts : Series of str
        The column without missing values.

    Returns
    -------
    numbers : Series of float, AMBIGUOUS or None
        NaN where a text is no number. Ambiguous where points and commas can be read either
        way, as in 1,234; None where there are too many other texts.

    decimal : str or None
        What the numbers have before their fraction.
    """
    texts = texts.str.strip()
    found = {decimal: _as_numbers(texts, decimal) for decimal in DECIMALS}
    decimal = max(found, key=lambda decimal: found[decimal].notna().sum())  # a point if equal
    numbers, other = found[decimal], found[DECIMALS[decimal]]
    if numbers.notna().sum() < MANY * len(texts):
        return None, None
    if numbers.notna().sum() == other.notna().sum() and not numbers.equals(other):
        return AMBIGUOUS, None
    return numbers, decimal


def dates_in(texts):
    """Dates that all texts of a column hold, as days since the first.

    Times count where they follow a date like 2026-01-31.

    Parameters
    ----------
    texts : Series of str
        The column without missing values.

    Returns
    -------
    days : Series of float, AMBIGUOUS or None
        Ambiguous where days could be months; None where a text is no date.
    """
    import pandas as pd

    texts = texts.str.strip()
    if texts.str.fullmatch(ISO_DATE).all():
        found = [pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)]
    elif texts.str.fullmatch(OTHER_DATE).all():
        texts = texts.str.extract(OTHER_DATE, expand=False)
        found = [pd.to_datetime(texts, format=form, errors="coerce") for form in DATE_FORMATS]
    else:
        return None
    found = [dates for dates in found if dates.notna().all()]
    if not found:
        return None
    if any((dates != found[0]).any() for dates in found[1:]):
        return AMBIGUOUS
    return (found[0] - found[0].min()) / pd.Timedelta(days=1)


def first_other(texts, numbers):
    """The first texts that are no numbers, in words."""
    others = list(dict.fromkeys(texts[numbers.isna()]))
    more = " and others" if len(others) > N_NAMED else ""
    return ", ".join(map(repr, others[:N_NAMED])) + more
