"""How well are wrong labels found? skclean's defaults against cleanlab's, case by case.

Given the same out-of-sample probabilities, both find label issues; the planted errors are
known. A case is a data set, a kind and rate of noise, a model and a seed. Data sets are in two
halves: choices are made on "tune" and reported on "report".

    python benchmarks/quality.py --quick            # a minute, both halves
    python benchmarks/quality.py --half report      # the figures to quote
    SKCLEAN_REFERENCE_DATA=... python benchmarks/quality.py   # adds the reference tables

cleanlab is optional: without it only skclean's own columns are printed.
"""

import argparse
import os
import warnings
from functools import partial
from pathlib import Path

import numpy as np
from joblib import Memory
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_wine,
    make_blobs,
    make_classification,
)
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skclean import find_label_issues
from skclean._core._algebra import noise_matrix_from_joint
from skclean.simulation import flip_labels, make_noise_matrix

try:
    from cleanlab.count import estimate_joint as cleanlab_joint
    from cleanlab.filter import find_label_issues as cleanlab_issues
except ImportError:
    cleanlab_issues = None


def imbalanced_mixture():
    """Three overlapping Gaussian classes, 70, 20 and 10 % of 1200 rows."""
    return make_blobs([840, 240, 120], n_features=6, centers=None, cluster_std=4, random_state=1)


def overlapping_mixture():
    """Four overlapping Gaussian classes in eight dimensions."""
    return make_blobs(1200, n_features=8, centers=4, cluster_std=6, random_state=3)


SETS = {
    "digits": ("tune", partial(load_digits, return_X_y=True)),
    "imbalanced mixture": ("tune", imbalanced_mixture),
    "two informative": (
        "tune",
        partial(make_classification, 1000, 10, n_informative=4, class_sep=1.0, random_state=5),
    ),
    "breast cancer": ("report", partial(load_breast_cancer, return_X_y=True)),
    "wine": ("report", partial(load_wine, return_X_y=True)),
    "overlapping mixture": ("report", overlapping_mixture),
    "five classes": (
        "report",
        partial(make_classification, 1200, 20, n_informative=8, n_classes=5, random_state=0),
    ),
}
MODELS = {
    "logistic": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)),
    "knn": lambda: make_pipeline(StandardScaler(), KNeighborsClassifier()),
    "forest": lambda: RandomForestClassifier(50, random_state=0),
}
TABLES = {"optdigits": "tune", "spambase": "report", "credit_g": "report"}


def planted(kind, rate, X, y, seed):
    """Given labels for true ones, by a kind of noise."""
    n_classes = len(np.unique(y))
    if kind == "boundary":
        proba = cross_val_predict(
            MODELS["forest"](), X, y, cv=StratifiedKFold(3), method="predict_proba"
        )
        rows = np.arange(len(y))
        own = proba[rows, y]
        proba[rows, y] = -1
        rank = (own - proba.max(axis=1)).argsort(kind="stable").argsort() / len(y)
        scale = rate / np.minimum(np.exp(-4 * rank), 0.5).mean()
        flip = np.random.RandomState(seed).uniform(size=len(y)) < scale * np.exp(-4 * rank)
        return np.where(flip, proba.argmax(axis=1), y)
    rates = rate
    if kind == "ccn":
        rates = np.clip(rate * np.random.RandomState(seed).uniform(0.5, 1.5, n_classes), 0, 0.6)
        kind = "random"
    return flip_labels(y, make_noise_matrix(kind, n_classes, rates, random_state=seed), seed)[0]


def simulated_cases(half, quick, cache):
    """Yield (name, y_true, y, pred_probs) on data that scikit-learn ships or makes."""
    predict = Memory(cache, verbose=0).cache(cross_val_predict)
    for name, (own_half, load) in SETS.items():
        if half not in (own_half, "both"):
            continue
        X, y_true = load()
        for kind in ["uniform", "pair", "ccn", "boundary"]:
            for rate in [0.2] if quick else [0.1, 0.2, 0.3]:
                for seed in range(1 if quick else 2):
                    y = planted(kind, rate, X, y_true, seed)
                    for model in ["logistic"] if quick else MODELS:
                        cv = StratifiedKFold(5, shuffle=True, random_state=seed)
                        P = predict(MODELS[model](), X, y, cv=cv, method="predict_proba")
                        yield (name, kind, rate, model, seed), y_true, y, P


