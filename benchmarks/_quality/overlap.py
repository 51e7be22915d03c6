"""Part `overlap`: honest overlap of classes, without noise and with it."""

from functools import lru_cache

import numpy as np

from skclean import find_label_issues
from skclean.simulation import flip_labels

from .cases import CLASS_CONDITIONAL, class_rates
from .figures import mean
from .folds import case_pred_probs
from .judge import judge
from .markdown import number, percent, table
from .peer import peer_findings
from .promises import found_that_stands

ACCURACIES = (0.5, 0.68, 0.85, 0.99)
MODELS = ("logistic", "forest", "boosting", "network")
RATES = (0.1, 0.2, 0.3)
CORNERS = np.array([[1.0, 0.0], [-0.5, 0.75**0.5], [-0.5, -(0.75**0.5)]])


def draw(radius, n, seed):
    """Three unit Gaussians at the corners of a triangle, and three features of noise."""
    rng = np.random.default_rng([81, seed])
    y = rng.integers(0, 3, n)
    X = rng.normal(size=(n, 5))
    X[:, :2] += radius * CORNERS[y]
    return X, y


@lru_cache
def radius_of(accuracy):
    """Radius of the triangle at which the best classifier is right that often."""
    low, high = 0.0, 10.0
    for _ in range(40):
        radius = (low + high) / 2
        X, y = draw(radius, 20_000, 0)
        less = ((X[:, :2] @ CORNERS.T).argmax(axis=1) == y).mean() < accuracy
        low, high = (radius, high) if less else (low, radius)
    return radius


def case_rows(settings, accuracy, kind, rate, seed):
    """One row for each model, with clean labels for kind "none"."""
    n_rows = 500 if settings.quick else 2000
    X, y_true = draw(radius_of(accuracy), n_rows, 1 + seed)
    y = y_true
    if kind != "none":
        random_state = np.random.RandomState(seed)
        y = flip_labels(y_true, class_rates(kind, rate, 3, random_state), random_state)[0]
    rows = []
    for model in settings.model_names("overlap", MODELS):
        P, _ = case_pred_probs(settings, model, X, y, seed)
        row = {"set": accuracy, "kind": kind, "rate": rate, "model": model}
        if kind == "none":
            issues, theirs = find_label_issues(y, P), peer_findings(y, P)
            row["accuracy"] = (P.argmax(axis=1) == y).mean()
            row["flagged"] = issues.issue_mask.mean()
            row["stands"] = (issues.issue_mask & ~issues.ambiguous_mask).mean()
            row["cleanlab flagged"] = np.nan if theirs is None else theirs[0].mean()
        else:
            row |= judge(y_true, y, P)
        rows.append(row)
    return rows


def clean_table(rows):
    """Share of clean labels flagged, by accuracy and model."""
    lines = []
    for accuracy in ACCURACIES:
        at = [row for row in rows if row["set"] == accuracy]
        for model in ["all", *dict.fromkeys(row["model"] for row in at)]:
            group = [row for row in at if model in ("all", row["model"])]
            shares = [
                mean(row[name] for row in group)
                for name in ("cleanlab flagged", "flagged", "stands")
            ]
            shown = number(mean(row["accuracy"] for row in group), 2)
            lines.append([f"{model}, at {accuracy:.2f}", shown, *map(_tenths, shares)])
    return table(["model", "accuracy", "cleanlab flags", "skclean flags", "that stand"], lines)


def _tenths(share):
    """Percent with a decimal: for strong models the shares are small."""
    return percent(share) if np.isnan(share) else f"{100 * share:.1f} %"


def noisy_table(rows):
    """What stands under noise, by accuracy and kind."""
    lines = []
    for accuracy in (None, *ACCURACIES):
        at = [row for row in rows if accuracy in (None, row["set"])]
        where = "at any" if accuracy is None else f"at {accuracy:.2f}"
        for kind in ["all", *CLASS_CONDITIONAL]:
            group = [row for row in at if kind in ("all", row["kind"])]
            lines.append(
                [
                    f"{kind}, {where}",
                    percent(found_that_stands(group)),
                    number(mean(row["precision of standing"] for row in group)),
                    number(mean(row["precision of ambiguous"] for row in group)),
                    percent(mean(row["within bounds"] for row in group)),
                ]
            )
    header = ["noise", "found that stand", "precision of standing", "precision of ambiguous"]
    return table([*header, "rate within bounds"], lines)


def run(settings):
    """The Markdown of this part."""
    rates = (0.2,) if settings.quick else RATES
    noises = [("none", 0.0)] + [(kind, rate) for kind in CLASS_CONDITIONAL for rate in rates]
    names = [
        (accuracy, kind, rate, seed)
        for accuracy in ACCURACIES
        for kind, rate in noises
        for seed in range(settings.n_seeds)
    ]
    rows = settings.each(case_rows, names)
    clean = [row for row in rows if row["kind"] == "none"]
    noisy = [row for row in rows if row["kind"] != "none"]
    return "\n\n".join(
        [
            "## Where classes overlap",
            "Three Gaussian classes, at the distance at which the best classifier is right in the "
            "share given. No rule can find all errors here and spare all unusual samples.",
            "### Clean labels",
            'Share of labels flagged although all are right: less is better. "That stand" are '
            "flags not called ambiguous.",
            clean_table(clean),
            "### With noise",
            "Of the errors found, the share whose flags stand; the share of flags of either kind "
            "that are right; how often the true noise rate lies within `noise_rate_bounds`.",
            noisy_table(noisy),
        ]
    )
