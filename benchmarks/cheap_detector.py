"""A cheap detector before an expensive classifier: what is lost and what is saved.

    python benchmarks/cheap_detector.py [--quick]

prints Markdown. The classifier that is fitted in the end is a forest of 100 trees; the detector
has that forest too, or something cheaper. Each figure is a mean over kinds of noise and seeds.
"""

import sys

import numpy as np
from _fit import describe_cases, fit_figures, noisy_cases
from _quality.markdown import number, table
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning, NeighborAgreement

FIGURES = ("AUROC", "AP", "accuracy", "CPU")
SAME = "the same forest"
DETECTORS = {
    SAME: lambda: ConfidentLearning(),
    "the same forest, out of bag": lambda: ConfidentLearning(cv="oob"),
    "extra trees, 50, out of bag": lambda: ConfidentLearning(
        ExtraTreesClassifier(50, min_samples_leaf=2, bootstrap=True, random_state=0), cv="oob"
    ),
    "logistic regression": lambda: ConfidentLearning(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    ),
    "neighbor agreement": lambda: NeighborAgreement(),
}


def run(quick=False):
    """The Markdown of this benchmark."""
    groups = {}
    for name, data, wrong in noisy_cases(quick):
        n_trees = 20 if quick else 100
        found = {}
        for way, make in DETECTORS.items():
            forest = RandomForestClassifier(n_trees, min_samples_leaf=2, random_state=0)
            classifier = NoiseAwareClassifier(forest, detector=make(), strategy="prune")
            found[way] = fit_figures(classifier, data, wrong)
        groups.setdefault(name, []).append(found)
    lines = []
    for name, rows in groups.items():
        unit = np.array([row[SAME]["CPU"] for row in rows])
        for way in DETECTORS:
            means = [np.mean([row[way][figure] for row in rows]) for figure in FIGURES[:-1]]
            cpu = np.mean([row[way]["CPU"] for row in rows] / unit)
            lines.append([name, way, *map(number, means), number(cpu, 2)])
    text = (
        f"{describe_cases(list(groups))} CPU is that of the whole job, in multiples of the one "
        "whose detector fits the same forest on folds."
    )
    header = ["data", "detector", *FIGURES]
    return f"## A cheap detector before a forest\n\n{text}\n\n{table(header, lines)}"


if __name__ == "__main__":
    print(run(quick="--quick" in sys.argv[1:]))
