"""Part `loop`: a detector that fits the model itself, against five folds and cleanlab's filter."""

import numpy as np
from sklearn.base import clone

from skclean.detectors import ConfidentLearning

from .cases import MODELS, make_case
from .figures import SIGNS, detection, mean, not_worse
from .folds import case_pred_probs, cpu_seconds, final_fit_seconds
from .markdown import comparison, grouped, number, share_with_interval, table
from .peer import peer_findings

AMONG = ("logistic", "forest", "boosting", "knn")
VARIANTS = {  # name: parameters of ConfidentLearning, all others at their defaults
    "default": {},
    "no neighbors": {"n_neighbors": None},
    "not smoothed": {"smooth": False},
    "one round": {"n_rounds": 1},
    "one round, no neighbors": {"n_rounds": 1, "n_neighbors": None},
    "three rounds": {"n_rounds": 3},
}
VARIANTS_RATE = 0.2
FIELDS = {"kind": "noise", "rate": "rate", "model": "model", "set": "data"}
APART = {"few rows"}  # 60 rows a class: what folds cost there says nothing of other data


def case_rows(settings, name, kind, rate, seed):
    """One row for each model; variants other than the default at one rate of the first seed."""
    case = make_case(name, kind, rate, seed)
    rows = []
    for model in settings.model_names(name, AMONG):
        row = {"set": name, "kind": kind, "rate": rate, "model": model}
        for variant, params in VARIANTS.items():
            if variant != "default" and (seed or rate != VARIANTS_RATE):
                continue
            detector = ConfidentLearning(clone(MODELS[model]()), **params)
            issues, seconds = cpu_seconds(lambda d=detector: d.fit(case.X, case.y).issues_)
            found = detection(case.wrong, issues.issue_mask, issues.label_quality)
            prefix = "" if variant == "default" else f"{variant} "
            row |= {f"{prefix}{figure}": value for figure, value in found.items()}
            row[f"{variant} seconds"] = seconds
        P, row["fold seconds"] = case_pred_probs(settings, model, case.X, case.y, seed)
        row["fit seconds"] = final_fit_seconds(model, case.X, case.y)
        theirs = peer_findings(case.y, P)
        if theirs is not None:
            found = detection(case.wrong, *theirs[:2])
            row |= {f"cleanlab {figure}": value for figure, value in found.items()}
        rows.append(row)
    return rows


def multiple(rows, variant, final_fit):
    """Median CPU of a detection in multiples of five folds, with a final fit or without."""
    ratios = [
        row[f"{variant} seconds"] / (row["fold seconds"] + final_fit * row["fit seconds"])
        for row in rows
        if f"{variant} seconds" in row
    ]
    return float(np.median(ratios)) if ratios else np.nan


def cpu_table(rows):
    """CPU of the default by model and data set."""
    groups = list(grouped(rows, {"model": "model", "set": "data"}))
    groups.insert(1, ("all but knn", [row for row in rows if row["model"] != "knn"]))
    lines = [
        [title, len(group), *(number(multiple(group, "default", final), 2) for final in (0, 1))]
        for title, group in groups
    ]
    return table(["cases", "n", "of the folds", "of folds and final fit"], lines)


def variants_table(rows):
    """Every variant against cleanlab, on the cases where all of them ran."""
    rows = [row for row in rows if all(f"{variant} seconds" in row for variant in VARIANTS)]
    lines = []
    for variant in VARIANTS:
        prefix = "" if variant == "default" else f"{variant} "
        line = [variant]
        for figure in ("AP", "F1"):
            share = not_worse(rows, prefix + figure, f"cleanlab {figure}", SIGNS[figure])
            line += [
                number(mean(row[prefix + figure] for row in rows)),
                share_with_interval(*share),
            ]
        lines.append([*line, number(multiple(rows, variant, 0), 2)])
    return table(["variant", "AP", "not worse", "F1", "not worse", "CPU of the folds"], lines)


def run(settings):
    """The Markdown of this part."""
    rows = settings.each(case_rows, settings.case_names())
    main = [row for row in rows if row["set"] not in APART]
    text = [
        "## With the model in the loop",
        "`ConfidentLearning(model).fit(X, y)` against five shuffled stratified folds of the same "
        "model and cleanlab's default filter and ranking.",
    ]
    for figure in ("AP", "F1"):
        text += [f"### {figure} in the loop", comparison(main, figure, FIELDS)]
    if len(main) < len(rows):
        apart = [row for row in rows if row["set"] in APART]
        text += ["### Few rows, apart", "Sixty rows a class, which the tables above leave out."]
        text += [comparison(apart, figure, {"model": "model"}) for figure in ("AP", "F1")]
    return "\n\n".join(
        [
            *text,
            "### CPU in multiples of cleanlab's",
            "Median CPU of our detection over that of cleanlab's five folds, and over that of the "
            "folds and one fit on all rows, which either library ends with.",
            cpu_table(main),
            "### Switched off and on",
            f"The default and its variants on the cases of the first seed at {VARIANTS_RATE}.",
            variants_table(main),
        ]
    )
