"""Does the record keep its word: expected precision, max_fdr, noise-rate bounds, standing?"""

import numpy as np

from .cases import CLASS_CONDITIONAL
from .figures import mean
from .judge import MAX_FDR
from .markdown import NOTHING, grouped, number, percent, table

ALLOWED = MAX_FDR + 0.05


def found_that_stands(rows):
    """Share of the errors found whose flags are not called ambiguous, over all cases."""
    found = sum(row["found"] for row in rows)
    return sum(row["found and stands"] for row in rows) / found if found else np.nan


def promises(rows):
    """The Markdown of all four."""
    conditional = [row for row in rows if row["kind"] in CLASS_CONDITIONAL]
    return "\n\n".join(
        [
            _expected_precision(rows, conditional),
            _max_fdr(conditional),
            _bounds(rows),
            _standing(rows),
        ]
    )


def _expected_precision(rows, conditional):
    lines = [
        [
            title,
            len(group),
            number(mean(abs(row["gap"]) for row in group)),
            number(signed, sign=True),
            percent(mean(row["in interval"] for row in group)),
        ]
        for title, group in [
            ("class-conditional", conditional),
            *grouped(rows, {"kind": "noise", "model": "model", "band": "accuracy"}),
        ]
        for signed in [mean(row["gap"] for row in group)]
    ]
    return (
        "### Expected against actual precision\n\n"
        "`expected_precision` says which share of the flags is right; 0 would be no error, and "
        "a signed mean above 0 promises too much. `expected_precision_interval` should hold the "
        "actual precision in nine of ten cases.\n\n"
        + table(["cases", "n", "mean absolute error", "signed mean", "within interval"], lines)
    )


def _max_fdr(conditional):
    lines = []
    for title, group in grouped(conditional, {"kind": "noise", "model": "model"}):
        flagged = [row["false share"] for row in group if not np.isnan(row["false share"])]
        fine = len(group) - sum(share > ALLOWED for share in flagged)
        lines.append(
            [
                title,
                len(group),
                percent(fine / len(group)) if group else NOTHING,
                number(mean(flagged)),
                len(group) - len(flagged),
            ]
        )
    return (
        f"### `max_fdr={MAX_FDR}`\n\n"
        f"Share of class-conditional cases in which at most {ALLOWED:.2f} of the flags are false; "
        "cases without a flag count as fine.\n\n"
        + table(["cases", "n", "kept", "mean false share", "cases without a flag"], lines)
    )


def _bounds(rows):
    text = "### `noise_rate_bounds`\n\n"
    if all(np.isnan(row["within bounds"]) for row in rows):
        return text + "These findings do not bound the noise rate."
    lines = [
        [
            title,
            len(group),
            percent(mean(row["within bounds"] for row in group)),
            number(mean(row.get("bounds width", np.nan) for row in group)),
        ]
        for title, group in grouped(rows, {"kind": "noise", "model": "model", "band": "accuracy"})
    ]
    return (
        text + "Share of cases whose true noise rate lies within the bounds, and how far these are "
        "apart.\n\n" + table(["cases", "n", "within", "mean width"], lines)
    )


def _standing(rows):
    text = "### Flags that stand\n\n"
    if not any(row["n ambiguous"] for row in rows):
        return text + "No flag was called ambiguous, so all flags stand."
    lines = [
        [
            title,
            len(group),
            percent(found_that_stands(group)),
            number(mean(row["precision of standing"] for row in group)),
            number(mean(row["precision of ambiguous"] for row in group)),
        ]
        for title, group in grouped(rows, {"kind": "noise", "model": "model"})
    ]
    return (
        text
        + "Of the errors found, the share whose flags honest overlap cannot explain; and which "
        "share of either kind of flag is right.\n\n"
        + table(
            ["cases", "n", "found that stand", "precision of standing", "precision of ambiguous"],
            lines,
        )
    )
