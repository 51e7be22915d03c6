"""Markdown: cells, tables and the comparison that most parts print."""

import numpy as np

from .figures import SIGNS, mean, not_worse, paired

NOTHING = "-"
IN_ORDER = {"band", "classes"}  # fields whose values are shown sorted, others as they come


def number(value, digits=3, sign=False):
    """A figure, or a dash where there is none."""
    if value is None or np.isnan(value):
        return NOTHING
    return f"{value:{'+' if sign else ''}.{digits}f}"


def percent(value):
    """A share, or a dash where there is none."""
    return NOTHING if value is None or np.isnan(value) else f"{100 * value:.0f} %"


def share_with_interval(share, interval):
    """A share and, where there is one, its interval."""
    if interval is None:
        return percent(share)
    return f"{percent(share)} ({100 * interval[0]:.0f} to {100 * interval[1]:.0f})"


def table(header, rows, align="---:"):
    """A Markdown table, all columns but the first to the right."""
    lines = [header, ["---"] + [align] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def grouped(rows, fields):
    """Yield all rows, then those of each value of each field, with a title."""
    yield "all", rows
    for field, title in fields.items():
        values = dict.fromkeys(row[field] for row in rows)
        for value in sorted(values) if field in IN_ORDER else values:
            yield f"{title} {value}", [row for row in rows if row[field] == value]


def comparison(rows, figure, fields, ours="", theirs="cleanlab "):
    """Means of both methods, their difference, and the share of cases not worse."""
    lines = []
    for title, group in grouped(rows, fields):
        left, right, _ = paired(group, f"{ours}{figure}", f"{theirs}{figure}")
        share = not_worse(group, f"{ours}{figure}", f"{theirs}{figure}", SIGNS[figure])
        lines.append(
            [
                title,
                len(group),
                number(mean(row[f"{ours}{figure}"] for row in group)),
                number(mean(right)),
                number(mean(left - right) if len(left) else np.nan, sign=True),
                share_with_interval(*share),
            ]
        )
    header = ["cases", "n", f"{ours or 'skclean '}{figure}", f"{theirs}{figure}"]
    return table([*header, "difference", "not worse (95 %)"], lines)
