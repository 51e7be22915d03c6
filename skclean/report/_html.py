"""The page: one HTML file to read an audit and review its flagged rows in the browser."""

import re
from collections import Counter
from importlib.resources import files

import numpy as np

from skclean.display import LabelQualityDisplay, NoiseMatrixDisplay
from skclean.report._embedding import embedded_json, encodable, source_hash
from skclean.report._figures import drawn
from skclean.report._row_values import row_values
from skclean.report._thumbnails import thumbnails

SCRIPTS = ("data.js", "store.js", "table.js", "review.js")
UNKNOWN = "\u2013"  # a dash
HIDDEN_BLANKS = re.compile(r"^ +| +$|  +")  # as in data.js
HIDDEN, LEAST_HIDDEN = 3, 10  # times as many labels expected as flagged, and so many at least
N_SHOWN = 20  # rows of a long table before it folds


def _template(name):
    return (files("skclean.report") / "templates" / name).read_text(encoding="utf-8")


def _percent(share):
    """A share as a percentage; a dash where it is not known."""
    if share is None:
        return UNKNOWN
    return "100%" if share == 1 else f"{100 * share:.{0 if share >= 0.1 else 1}f}%"


def _number(value):
    return UNKNOWN if value is None else f"{value:,.0f}"


def _visible(text):
    """A text with the blanks that would not be seen."""
    return HIDDEN_BLANKS.sub(lambda blanks: "\u2423" * len(blanks.group()), str(text))


def _compact(value):
    return f"{value:.3g}"


def _tiles(summary):
    """Key figures: name, value, and what qualifies it."""

    def interval(bounds, show, words):
        return "" if bounds is None else f"{words} {show(bounds[0])} to {show(bounds[1])}"

    n_standing, n_ambiguous = summary["n_standing"], summary["n_ambiguous"]
    n_allowed, bounds = "", summary["noise_rate_bounds"]
    if bounds is not None:
        n_judged = summary["n_samples"] - summary["n_unjudged"]
        n_allowed = interval([n_judged * end for end in bounds], _number, "from")
    tiles = [
        (
            "Labels",
            _number(summary["n_samples"]),
            f"{summary['n_classes']:,} classes",
        ),
        (
            "Flagged",
            _number(summary["n_issues"]),
            f"{n_standing:,} stand, {n_ambiguous:,} could be overlap" if n_ambiguous else "",
        ),
        (
            "Wrong, estimated" if summary["n_changed"] is None else "Wrong before the review",
            _number(summary["n_wrong"]),
            n_allowed or interval(summary["n_wrong_interval"], _number, "95%:"),
        ),
        (
            "Noise rate",
            _percent(summary["noise_rate"]),
            interval(summary["noise_rate_bounds"], _percent, "from"),
        ),
    ]
    if summary["measured_precision"] is not None:
        known, words = "measured", "95%:"
    else:
        known, words = "expected", "9 in 10 lie in"
    tiles.append(
        (
            f"Flags right, {known}",
            _percent(summary[f"{known}_precision"]),
            interval(summary[f"{known}_precision_interval"], _percent, words),
        )
    )
    return [tile for tile in tiles if tile[1] != UNKNOWN]


def _positions(audit, rows):
    """Position in X of each row that is named by its position in the data."""
    known = audit.rows
    order = np.argsort(known, kind="stable")
    return order[np.searchsorted(known, rows, sorter=order)] if len(rows) else order[:0]


def _rounded(values):
    return [None if value is None else round(value, 4) for value in values]


