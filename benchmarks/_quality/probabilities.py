"""Part `probabilities`: the same out-of-fold probabilities for skclean and for cleanlab."""

from skclean import find_label_issues
from skclean.quality import PRUNE_NAMES, QUALITY_NAMES

from .cases import MODELS, make_case
from .figures import detection, mean, not_worse
from .folds import case_pred_probs
from .judge import judge
from .known import if_known, known_table
from .markdown import comparison, number, share_with_interval, table
from .promises import promises
from .reference import reference

FIELDS = {
    "kind": "noise",
    "rate": "rate",
    "model": "model",
    "band": "accuracy",
    "classes": "classes",
    "set": "data",
}
MEANINGS = {
    "F1": "F1 of the flags against the planted errors; 1 finds all of them and nothing else.",
    "AP": "Average precision of the ranking by label quality; 1 has all errors first.",
    "TV": "Total variation of the noise matrix from the realised one, weighted by class; 0 is "
    "exact, less is better.",
}


def options():
    """Name and parameters of every rule and every score."""
    rules = {f"prune={name}": {"prune": name} for name in sorted(PRUNE_NAMES)}
    scores = {f"quality={name}": {"quality": name} for name in sorted(QUALITY_NAMES)}
    return {"default": {}, **rules, **scores}


def case_rows(settings, name, kind, rate, seed):
    """One row for each model; the options on the first seed alone."""
    case = make_case(name, kind, rate, seed)
    rows = []
    for model in settings.model_names(name, MODELS):
        P, _ = case_pred_probs(settings, model, case.X, case.y, seed)
        row = {"set": name, "kind": kind, "rate": rate, "model": model}
        row |= judge(case.y_true, case.y, P)
        if seed == 0:
            for option, params in options().items():
                issues = find_label_issues(case.y, P, **params)
                figures = detection(case.wrong, issues.issue_mask, issues.label_quality)
                row |= {f"{option} {figure}": value for figure, value in figures.items()}
            row |= if_known(case, P)
        rows.append(row)
    return rows


def options_table(rows):
    """F1 and average precision of every option, and against cleanlab's default."""
    rows = [row for row in rows if "default F1" in row]
    lines = []
    for option in options():
        line = [f"`{option}`"]
        for figure in ("F1", "AP"):
            ours = f"{option} {figure}"
            line.append(number(mean(row[ours] for row in rows)))
            line.append(share_with_interval(*not_worse(rows, ours, f"cleanlab {figure}")))
        lines.append(line)
    return (
        f"### Options of `find_label_issues`\n\nMeans over the {len(rows)} cases of the first "
        "seed, all else at its default, and the share not worse than cleanlab's default.\n\n"
        + table(["option", "F1", "not worse", "AP", "not worse"], lines)
    )


def run(settings):
    """The Markdown of this part."""
    rows = settings.each(case_rows, settings.case_names())
    text = [
        "## From the same probabilities",
        "Both libraries see the same probabilities of five shuffled stratified folds and run "
        "with their defaults: `find_label_issues(y, pred_probs)` here; `find_label_issues`, "
        "self-confidence and `estimate_joint` there. A case is a data set, a noise, a seed and a "
        'model; "not worse" allows a difference of .002, and its interval draws data sets anew.',
    ]
    for figure, meaning in MEANINGS.items():
        text += [f"### {figure}", meaning, comparison(rows, figure, FIELDS)]
    text += [promises(rows), options_table(rows), known_table(rows), reference(settings)]
    return "\n\n".join(text)
