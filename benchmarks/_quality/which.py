"""Which one when: the best three parts for each kind of noise and of data."""

import numpy as np

from .figures import mean
from .markdown import grouped, number, table
from .report import versions

CHOICES = {  # sort: figure, sign, digits, heading, meaning
    "detector": ("AP", 1, 2, "Detectors", "by average precision of the ranking, more is better"),
    "matrix": ("TV", -1, 3, "Noise-matrix methods", "by total variation, less is better"),
    "strategy": ("gain", 1, 3, "Strategies", "by accuracy gained over the plain model"),
}


def best_three(rows, figure, sign, digits):
    """Names and means of the three best parts."""
    parts = dict.fromkeys(row["part"] for row in rows)
    means = {part: mean(row[figure] for row in rows if row["part"] == part) for part in parts}
    known = [part for part in means if not np.isnan(means[part])]
    best = sorted(known, key=lambda part: -sign * means[part])[:3]
    return [f"`{part}` ({number(means[part], digits, sign=figure == 'gain')})" for part in best]


def choices(rows, level="###"):
    """One table for each sort of part."""
    text = []
    for sort, (figure, sign, digits, heading, meaning) in CHOICES.items():
        of_sort = [row for row in rows if row["sort"] == sort]
        lines = []
        for title, group in grouped(of_sort, {"kind": "noise", "trait": "data"}):
            lines.append([title, *best_three(group, figure, sign, digits)])
        text += [
            f"{level} {heading}, {meaning}",
            table(["for", "best", "second", "third"], lines, align="---"),
        ]
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
            "The best three of each sort of part, all with their defaults, by simulation. "
            "Figures are means over few cases: places that differ in the last digit are equals, "
            "and where the best gain is below 0, the plain model is best. A detector that asks "
            "for a classifier has a forest; noise-matrix methods have the probabilities of one.",
            "Kinds of noise: uniform (any other class), pair (the next class), ccn (rates and "
            "targets differ by class), boundary (where two classes compete). "
            f"Data: {_behind(rows)}. Most of these are Gaussian mixtures, which suit neighbors "
            "better than many a table does.",
            f"Made by `{settings.command()}`, with {versions()}.",
            choices(rows, "##") + "\n",
        ]
    )
