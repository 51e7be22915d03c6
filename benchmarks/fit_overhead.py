"""What `NoiseAwareClassifier.fit` costs beyond the fits and predictions inside it.

    python benchmarks/fit_overhead.py [--quick]

prints Markdown: CPU of a whole fit less that of its own folds, their predictions and the final
fit, over the latter. cleanlab's CleanLearning stands beside it where cleanlab is installed.
"""

import sys
from time import process_time

import numpy as np
from _fit import N_ROUNDS, make_data, spread
from _quality.markdown import NOTHING, table
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import has_fit_parameter

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning

try:
    from cleanlab.classification import CleanLearning
except ImportError:
    CleanLearning = None

BOUND = 0.03
PEER = "cleanlab's CleanLearning"
ALONE = {"n_neighbors": None}
WAYS = {
    "default": {},
    "no neighbors": ALONE,
    "one round, no neighbors": {**ALONE, "n_rounds": 1},
    "one round, no neighbors, classic": {
        **ALONE,
        "n_rounds": 1,
        "smooth": False,
        "prune": "by_noise_rate",
        "quality": "self_confidence",
    },
}


def timed(kind):
    """Subclass of a classifier that adds the CPU of its fits and predictions up."""

    class Timed(kind):
        seconds = 0.0

        def fit(self, X, y, sample_weight=None):
            start = process_time()
            super().fit(X, y, sample_weight)
            type(self).seconds += process_time() - start
            return self

        def predict_proba(self, X):
            start = process_time()
            pred_probs = super().predict_proba(X)
            type(self).seconds += process_time() - start
            return pred_probs

    assert has_fit_parameter(Timed(), "sample_weight")
    return Timed


def cost(make, kind, X, y, n_rounds):
    """CPU inside the fits and predictions, and of all else as a share of it, by round."""
    inside, beyond = [], []
    for i in range(n_rounds + 1):
        estimator = make()
        kind.seconds, start = 0.0, process_time()
        estimator.fit(X, y)
        total = process_time() - start
        if i > 0:  # the first one warms up
            inside.append(kind.seconds)
            beyond.append(total / kind.seconds - 1)
    return np.array(inside), np.array(beyond)


def run(quick=False):
    """The Markdown of this benchmark."""
    X, y, _ = make_data(400 if quick else 10_000)
    kind = timed(LogisticRegression)
    makers = {
        way: lambda p=params: NoiseAwareClassifier(
            kind(max_iter=300), detector=ConfidentLearning(**p)
        )
        for way, params in WAYS.items()
    }
    if CleanLearning is not None:
        makers[PEER] = lambda: CleanLearning(
            kind(max_iter=300), find_label_issues_kwargs={"n_jobs": 1}
        )
    lines = []
    for way, make in makers.items():
        inside, beyond = cost(make, kind, X, y, 1 if quick else N_ROUNDS)
        lines.append([way, spread(inside, 3), spread(100 * beyond, 1)])
    if CleanLearning is None:
        lines.append([PEER, NOTHING, NOTHING])
    text = (
        f"Logistic regression, {len(X)} x {X.shape[1]}, {len(np.unique(y))} classes. Seconds of "
        "CPU of the fits and predictions inside, and all else in percent: median of the rounds "
        f"(least to greatest). Bound: {BOUND:.0%}. The search for neighbors, a member of its own "
        "beside the folds, counts as all else in the first way."
    )
    header = ["way", "inside, s", "beyond, %"]
    return f"## What a fit costs beyond its fits\n\n{text}\n\n{table(header, lines)}"


if __name__ == "__main__":
    print(run(quick="--quick" in sys.argv[1:]))
