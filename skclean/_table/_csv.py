"""CSV files: read them for an audit, rewrite them with all else byte for byte."""

import csv
import gzip
import re
import warnings
import zlib
from contextlib import contextmanager

from skclean._table._files import TableError, UsageError, compressed, default_sep, is_gzip
from skclean._table._frame import check_features, column_roles, labels_table, make_table

# what pandas takes for a missing value, and the question mark
MISSING = {
    *["", "?", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND"],
    *["1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"],
}
BOM = b"\xef\xbb\xbf"


def check_sep(path, sep):
    """The delimiter of a file: a comma, or a tab for .tsv, where none is given."""
    if sep is None:
        return default_sep(path)
    sep = {"\\t": "\t", "tab": "\t"}.get(sep, sep)
    if len(sep) != 1 or sep in '"\r\n':
        raise UsageError(f"--sep must be a single character or 'tab'; got {sep!r}")
    return sep


@contextmanager
def _open_lines(path):
    """Physical lines of UTF-8 text, byte order mark left out, line endings as they are."""
    try:
        opener = gzip.open if is_gzip(path) else open
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            yield lines
    except UnicodeDecodeError as error:
        raise TableError(
            f"{str(path)!r} is not UTF-8 text: {error.reason} 0x{error.object[error.start]:02x}; "
            "save it as UTF-8 ('CSV UTF-8' in spreadsheets)"
        ) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TableError(f"{str(path)!r} is not a whole gzip file: {error}") from error
    except (csv.Error, PermissionError) as error:
        raise TableError(f"cannot read {str(path)!r}: {error}") from error


def csv_records(lines, sep):
    """Records of a CSV text, each with the text it was read from.

    A record is the physical lines that the csv module takes for it, so the texts of
    all records joined are the whole text.

    Parameters
    ----------
    lines : iterable of str
        Physical lines with their endings.

    sep : str
        Delimiter.

    Yields
    ------
    text : str
        Raw text, line ending included.

    fields : list of str
        The fields; none for a line of white space, which holds no record.
    """
    csv.field_size_limit(2**31 - 1)
    blanks = " \t\r\n".replace(sep, "")
    taken = []

    def watched():
        for line in lines:
            taken.append(line)
            yield line

    for fields in csv.reader(watched(), delimiter=sep):
        text = "".join(taken)
        taken.clear()
        yield text, fields if text.strip(blanks) else []


def replace_field(text, position, value, sep):
    """Text of a record with one field replaced and all else as it was.

    The field is quoted if it was before or has to be.
    """
    other = f"[^{re.escape(sep)}\r\n]*"
    field = re.compile(f'"(?:[^"]|"")*(?:"{other})?|{other}')
    start = 0
    for _ in range(position):
        start = field.match(text, start).end() + len(sep)
    old = field.match(text, start)
    if old.group().startswith('"') or any(char in value for char in f'{sep}"\r\n'):
        value = '"' + value.replace('"', '""') + '"'
    return text[:start] + value + text[old.end() :]


def _columns(path, sep, **wanted):
    """Names of all columns, positions of those with a role, and their texts."""
    with _open_lines(path) as lines:
        records = (fields for _, fields in csv_records(lines, sep) if fields)
        names = next(records, [])
        if not names:
            raise TableError(f"{str(path)!r} is empty; a table has a header and rows")
        roles = column_roles(names, **wanted)
        columns = {role: [] for role in roles}
        for row, fields in enumerate(records):
            if len(fields) > len(names):
                raise TableError(
                    f"row {row} (counted from 0 below the header) has {len(fields)} fields, the "
                    f"header {len(names)}; does --sep name the delimiter, and are quotes balanced?"
                )
            for role, position in roles.items():
                columns[role].append(fields[position] if position < len(fields) else "")
    return names, roles, columns


def _labels(texts):
    """Labels, None where missing."""
    return [None if not text.strip() or text in MISSING else text for text in texts]


def read_csv_labels(path, label, *, id=None, sep=None):
    """Read the labels alone; see :func:`skclean._table._tables.read_labels`."""
    _, _, columns = _columns(path, check_sep(path, sep), label=label, id=id, group=None)
    return labels_table(label, labels=_labels(columns["label"]), ids=columns.get("id"), id=id)


def read_csv(path, label, *, id=None, group=None, sep=None, ignore=()):
    """Read a CSV file; see :func:`skclean._table._tables.read_table`."""
    import pandas as pd

    sep = check_sep(path, sep)
    names, roles, columns = _columns(path, sep, label=label, id=id, group=group, ignore=ignore)
    texts = columns["label"]
    labels = _labels(texts)
    check_features(names, roles)
    used = sorted(set(range(len(names))) - set(roles.values()))
    try:
        frame = pd.read_csv(
            path,
            sep=sep,
            index_col=False,
            usecols=used,
            na_values=["?"],
            encoding="utf-8-sig",
            compression="gzip" if is_gzip(path) else None,
            low_memory=False,
        )
    except pd.errors.ParserError as error:
        reason = str(error).removeprefix("Error tokenizing data. C error: ")
        raise TableError(
            f"cannot read {str(path)!r}: {reason}; are its quotes balanced?"
        ) from error
    frame.columns = [names[i] for i in used]  # pandas names columns without a name
    if len(frame) != len(labels):
        raise TableError(
            f"{str(path)!r} can be read as {len(frame)} or as {len(labels)} rows; "
            "are its quotes balanced?"
        )
    gaps = sorted({text for text in texts if text in MISSING and text})
    if gaps:
        n_gaps = sum(text in gaps for text in texts)
        warnings.warn(
            f"{n_gaps} labels read {' or '.join(map(repr, gaps[:5]))}, which counts as no label; "
            "a class that is called so needs another name",
            stacklevel=2,
        )
    return make_table(
        frame,
        label,
        labels=labels,
        ids=columns.get("id"),
        groups=columns.get("group"),
        id=id,
        ignore=ignore,
    )


def rewrite_csv(source, file, target, table, changes, sep=None):
    """Copy a CSV file with some rows left out or labelled anew.

    Parameters
    ----------
    source : path-like
        The file to copy.

    file : binary file
        Where the copy goes.

    target : path-like
        Name of the copy, which says whether it is compressed.

    table : Table
        What was read of `source`.

    changes : dict
        The new label by the position of the row, None to leave the row out.

    sep : str, default=None
        Delimiter; None is a comma, for .tsv a tab.

    Raises
    ------
    TableError
        If the file is no longer what was read.
    """
    sep = check_sep(source, sep)
    given = dict(zip(table.rows.tolist(), table.y_given, strict=True))
    changed = TableError(f"{str(source)!r} changed while it was being audited; try again")
    opener = gzip.open if is_gzip(source) else open
    with opener(source, "rb") as raw:
        bom = raw.read(len(BOM)) == BOM
    with _open_lines(source) as lines, compressed(file, target) as out:
        out.write(BOM if bom else b"")
        position, row = None, -1
        for text, fields in csv_records(lines, sep):
            if fields and position is None:
                position = column_roles(fields, table.label, None, None)["label"]
            elif fields:
                row += 1
                if row in changes:
                    if fields[position : position + 1] != [given.get(row)]:
                        raise changed
                    text = _changed_record(text, fields, position, changes[row], sep)
            out.write(text.encode())
        if row + 1 != table.n_rows:
            raise changed


def _changed_record(text, fields, position, value, sep):
    """The text of a record with a new label; none at all for a row to leave out."""
    if value is None:
        return ""
    text = replace_field(text, position, value, sep)
    wanted = [*fields[:position], value, *fields[position + 1 :]]
    if list(csv.reader([text], delimiter=sep)) != [wanted]:
        raise AssertionError(f"relabelling would have changed more than the label: {text!r}")
    return text
