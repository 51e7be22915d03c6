"""Files that hold tables: what they are called, and how they are written whole."""

import gzip
import os
import re
from contextlib import contextmanager
from pathlib import Path

from skclean.utils import _files

TEXT_SUFFIXES = {".csv", ".tsv", ".txt", ".data"}
PARQUET_SUFFIXES = {".parquet", ".pq"}


class TableError(Exception):
    """The data or the files do not allow what was asked for; exit status 1."""

    exit_code = 1


class UsageError(TableError):
    """The command was used wrongly; exit status 2."""

    exit_code = 2


def is_gzip(path):
    """Does the file name say that the text is compressed?"""
    return Path(path).suffix.lower() == ".gz"


def table_kind(path):
    """Tell text from Parquet by the file name: "csv" or "parquet"."""
    name = Path(Path(path).stem) if is_gzip(path) else Path(path)
    suffix = name.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return "csv"
    if suffix in PARQUET_SUFFIXES and not is_gzip(path):
        return "parquet"
    way_out = ""
    if suffix.startswith((".xls", ".ods", ".numbers")):
        way_out = "; save the sheet as 'CSV UTF-8'"
    raise UsageError(
        "the name of a table ends in .csv, .tsv, .txt, .data (or one of them and .gz) or "
        f".parquet; got {str(path)!r}{way_out}"
    )


def default_sep(path):
    """What the name of a CSV file says of its delimiter."""
    return "\t" if ".tsv" in str(path).lower()[-7:] else ","


def same_kind(source, path, sep=None):
    """Check that a cleaned copy is of the kind of its source, and keeps what its name says."""
    kind, wanted = table_kind(path), table_kind(source)
    if kind != wanted:
        raise UsageError(
            f"{str(source)!r} is a {wanted} table, so its copy is one as well; got {str(path)!r}"
        )
    named, wanted = _text_suffix(path), _text_suffix(source)
    is_tab = default_sep(source) == "\t" if sep is None else sep in ("tab", "\\t", "\t")
    if kind == "csv" and named != wanted and is_tab != (default_sep(path) == "\t"):
        stem = Path(path).name.removesuffix(".gz").removesuffix(named)
        raise UsageError(
            f"a copy has the delimiter of its source {str(source)!r}, which {str(path)!r} does not "
            f"say; name it {stem + wanted!r}"
        )


def _text_suffix(path):
    return Path(Path(path).name.removesuffix(".gz")).suffix


def check_file(path, holds):
    """Check that there is a file to read, and something in it."""
    path = Path(path)
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise TableError(f"there is no file {str(path)!r}") from error
    except OSError as error:
        raise TableError(f"cannot read {str(path)!r}: {error.strerror}") from error
    if not path.is_file():
        raise TableError(f"{str(path)!r} is not a regular file")
    if size == 0:
        raise TableError(f"{str(path)!r} is empty; {holds}")


def check_input(path):
    """Check that there is a table to read."""
    check_file(path, holds="a table has a header and rows")
    table_kind(path)


def check_output(path, source):
    """Check that a table can be written and is not the input, before the long work."""
    table_kind(path)
    check_target(path, source)


def _holds_decisions(path):
    """Does a file begin as those of decisions do, from the page or from a spreadsheet?"""
    if not path.is_file() or not os.access(path, os.R_OK):
        return False
    with path.open("rb") as file:
        start = file.read(400).replace(b"\0", b"").lower()  # of UTF-16 as well
    start = start.lstrip(b"\xef\xbb\xbf\xff\xfe")
    header = start.splitlines()[0] if start else b""
    names = {name.strip(b' "').replace(b" ", b"_") for name in re.split(rb"[,;\t|]", header)}
    return {b"decision", b"given_label"} <= names or b"skclean.decisions/" in start


def check_target(path, source):
    """Check that a file of any kind can be written and is not the input."""
    path = Path(path)
    if path.exists() and os.path.samefile(path, source):
        raise TableError(
            f"the output {str(path)!r} is the input, which is never changed; name another file"
        )
    if _holds_decisions(path):
        raise TableError(
            f"{str(path)!r} holds the decisions of a review and is not written over; name another "
            "file, or delete it"
        )
    with whole_file(path, keep=False):
        pass


@contextmanager
def whole_file(path, keep=True):
    """Write a file whole or not at all; see :func:`skclean.utils._files.whole_file`.

    Raises
    ------
    TableError
        If the file cannot be written.
    """
    try:
        with _files.whole_file(path, keep) as file:
            yield file
    except OSError as error:
        raise TableError(
            f"cannot write {str(path)!r}: {error.strerror or error}; name a file in a folder that "
            "exists, is writable and has room"
        ) from error


@contextmanager
def compressed(file, path):
    """Compress what is written to `file` if `path` says so; equal data make equal files."""
    if not is_gzip(path):
        yield file
        return
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        yield packed