def reference_cases(half, folder):
    """Yield (name, y_true, y, pred_probs) of the reference tables."""
    for name, own_half in TABLES.items():
        if half not in (own_half, "both"):
            continue
        data = np.load(Path(folder) / f"tab_{name}_noise.npz")
        for key in data:
            if key.startswith("pred_probs_"):
                kind = key.removeprefix("pred_probs_")
                P = data[key] / data[key].sum(axis=1, keepdims=True)
                yield (name, kind, "", "forest", 0), data["y"], data[f"y_{kind}"], P


def total_variation(y_true, y, noise_matrix):
    """Distance of a noise matrix from the realised one, prior-weighted."""
    counts = np.zeros(noise_matrix.shape)
    np.add.at(counts, (y_true, y), 1)
    actual = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    prior = counts.sum(axis=1) / counts.sum()
    return 0.5 * prior @ np.abs(noise_matrix - actual).sum(axis=1)


def judge(y_true, y, P):
    """Figures of skclean and of cleanlab on one case."""
    wrong = y != y_true
    issues = find_label_issues(y, P)
    flagged = issues.issue_mask
    row = {
        "F1": f1_score(wrong, flagged, zero_division=0),
        "AP": average_precision_score(wrong, 1 - issues.label_quality),
        "TV": total_variation(y_true, y, issues.noise.noise_matrix),
        "expected - actual precision": np.nan,
    }
    if flagged.any():
        row["expected - actual precision"] = issues.expected_precision - wrong[flagged].mean()
    if cleanlab_issues is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = cleanlab_issues(y, P, n_jobs=1)
            joint = cleanlab_joint(y, P)
        row["cleanlab F1"] = f1_score(wrong, theirs, zero_division=0)
        row["cleanlab AP"] = average_precision_score(wrong, 1 - P[np.arange(len(y)), y])
        row["cleanlab TV"] = total_variation(y_true, y, noise_matrix_from_joint(joint.T))
    return row


def summarize(title, rows):
    """One Markdown table: means, difference, and share of cases that are not worse."""
    print(f"\n## {title}: {len(rows)} cases\n")
    print("| figure | skclean | cleanlab | difference | not worse (.002) |")
    print("|---|---|---|---|---|")
    for figure, sign in [("F1", 1), ("AP", 1), ("TV", -1)]:
        ours = np.array([row[figure] for row in rows])
        if cleanlab_issues is None:
            print(f"| {figure} | {ours.mean():.3f} | | | |")
            continue
        theirs = np.array([row[f"cleanlab {figure}"] for row in rows])
        gain = sign * (ours - theirs)
        print(
            f"| {figure} | {ours.mean():.3f} | {theirs.mean():.3f} | "
            f"{(ours - theirs).mean():+.3f} | {(gain >= -0.002).mean():.0%} |"
        )
    gaps = np.array([row["expected - actual precision"] for row in rows])
    print(
        f"| expected - actual precision | {np.nanmean(gaps):+.3f} "
        f"(mean absolute {np.nanmean(np.abs(gaps)):.3f}) | | | |"
    )


def main():
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one rate, seed and model")
    parser.add_argument("--half", choices=["tune", "report", "both"], default="both")
    parser.add_argument("--cache", help="folder that keeps the probabilities between runs")
    options = parser.parse_args()
    cases = list(simulated_cases(options.half, options.quick, options.cache))
    if folder := os.environ.get("SKCLEAN_REFERENCE_DATA"):
        cases += reference_cases(options.half, folder)
    results = [(name, judge(*case)) for name, *case in cases]
    print(f"# Detection from given probabilities, half: {options.half}")
    summarize("All", [row for _, row in results])
    for field, title in [(1, "noise"), (3, "model"), (0, "data")]:
        for value in dict.fromkeys(name[field] for name, _ in results):
            rows = [row for name, row in results if name[field] == value]
            summarize(f"{title} {value}", rows)


if __name__ == "__main__":
    main()
