"""One line per claim: what was measured beside its bound."""

import math
from typing import NamedTuple

import numpy as np

NOTHING = "-"
MET, MISSED = "met", "missed"
HEADER = ["what", "case", "bound", "measured", "min to max", "verdict", "beside it"]


def number(value):
    """Three digits that tell, or a dash."""
    if value is None or math.isnan(value):
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def milliseconds(seconds):
    """Seconds as ms."""
    return f"{number(1000 * seconds)} ms"


class Line(NamedTuple):
    """A measured value, or one per round, and the bound it should keep.

    `at_least` and `at_most` are bounds of the median; without one the line has no
    verdict.
    """

    what: str
    case: str
    values: object  # a number, an array of one per round, or None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    beside: str = ""

    def verdict(self):
        """Whether the median keeps the bound, where there are both."""
        if self.values is None or np.isnan(value := float(np.median(self.values))):
            return NOTHING
        if self.at_least is not None:
            return MET if value >= self.at_least else MISSED
        if self.at_most is not None:
            return MET if value <= self.at_most else MISSED
        return NOTHING

    def cells(self):
        """The cells of the line in a table."""
        bound = NOTHING
        if self.at_least is not None:
            bound = f">= {number(self.at_least)}{self.unit}"
        elif self.at_most is not None:
            bound = f"<= {number(self.at_most)}{self.unit}"
        measured = spread = NOTHING
        if self.values is not None:
            measured = f"{number(float(np.median(self.values)))}{self.unit}"
            if np.size(self.values) > 1:
                spread = f"{number(np.min(self.values))} to {number(np.max(self.values))}"
        return [self.what, self.case, bound, measured, spread, self.verdict(), self.beside]


def table(lines):
    """A Markdown table of lines."""
    rows = [HEADER, ["---", "---", "--:", "--:", "--:", "---", "---"]]
    rows += [line.cells() for line in lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def section(title, text, lines):
    """A part of the report."""
    return f"## {title}\n\n{text}\n\n{table(lines)}"
