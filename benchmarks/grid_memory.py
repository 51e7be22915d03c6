"""A search over detection settings with `memory=`: what six cost against one.

    python benchmarks/grid_memory.py [--quick]

prints Markdown. All settings of a detector share the fits of its folds, so that a search over
them costs little more than one of them; what a meta-estimator fits on the treated data is its
own for each setting and cannot be shared.
"""

import sys
import tempfile

from _fit import cpu_by_turns, make_data, spread
from _quality.markdown import table
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning

BOUND = 1.5
SETTINGS = [
    {"prune": None},
    {"prune": None, "max_fdr": 0.1},
    {"prune": "by_noise_rate"},
    {"prune": "by_noise_rate", "max_fdr": 0.2},
    {"prune": "by_class"},
    {"prune": "both", "quality": "normalized_margin"},
]


def detect(model, settings, X, y):
    """Fit a detector with each of the settings, one after another."""
    with tempfile.TemporaryDirectory() as folder:
        for setting in settings:
            ConfidentLearning(model, memory=folder, **setting).fit(X, y)


def search(model, final, settings, X, y):
    """Search the settings for the classifier that predicts best."""
    grid = [{f"detector__{name}": [v] for name, v in each.items()} for each in settings]
    with tempfile.TemporaryDirectory() as folder:
        classifier = NoiseAwareClassifier(
            final, detector=ConfidentLearning(model, memory=folder), strategy="prune"
        )
        GridSearchCV(classifier, grid, cv=3, error_score="raise").fit(X, y)


def run(quick=False):
    """The Markdown of this benchmark."""
    X, y, _ = make_data(300 if quick else 2000)
    forest = RandomForestClassifier(5 if quick else 50, min_samples_leaf=2, random_state=0)
    linear = LogisticRegression(max_iter=300)
    ways = {
        "detectors in a loop, forest": lambda each: detect(forest, each, X, y),
        "search, forest detects, linear model predicts": lambda each: search(
            forest, linear, each, X, y
        ),
        "search, one forest for both": lambda each: search(forest, forest, each, X, y),
    }
    lines = []
    for name, way in ways.items():
        calls = {"one": lambda w=way: w(SETTINGS[:1]), "six": lambda w=way: w(SETTINGS)}
        seconds = cpu_by_turns(calls, n_rounds=1 if quick else 3)
        ratio = seconds["six"] / seconds["one"]
        lines.append([name, spread(seconds["one"]), spread(seconds["six"]), spread(ratio)])
    text = (
        f"{len(X)} x {X.shape[1]}, {len(SETTINGS)} settings of prune, quality and max_fdr; seconds "
        "of CPU, an empty memory each time: median of the rounds (least to greatest). Bound: "
        f"{BOUND} times one setting at most, where what is fitted after detection is cheap. The "
        "last line has no bound: a forest fitted on what a setting keeps is a fit of its own."
    )
    header = ["way", "one setting", "six settings", "six / one"]
    return f"## Six detection settings with memory=\n\n{text}\n\n{table(header, lines)}"


if __name__ == "__main__":
    print(run(quick="--quick" in sys.argv[1:]))
