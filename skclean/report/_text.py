"""An audit as plain text and as a fragment of HTML."""

from html import escape
from textwrap import fill

from skclean.utils._text import format_table, printable, text_width

N_CLASSES = 6
N_PAIRS = 5
N_SLICES = 5
N_ROWS = 6


def _percent(value):
    return "-" if value is None else f"{value:.1%}"


def _tables(audit):
    """Title, header, rows and columns of texts of each table."""
    health = sorted(
        audit.class_health, key=lambda entry: (-(entry["n_wrong"] or 0), -entry["n_flagged"])
    )
    yield (
        f"Classes ({N_CLASSES} of {len(health)})" if len(health) > N_CLASSES else "Classes",
        ["class", "given", "flagged", "error rate", "leaks to"],
        [
            [
                entry["class"],
                f"{entry['n_given']:,}",
                f"{entry['n_flagged']:,}",
                _percent(entry["error_rate"]),
                "-" if entry["leaks_to"] is None else entry["leaks_to"],
            ]
            for entry in health[:N_CLASSES]
        ],
        {0, 4},
    )
    yield (
        "Most confused",
        ["given", "true", "expected", "of given"],
        [
            [
                pair["given"],
                pair["true"],
                f"{pair['n_expected']:,.0f}",
                _percent(pair["share_of_given"]),
            ]
            for pair in audit.confused_pairs[:N_PAIRS]
        ],
        {0, 1},
    )
    yield (
        "Where labels are worst",
        ["column", "value", "rows", "flagged", "times as often"],
        [
            [
                entry["column"],
                entry["value"],
                f"{entry['n_samples']:,}",
                f"{entry['n_issues']:,}",
                f"{entry['ratio']:.1f}",
            ]
            for entry in audit.slices[:N_SLICES]
        ],
        {0, 1},
    )
    worst = audit.flagged[:N_ROWS]
    has_ids = audit.ids is not None
    yield (
        "Worst rows",
        ["row", *(["id"] if has_ids else []), "given", "suggested", "quality"],
        [
            [
                audit.rows[i],
                *([audit.ids[i]] if has_ids else []),
                audit.issues.given_label[i],
                audit.issues.suggested_label[i],
                f"{audit.issues.label_quality[i]:.3f}",
            ]
            for i in worst
        ],
        {1, 2, 3} if has_ids else {1, 2},
    )


def audit_text(audit):
    """The audit as text for a terminal."""
    width = text_width()
    parts = ["\n".join(fill(printable(sentence), width) for sentence in audit.words)]
    if audit.title:
        parts.insert(0, printable(audit.title))
    for title, header, rows, left in _tables(audit):
        if rows:
            parts.append(f"{title}\n{format_table(header, rows, left=left)}")
    return "\n\n".join(parts)


def audit_html(audit):
    """The audit as a fragment of HTML that takes its colours from the page around it."""
    cell = 'style="padding:2px 10px;text-align:{}"'
    parts = [f"<p><strong>{escape(audit.title)}</strong></p>"] if audit.title else []
    parts += ["<p>", "<br>".join(escape(sentence) for sentence in audit.words), "</p>"]
    for title, header, rows, left in _tables(audit):
        if not rows:
            continue
        aligned = [cell.format("left" if i in left else "right") for i in range(len(header))]
        head = "".join(f"<th {a}>{escape(h)}</th>" for a, h in zip(aligned, header, strict=True))
        body = "".join(
            "<tr>"
            + "".join(f"<td {a}>{escape(str(c))}</td>" for a, c in zip(aligned, row, strict=True))
            + "</tr>"
            for row in rows
        )
        caption = f'<caption style="text-align:left;font-weight:600">{escape(title)}</caption>'
        parts.append(
            f'<table style="border-collapse:collapse;margin:8px 0;color:inherit">{caption}'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
    return f"<div>{''.join(parts)}</div>"
