"""Out-of-bag probabilities against folds: what is lost and what is saved.

    python benchmarks/oob.py [--quick]

prints Markdown. Each figure is a mean over kinds of noise and seeds: of detection (area under
the ROC curve and average precision of the label quality, the wrong labels to be found), of the
accuracy on clean test labels, and of CPU in multiples of five folds and a final fit. Real
tables are used where `SKCLEAN_REFERENCE_DATA` names their folder.
"""

import sys

import numpy as np
from _fit import describe_cases, fit_figures, noisy_cases
from _quality.markdown import number, table
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning

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


def cases(quick):
    """Figures of every way by data and model."""
    for name, data, wrong in noisy_cases(quick):
        for title, model in list(MODELS.items())[: 1 if quick else None]:
            yield (
                (name, title),
                {
                    way: fit_figures(
                        NoiseAwareClassifier(
                            clone(model), detector=ConfidentLearning(**params), strategy="prune"
                        ),
                        data,
                        wrong,
                    )
                    for way, params in WAYS.items()
                },
            )


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
    used = list(dict.fromkeys(name for name, _ in groups))
    text = (
        f"{describe_cases(used)} Gains in AUROC and AP are over the folds that the way stands in "
        "for, CPU is in multiples of five folds and a final fit on what is kept. Bounds for `out "
        "of bag`: mean loss of AUROC at most 0.01, CPU at most 0.45."
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
