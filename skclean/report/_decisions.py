"""Read what was decided on flagged rows, from the page or from what a spreadsheet made of it."""

import codecs
import csv
import io
import json
import os
import re
from typing import NamedTuple

from skclean.utils._encoding import equals_itself

SCHEMA = "skclean.decisions/1"
COLUMNS = ("row", "id", "column", "given_label", "decision", "new_label", "id_column")
WORDS = ("accept", "keep", "pick", "unsure")
DELIMITERS = (",", ";", "\t", "|")
ROW = re.compile(r"(\d{1,18})(?:[.,]0{1,2})?", re.ASCII)  # spreadsheets write 12 as 12.0 or 12,00
N_NAMED = 10


class Decision(NamedTuple):
    """One decision, all of it text but for the position of the row, None where not given."""

    row: int | None
    id: str
    given_label: str
    word: str
    new_label: str


class Decisions(NamedTuple):
    """All decisions of a review; where known, the columns with the labels and with the ids."""

    entries: list
    column: str | None
    id_column: str | None


def named(things):
    """The first of many things, in words, each once."""
    things = list(dict.fromkeys(map(str, things)))
    more = f" and {len(things) - N_NAMED} more" if len(things) > N_NAMED else ""
    return f"{', '.join(things[:N_NAMED])}{more}"


def read_decisions(source):
    """Read the decisions of a review.

    Parameters
    ----------
    source : path-like, dataframe, list of dict or dict
        A CSV or JSON file, its rows, or what a JSON file holds. Names of columns may come
        in any order, case and company; rows without a decision are left out.

    Returns
    -------
    decisions : Decisions
        In the order of the source.

    Raises
    ------
    ValueError
        If the source cannot be read, or a decision or row number cannot be understood.
    """
    column = id_column = None
    if isinstance(source, (str, os.PathLike)):
        source = _read_file(source)
    if isinstance(source, dict):
        column, id_column = (_text(source.get(name)) for name in ("label", "id_column"))
        source = _inside(source)
    if hasattr(source, "to_dicts"):
        source = source.to_dicts()
    elif hasattr(source, "to_dict"):
        source = source.to_dict("records")
    try:
        records = [{_folded(name): _text(record[name]) for name in record} for record in source]
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError(
            "decisions must be a file, a dataframe or a list of dicts, one for each row. "
            f"Got {type(source).__name__}."
        ) from error
    records = [record for record in records if any(text.strip() for text in record.values())]
    _check_names(records)
    entries = _entries(records)
    columns, id_columns = (
        {record.get(name, "") for record in records} for name in ("column", "id_column")
    )
    return Decisions(
        entries,
        _the_one({*columns, column}, "one column of labels"),
        _the_one({*id_columns, id_column}, "rows named by one column"),
    )


def join_decisions(reviews):
    """The decisions of several reviews of the same labels as one."""
    return Decisions(
        [entry for review in reviews for entry in review.entries],
        _the_one({review.column for review in reviews}, "one column of labels"),
        _the_one({review.id_column for review in reviews}, "rows named by one column"),
    )


def _the_one(names, what):
    """The one name that is not empty, None if there is none."""
    names = sorted(names - {None, ""})
    if len(names) > 1:
        raise ValueError(
            f"decisions must be on {what}. Got {named(map(repr, names))}; apply a file for each."
        )
    return names[0] if names else None


def _text(value):
    return "" if value is None or not equals_itself(value) else str(value)


def _folded(name):
    return "_".join(str(name).replace("_", " ").split()).casefold()


def _inside(content):
    """The list of decisions of a JSON file."""
    if content.get("schema", SCHEMA) != SCHEMA:
        raise ValueError(f"decisions must be of the schema {SCHEMA!r}. Got {content['schema']!r}.")
    if not isinstance(content.get("decisions"), list):
        raise ValueError(f"decisions have no list 'decisions' among {named(map(repr, content))}.")
    return content["decisions"]


def _read_file(path):
    """What a file of decisions holds: of JSON its content, of CSV its rows."""
    with open(path, "rb") as file:
        raw = file.read()
    # spreadsheets save "Unicode text" in UTF-16
    is_wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start : error.start + 1].hex()
        raise ValueError(
            f"{str(path)!r} is not UTF-8 text: {error.reason} 0x{byte}; save it as UTF-8 "
            "('CSV UTF-8' in spreadsheets)."
        ) from error
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text)
        except ValueError as error:
            raise ValueError(f"{str(path)!r} is not JSON that can be read: {error}.") from error
    try:
        return _csv_rows(text, path)
    except csv.Error as error:
        raise ValueError(f"cannot read {str(path)!r}: {error}; are its quotes balanced?") from error


def _csv_rows(text, path):
    """Rows of CSV as dicts; the delimiter is the one that finds the most of our columns."""

    def records(sep):
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=sep, strict=True)
        return (fields for fields in lines if any(field.strip() for field in fields))

    def header(sep):
        try:
            return [_folded(name) for name in next(records(sep), [])]
        except csv.Error:
            return []

    sep = max(DELIMITERS, key=lambda sep: len({*header(sep)}.intersection(COLUMNS)))
    rows = list(records(sep))[1:]
    names = header(sep)
    repeated = [name for name in COLUMNS if names.count(name) > 1]
    if repeated:
        raise ValueError(f"{str(path)!r} has several columns {named(map(repr, repeated))}.")
    long = [i for i, fields in enumerate(rows, 1) if any(map(str.strip, fields[len(names) :]))]
    if long:
        raise ValueError(
            f"{str(path)!r} has more fields than its header in entries {named(long)} (counted "
            "from 1 below it); are its quotes balanced?"
        )
    known = [(name, i) for i, name in enumerate(names) if name in COLUMNS]
    _check_names([dict.fromkeys(names)])
    return [{name: fields[i] for name, i in known if i < len(fields)} for fields in rows]


def _check_names(records):
    names = {name for record in records for name in record}
    wanted = ["decision", "given_label", *([] if "id" in names else ["row"])]
    if records and (missing := [name for name in wanted if name not in names]):
        raise ValueError(
            f"decisions have no column {named(map(repr, missing))}; they have "
            f"{named(map(repr, sorted(names))) or 'none'}, and need row or id, given_label, "
            "decision and new_label."
        )


def _entries(records):
    """Records as decisions; those without a decision are left out."""
    entries, strange_words, strange_rows = [], [], []
    for i, record in enumerate(records, 1):
        word = record.get("decision", "").strip().casefold()
        if not word:
            continue
        number = record.get("row", "").strip()
        match = ROW.fullmatch(number)
        if word not in WORDS:
            place = f"row {number}" if match else f"entry {i}"
            strange_words.append(f"{record['decision']!r} ({place})")
        if number and not match:
            strange_rows.append(f"{number!r} (entry {i}, counted from 1)")
        entries.append(
            Decision(
                row=int(match[1]) if match else None,
                id=record.get("id", ""),
                given_label=record.get("given_label", ""),
                word=word,
                new_label=record.get("new_label", ""),
            )
        )
    if strange_words:
        raise ValueError(f"decisions must be {named(WORDS)}. Got {named(strange_words)}.")
    if strange_rows:
        raise ValueError(
            f"rows must be numbers counted from 0. Got {named(strange_rows)}; empty these cells "
            "to find the rows by id."
        )
    return entries
