"""Plain text on the findings, for terminals of any width and for pipes."""

import numpy as np

from skclean.utils._text import (
    GAP,
    MAX_CELL,
    counted,
    cut,
    display_width,
    first_of,
    format_table,
    printable,
    text_width,
)

MAX_CLASSES = 20
SKILL = 0.2  # agreement of predictions and labels beyond that of chance
MANY_ALIKE = 0.5  # of rows that are like others, from which on that says nothing


def plain(name):
    """The name of a class, in quotes where blanks would not be seen."""
    name = str(name)
    return name if name == " ".join(name.split()) else repr(name)


def _share(part, whole):
    return f"{part / whole:.1%}" if whole else "0.0%"


def _unlabelled(table):
    missing = table.unlabelled_rows
    if len(missing) == 0:
        return ""
    shown = ", ".join(map(str, missing[:10])) + (", ..." if len(missing) > 10 else "")
    if len(missing) == 1:
        return f"1 row has no label and was set aside (row {shown})"
    return f"{len(missing):,} rows have no label and were set aside (rows {shown})"


def describe_table(path, table):
    """Say what was read: rows, features, label column, rows set aside."""
    n_features = table.X.shape[1]
    lines = [
        f"Table   {printable(path)}",
        f"Rows    {table.n_rows:,}",
        f"Labels  column {printable(repr(table.label))}, {len(np.unique(table.y)):,} classes, "
        f"judged by {counted(n_features, 'other column')}",
    ]
    if aside := _unlabelled(table):
        lines.insert(2, f"Aside   {aside}")
    return "\n".join(lines)


def describe_classes(table, issues):
    """Rows and flags of each class, the largest classes first."""
    classes, codes, counts = np.unique(table.y, return_inverse=True, return_counts=True)
    flagged = np.bincount(codes[issues.issue_mask], minlength=len(classes))
    order = np.argsort(-counts, kind="stable")[:MAX_CLASSES]
    rows = [
        [plain(classes[i]), f"{counts[i]:,}", f"{flagged[i]:,}", _share(flagged[i], counts[i])]
        for i in order
    ]
    text = format_table(["class", "rows", "flagged", "share"], rows, left={0})
    more = len(classes) - len(order)
    return text + (f"\n  ... and {more:,} smaller classes" if more > 0 else "")


def describe_noise(table, issues):
    """The noise matrix, or its largest entries where it is too wide for the terminal."""
    noise = issues.noise
    when = "" if table.y_before is None else " before the review"
    text = f"Estimated noise rate{when}: {noise.noise_rate:.1%}"
    if issues.noise_rate_bounds is not None:
        low, high = issues.noise_rate_bounds
        text += f" (the data allow {low:.1%} to {high:.1%})"
    if noise.noise_rate > 0:
        text += "\nClasses that overlap look like noise: then the true rate is lower."
    classes = [printable(plain(name)) for name in noise.classes]
    widest = max(min(display_width(name), MAX_CELL) for name in classes)
    cells = sum(max(4, min(display_width(name), MAX_CELL)) + len(GAP) for name in classes)
    if 2 + max(widest, len("true \\ given")) + cells <= text_width():
        rows = [
            [name, *(f"{value:.2f}" for value in row)]
            for name, row in zip(classes, noise.noise_matrix, strict=True)
        ]
        header = ["true \\ given", *(cut(name, MAX_CELL) for name in classes)]
        return f"{text}\nNoise matrix, p(given | true):\n{format_table(header, rows, left={0})}"
    wrong = noise.noise_matrix - np.diag(noise.noise_matrix.diagonal())
    order = np.argsort(-wrong, axis=None, kind="stable")[:10]
    pairs = [divmod(int(i), len(classes)) for i in order if wrong.flat[i] >= 0.005]
    rows = [[classes[true], classes[given], f"{wrong[true, given]:.2f}"] for true, given in pairs]
    table = format_table(["true", "given", "p(given | true)"], rows, left={0, 1})
    return f"{text}\nLargest of the {len(classes)} x {len(classes)} noise matrix:\n{table}"


def _doubtful(issues):
    """A line on classes of whose labels most look wrong, flagged or not."""
    doubtful = issues.doubtful_classes
    if len(doubtful) == 0:
        return ""
    text = f"Most labels that are or should be {_named(doubtful)} look wrong"
    unflagged = np.setdiff1d(doubtful, issues.given_label[issues.issue_mask])
    if len(unflagged):
        of = f" of {_named(unflagged)}" if len(unflagged) < len(doubtful) else ""
        text += f", though none{of} is flagged"
    return f"{text}: see some rows before acting on them."


