"""Plain text for terminals of any width and for pipes."""

import re
import shutil
from unicodedata import combining, east_asian_width

MAX_CELL = 30
NUMBER = re.compile(r"[+-]?\d+([.,]\d*)?", re.ASCII)
GAP = "  "


def printable(text):
    """Text with control characters written as escapes, so that a terminal obeys none."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in str(text))


def as_spreadsheets_see(text):
    """What is left of a text when a spreadsheet takes it for a number or truth value."""
    text = " ".join(text.split()).casefold()
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else text


def counted(n, noun):
    """A number of things in words."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def first_of(names, n=5):
    """The first names in words, and how many more there are."""
    more = f" and {len(names) - n} more" if len(names) > n else ""
    return ", ".join(map(str, names[:n])) + more


def display_width(text):
    """Columns that a text takes in a terminal."""
    return sum(1 + (east_asian_width(char) in "WF") for char in text if not combining(char))


def cut(text, width):
    """Text of at most `width` columns, with dots in the middle where some is left out."""
    if display_width(text) <= width:
        return text
    head = tail = ""
    for i in range(len(text)):
        longer = (head + text[i // 2], tail) if i % 2 == 0 else (head, text[-1 - i // 2] + tail)
        if display_width("".join(longer)) > width - 2:
            break
        head, tail = longer
    return f"{head}..{tail}"


def text_width():
    """Columns of the terminal, 80 where there is none."""
    return max(30, shutil.get_terminal_size((80, 24)).columns)


def format_table(header, rows, left=(), indent=2):
    """Lay rows out in columns, numbers to the right; long texts are cut to fit.

    Parameters
    ----------
    header : list of str
        Names of the columns.

    rows : list of list
        Cells; what they hold is shown literally.

    left : collection of int, default=()
        Columns of texts, which are set to the left and may be cut.

    indent : int, default=2
        Spaces before each line.

    Returns
    -------
    text : str
        One line for the header and one for each row.
    """
    cells = [[printable(cell) for cell in row] for row in [header, *rows]]
    lengths = [[display_width(cell) for cell in row] for row in cells]
    limit = MAX_CELL
    while True:
        widths = [
            max(min(row[i], limit) if i in left else row[i] for row in lengths)
            for i in range(len(header))
        ]
        total = indent + sum(widths) + len(GAP) * (len(widths) - 1)
        if total <= text_width() or limit <= 6:
            break
        limit -= 1
    lines = []
    for row in cells:
        parts = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            cell = cut(cell, width)
            space = " " * (width - display_width(cell))
            parts.append(cell + space if i in left else space + cell)
        lines.append((" " * indent + GAP.join(parts)).rstrip())
    return "\n".join(lines)