def _page_data(audit, report, columns):
    """What the script of the page reads: one list per field, worst row first."""
    flagged = report["rows"]

    def field(name):
        return [row[name] for row in flagged]

    classes = list(report["classes"])
    code = {name: k for k, name in enumerate(classes)}
    for name in field("given_label") + field("suggested_label"):
        if name not in code:
            code[name] = len(classes)
            classes.append(name)
    positions = _positions(audit, field("row"))
    X, images = audit.X, audit.images
    shown, notes = row_values(X, positions, columns, has_images=images is not None)
    uris = None
    if images is not None:
        paths = None
        if isinstance(images, str):
            paths = np.asarray(X[images])
        uris, more = thumbnails(images, positions, paths)
        notes += more
    ids = field("id")
    data = {
        "fingerprint": report["fingerprint"],
        "title": report["title"],
        "label": report["label"],
        "id_column": report["id_column"],
        "classes": classes,
        "row": field("row"),
        "id": None if all(name is None for name in ids) else ids,
        "given": [code[name] for name in field("given_label")],
        "suggested": [code[name] for name in field("suggested_label")],
        "given_proba": _rounded(field("given_proba")),
        "suggested_proba": _rounded(field("suggested_proba")),
        "ambiguous": [int(value) for value in field("is_ambiguous")],
        "columns": shown,
        "images": uris,
    }
    return data, notes


def _figures(audit):
    """Pictures with their captions: the noise matrix, and label quality by class."""
    issues = audit.issues
    figures = []
    if issues.noise is not None:
        figures.append(
            (
                drawn(
                    lambda ax: NoiseMatrixDisplay.from_issues(issues, ax=ax),
                    "Noise matrix: how often each true class is given each label",
                    "m-",
                    (5.6, 4.8),
                ),
                "How often each true class (row) carries each label (column). The table of "
                "confused pairs names the largest entries.",
            )
        )
    if issues.given_label is not None and issues.classes is not None:
        figures.append(
            (
                drawn(
                    lambda ax: LabelQualityDisplay.from_issues(issues, ax=ax),
                    "Label quality by class",
                    "q-",
                    (5.6, 4.8),
                ),
                "Quality of the labels of each class, from 0 (wrong) to 1 (right).",
            )
        )
    return figures


def _with_counts(pairs, data, is_reviewed):
    """Confused pairs with the number of flagged rows that they explain."""
    code = {name: k for k, name in enumerate(data["classes"])}
    flagged = Counter(zip(data["given"], data["suggested"], strict=True))
    return [
        {
            **pair,
            "codes": codes,
            "n_flagged": flagged[codes],
            "is_hidden": not is_reviewed
            and pair["n_expected"] > max(LEAST_HIDDEN, HIDDEN * flagged[codes]),
        }
        for pair in pairs
        for codes in [(code.get(pair["given"]), code.get(pair["true"]))]
    ]


def check_extras():
    """Check that what writes the page is installed."""
    try:
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "The page needs jinja2 and matplotlib: pip install jinja2 matplotlib"
        ) from error


def page_of(audit, *, columns=None, decisions="decisions"):
    """Write an audit as one HTML page that needs nothing else.

    The page makes no network request and opens from disk. Its tables are plain HTML; the
    flagged rows are data that its script shows some at a time, as text only.

    Parameters
    ----------
    audit : Audit
        The audit. The page reads `to_dict()`, `issues`, `rows`, `X` and `images`.

    columns : list, default=None
        Names of the columns of X to show with each row; x0, x1, ... where X is an array.
        None takes the first 30.

    decisions : str, default="decisions"
        Name of the file that the page saves decisions to, without its ending.

    Returns
    -------
    page : str
        The HTML, which UTF-8 can encode.

    Raises
    ------
    ImportError
        If jinja2 or matplotlib is not installed.

    ValueError
        If `columns` names what X does not have.
    """
    check_extras()
    import jinja2

    report = audit.to_dict()
    data, notes = _page_data(audit, report, columns)
    data["file"] = decisions
    css, js = _template("page.css"), "\n".join(_template(name) for name in SCRIPTS)
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters.update(percent=_percent, number=_number, compact=_compact, visible=_visible)
    page = environment.from_string(_template("page.html")).render(
        **{**report, "rows": None},
        tiles=_tiles(report["summary"]),
        figures=_figures(audit),
        pairs=_with_counts(report["confused_pairs"], data, report["summary"]["n_trusted"] > 0),
        notes=notes,
        n_shown=N_SHOWN,
        css=css,
        js=js,
        data=embedded_json(data),
        style_hash=source_hash(css),
        script_hash=source_hash(js),
    )
    return encodable(page)