def describe_contradictions(table):
    """How many groups of rows are alike in all columns, but not in their labels."""
    from skclean.report._duplicates import equal_rows, row_groups

    groups = equal_rows(row_groups(table.shown), np.unique(table.y, return_inverse=True)[1])
    n_rows = sum(map(len, groups))
    if not 0 < n_rows < MANY_ALIKE * len(table.y):
        return ""
    return (
        f"{n_rows:,} rows have the values of others but not their label "
        f"({counted(len(groups), 'group')}), "
        f"such as rows {', '.join(map(str, table.rows[np.sort(groups[0])[:5]]))}."
    )


def _named(classes):
    return printable(first_of([plain(name) for name in classes]))


def describe_trust(table, issues):
    """Which flags stand, and how many of them should be right."""
    from sklearn.metrics import cohen_kappa_score

    n = issues.n_issues
    lines = []
    if len(np.unique(table.y)) > 1 and cohen_kappa_score(table.y, issues.suggested_label) < SKILL:
        lines.append(
            "The other columns tell little of the labels, or most of them are wrong: "
            "contradictions say little."
        )
    if ambiguous := issues.n_ambiguous:
        explained = "them all" if n > 1 else "it"
        if standing := n - ambiguous:
            verb = "stand" if standing > 1 else "stands"
            explained = f"{ambiguous:,} of them; the other {standing:,} {verb}"
        lines.append(f"Overlap of the classes could explain {explained}.")
    if issues.expected_precision_interval is not None:
        low, high = issues.expected_precision_interval
        lines.append(
            f"About {issues.expected_precision:.0%} of the flags should be right "
            f"(nine times out of ten, {low:.0%} to {high:.0%})."
        )
        bounds = issues.noise_rate_bounds
        if bounds is not None and round(bounds[0], 3) == 0 and not issues.measured_precision > 0:
            lines.append(
                "The data also allow overlap alone and no wrong label: then no flag is right."
            )
    if issues.n_trusted:
        text = f"{issues.n_trusted:,} labels were reviewed and are trusted as they are now"
        if issues.n_trusted == 1:
            text = "1 label was reviewed and is trusted as it is now"
        if issues.measured_precision_interval is not None:
            low, high = issues.measured_precision_interval
            text += f"; of their flags {issues.measured_precision:.0%} were right"
            text += f" (95% interval {low:.0%} to {high:.0%})"
        lines.append(f"{text}.")
    if doubtful := _doubtful(issues):
        lines.append(doubtful)
    return "\n".join(lines)


def describe_flags(table, issues, n_shown=10):
    """How many rows are flagged, and the worst of them."""
    n = issues.n_issues
    if n == 0:
        return "\n".join(filter(None, ["No label is flagged.", _doubtful(issues)]))
    is_one = n == 1
    text = (
        f"{n:,} of {counted(len(table.y), 'label')} {'is' if is_one else 'are'} flagged as likely "
        f"wrong ({_share(n, len(table.y))}).\n{describe_trust(table, issues)}"
    )
    worst = issues.ranked_indices()[: min(n, n_shown)]
    rows = [
        [
            table.rows[i],
            plain(table.y[i]),
            plain(issues.suggested_label[i]),
            f"{issues.label_quality[i]:.3f}",
        ]
        for i in worst
    ]
    header, left = ["row", "given", "suggested", "quality"], {1, 2}
    if table.ids is not None:
        header.insert(1, table.id)
        left = {1, 2, 3}
        for row, i in zip(rows, worst, strict=True):
            row.insert(1, table.ids[i])
    count = f"The worst {len(worst)}" if len(worst) > 1 else "It is"
    return (
        f"{text}\n{count} (rows count from 0; quality runs from 0 to 1):\n"
        f"{format_table(header, rows, left=left)}"
    )


def describe_review(path, review_paths, table, review):
    """Say what a review does to a table: labels changed, kept, left as they were."""
    n_changed = int(review.is_changed.sum())
    n_reviewed = int(review.is_reviewed.sum())
    n_picked = int((review.is_changed & (review.words == "pick")).sum())
    n_unsure = len(review.rows) - n_reviewed
    names = " and ".join(printable(path) for path in review_paths)
    lines = [
        f"Table    {printable(path)}",
        f"Rows     {table.n_rows:,}",
        f"Labels   column {printable(repr(table.label))}, {len(review.classes):,} classes",
        f"Review   {names}, {len(review.rows):,} row{'' if len(review.rows) == 1 else 's'}",
        "",
        f"Changed  {n_changed:,} (suggestion accepted {n_changed - n_picked:,}, another label "
        f"picked {n_picked:,})",
        f"Kept     {n_reviewed - n_changed:,}",
        f"Unsure   {n_unsure:,}, left as they were",
    ]
    if n_reviewed:
        share = _share(n_changed, n_reviewed)
        lines.append(f"Wrong    {n_changed:,} of {n_reviewed:,} settled labels ({share})")
    return "\n".join(lines)
