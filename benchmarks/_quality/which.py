"""Which one when: every part for each kind of noise and of data, the best three in bold."""

import numpy as np

from .figures import mean
from .markdown import grouped, number, table
from .report import versions

CHOICES = {  # sort: figure, sign, digits, heading, meaning
    "detector": ("AP", 1, 2, "Detectors", "by average precision of the ranking, more is better"),
    "matrix": ("TV", -1, 3, "Noise-matrix methods", "by total variation, less is better"),
    "strategy": ("gain", 1, 3, "Strategies", "by accuracy gained over the plain model"),
}


def column(rows, parts, figure, sign, digits):
    """A cell for each part, those of the best three in bold."""
    means = [mean(row[figure] for row in rows if row["part"] == part) for part in parts]
    order = np.argsort([np.inf if np.isnan(value) else -sign * value for value in means])
    cells = [number(value, digits, sign=figure == "gain") for value in means]
    for best in order[:3]:
        cells[best] = f"**{cells[best]}**"
    return cells


def choices(rows, level="###"):
    """One table for each sort of part."""
    text = []
    for sort, (figure, sign, digits, heading, meaning) in CHOICES.items():
        of_sort = [row for row in rows if row["sort"] == sort]
        parts = list(dict.fromkeys(row["part"] for row in of_sort))
        titles, columns = [], []
        for title, group in grouped(of_sort, {"kind": "noise", "trait": "data"}):
            titles.append(title.removeprefix("noise ").removeprefix("data "))
            columns.append(column(group, parts, figure, sign, digits))
        lines = [
            [f"`{part}`", *cells]
            for part, cells in zip(parts, zip(*columns, strict=True), strict=True)
        ]
        text += [f"{level} {heading}, {meaning}", table([sort, *titles], lines)]
    return "\n\n".join(text)


def _behind(rows):
    """Data sets that stand for each kind of data."""
    sets = {}
    for row in rows:
        sets.setdefault(row["trait"], {})[row["set"]] = None
    return "; ".join(f"{trait} ({', '.join(names)})" for trait, names in sets.items())


def page(settings, rows):
    """The page of the documentation with the choices."""
    return "\n\n".join(
        [
            "# Which one when",
            "Every detector, noise-matrix method and strategy with its defaults, by simulation, "
            "the best three of each column in bold. Figures are means over few cases: parts that "
            "differ in the last digit are equals, and where the best gain is below 0, the plain "
            "model is best. A detector that asks for a classifier has a forest; noise-matrix "
            "methods have the probabilities of one.",
            "Kinds of noise: uniform (any other class), pair (the next class), ccn (rates and "
            "targets differ by class), boundary (where two classes compete). "
            f"Data: {_behind(rows)}. Most of these are Gaussian mixtures, which suit neighbors "
            "better than many a table does.",
            f"Made by `{settings.command()}`, with {versions()}.",
            choices(rows, "##") + "\n",
        ]
    )
