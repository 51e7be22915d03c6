"""Part `ceiling`: how near to the best detector that there could be."""

import numpy as np

from .cases import CLASS_CONDITIONAL, MODELS, make_case
from .data import has_proba
from .figures import detection, mean, optimal_f1_mask
from .folds import case_pred_probs
from .judge import judge
from .markdown import grouped, number, table


def bayes_p_wrong(y, proba, noise_matrix):
    """p(true != given | x, given) where p(true | x) and the noise are known."""
    rows = np.arange(len(y))
    own = proba[rows, y] * noise_matrix[y, y]
    return 1 - own / (proba @ noise_matrix)[rows, y]


def case_rows(settings, name, kind, rate, seed):
    """One row for each model, with the figures of the Bayes-optimal detector."""
    case = make_case(name, kind, rate, seed)
    p_wrong = bayes_p_wrong(case.y, case.proba, case.noise_matrix)
    best = detection(case.wrong, optimal_f1_mask(p_wrong), 1 - p_wrong)
    best = {f"best {figure}": value for figure, value in best.items()}
    rows = []
    for model in settings.model_names(name, MODELS):
        P, _ = case_pred_probs(settings, model, case.X, case.y, seed)
        row = {"set": name, "kind": kind, "rate": rate, "model": model, **best}
        rows.append(row | judge(case.y_true, case.y, P))
    return rows


def run(settings):
    """The Markdown of this part."""
    names = settings.case_names(kinds=CLASS_CONDITIONAL)
    rows = settings.each(case_rows, [name for name in names if has_proba(name[0])])
    text = [
        "## The ceiling",
        "On Gaussian mixtures p(true | x) is known, and so is the noise: 1 - p(true = given | x, "
        "given) ranks best, and its set of largest expected F1 flags best. The rest of the way "
        "is partly the model's, which has to learn from wrong labels what the best detector knows.",
    ]
    for figure in ("AP", "F1"):
        lines = [
            [
                title,
                len(group),
                *(number(mean(row.get(f"{who}{figure}") for row in group)) for who in WHO),
            ]
            for title, group in grouped(rows, {"kind": "noise", "model": "model", "set": "data"})
        ]
        header = ["cases", "n", f"best possible {figure}", "skclean", "cleanlab"]
        text += [f"### {figure}", table(header, lines)]
    return "\n\n".join(text)


WHO = ("best ", "", "cleanlab ")
