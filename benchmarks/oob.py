"""Out-of-bag probabilities against folds: what is lost and what is saved.

    python benchmarks/oob.py [--quick]

prints Markdown. Each figure is a mean over kinds of noise and seeds: of detection (area under
the ROC curve and average precision of the label quality, the wrong labels to be found), of the
accuracy on clean test labels, and of CPU in multiples of five folds and a final fit. Real
tables are used where `SKCLEAN_REFERENCE_DATA` names their folder.
"""

import sys
from time import process_time

import numpy as np
from _quality.data import SETS, TABLES, set_names
from _quality.markdown import number, table
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning
from skclean.simulation import flip_labels, make_noise_matrix

NAMES = ("optdigits", "spambase")
WITHOUT_TABLES = ("digits", "five classes")
NOISE = {"uniform": 0.2, "pair": 0.3}
N_TRAIN = 2000
MODELS = {
    "forest, 100 trees, leaves of 2": RandomForestClassifier(
        100, min_samples_leaf=2, random_state=0
    ),
    "forest, 50 trees": RandomForestClassifier(50, random_state=0),
    "extra trees, 100, bootstrap": ExtraTreesClassifier(
        100, min_samples_leaf=2, bootstrap=True, random_state=0
    ),
}
ALONE = {"n_rounds": 1, "n_neighbors": None}
WAYS = {  # name: parameters of ConfidentLearning
    "five folds": {"cv": 5, **ALONE},
    "out of bag": {"cv": "oob", **ALONE},
    "default": {},
    "default, out of bag": {"cv": "oob"},
    "default, out of bag, one round": {"cv": "oob", "n_rounds": 1},
}
AGAINST = {
    "out of bag": "five folds",
    "default, out of bag": "default",
    "default, out of bag, one round": "default",
}
FIGURES = ("AUROC", "AP", "accuracy", "CPU")


def load(name, seed, n_train):
    """Training data and clean test data."""
    X, y, *_ = SETS[name][1](np.random.default_rng(seed))
    n_train = min(n_train, int(0.7 * len(y)))
    return train_test_split(X, y, train_size=n_train, stratify=y, random_state=seed)


def measure(model, params, data, wrong):
    """Detection, accuracy and seconds of CPU of detecting and fitting again on what is kept."""
    X, X_test, y, y_test = data
    classifier = NoiseAwareClassifier(
        clone(model), detector=ConfidentLearning(**params), strategy="prune"
    )
    start = process_time()
    classifier.fit(X, y)
    seconds = process_time() - start
    doubt = -classifier.issues_.label_quality
    return {
        "AUROC": roc_auc_score(wrong, doubt),
        "AP": average_precision_score(wrong, doubt),
        "accuracy": classifier.score(X_test, y_test),
        "CPU": seconds,
    }


def cases(quick):
    """Figures of every way by data, model, noise and seed."""
    names = [name for name in NAMES if name in set_names("both")] or WITHOUT_TABLES
    for name in names[:1] if quick else names:
        for kind, rate in list(NOISE.items())[: 1 if quick else None]:
            for seed in range(1 if quick else 3):
                X, X_test, y_true, y_test = load(name, seed, 300 if quick else N_TRAIN)
                matrix = make_noise_matrix(kind, len(np.unique(y_true)), rate)
                y, wrong = flip_labels(y_true, matrix, seed)
                for title, model in list(MODELS.items())[: 1 if quick else None]:
                    found = {
                        way: measure(model, params, (X, X_test, y, y_test), wrong)
                        for way, params in WAYS.items()
                    }
                    yield (name, title), found


def run(quick=False):
    """The Markdown of this benchmark."""
    groups = {}
    for group, found in cases(quick):
        groups.setdefault(group, []).append(found)
    lines, worst = [], {}
    for (name, model), rows in groups.items():
        unit = np.array([row["five folds"]["CPU"] for row in rows])
        for way in WAYS:
            figures = {f: np.array([row[way][f] for row in rows]) for f in FIGURES}
            figures["CPU"] = figures["CPU"] / unit
            line = [f"{name}, {model}", way]
            line += [number(figures[f].mean(), 2 if f == "CPU" else 3) for f in FIGURES]
            base = AGAINST.get(way)
            if base is None:
                lines.append([*line, "", ""])
                continue
            gains = [
                np.array([row[way][f] - row[base][f] for row in rows]) for f in ("AUROC", "AP")
            ]
            line += [number(gain.mean(), sign=True) for gain in gains]
            lines.append(line)
            worst.setdefault((model, way), []).append(
                [*(gain.mean() for gain in gains), figures["CPU"].max()]
            )
    summary = []
    for (model, way), rows in worst.items():
        auroc, ap, _ = np.mean(rows, axis=0)
        summary.append(
            [
                *(model, way, AGAINST[way], number(auroc, sign=True), number(ap, sign=True)),
                *(
                    number(min(row[0] for row in rows), sign=True),
                    number(max(row[2] for row in rows), 2),
                ),
            ]
        )
    used = sorted({name for name, _ in groups})
    missing = "" if TABLES & set(used) else " (no reference tables here)"
    n_cases = len(next(iter(groups.values())))
    noise = ", ".join(f"{kind} {rate}" for kind, rate in NOISE.items())
    text = (
        f"Data: {', '.join(used)}{missing}; noise: {noise}; {n_cases} cases each of at most "
        f"{N_TRAIN} rows. Gains in AUROC and AP are over the folds that the way stands in for, CPU "
        "is in multiples of five folds and a final fit on what is kept. Bounds for `out of bag`: "
        "mean loss of AUROC at most 0.01, CPU at most 0.45."
    )
    header = ["model", "way", "against", "AUROC", "AP", "AUROC, worst data", "CPU, largest"]
    return "\n\n".join(
        [
            "## Out-of-bag probabilities instead of folds",
            text,
            table(header, summary),
            table(["data and model", "way", *FIGURES, "AUROC gain", "AP gain"], lines),
        ]
    )


if __name__ == "__main__":
    print(run(quick="--quick" in sys.argv[1:]))
