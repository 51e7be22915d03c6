"""What 100 reviewed labels are worth to the noise matrix, and how sure the flags were.

    python benchmarks/review.py [--quick] [--output docs/review_worth.md]

writes Markdown. On data with simulated noise, 100 labels are looked up in the true ones, and the
detector is fitted again with `trusted=` and `y_before=`. The error is the mean distance of the
rows of the noise matrix to those of the actual shares.
"""

import argparse
from pathlib import Path

import numpy as np
from _quality.markdown import number, table
from _quality.report import versions
from sklearn.datasets import load_digits, make_classification
from sklearn.linear_model import LogisticRegression

from skclean.detectors import ConfidentLearning
from skclean.metrics import noise_matrix_error
from skclean.simulation import flip_labels, flip_labels_by_instance, make_noise_matrix

N_REVIEWED = 100
N_SEEDS = 6
RATE = 0.2
CHOICES = ("the worst flags", "flags at random", "rows at random")
NOISES = ("uniform", "pair", "by instance")


TEXT = """# What is a review worth?

- command: `python benchmarks/review.py`
- versions: {versions}
- data: {n_sets} data sets with simulated noise at rate {rate}, {n_seeds} of each kind
- model: logistic regression

The error is the mean distance of the rows of the noise matrix to those of the actual shares.
*shrinks*: in how many data sets the review of {n_reviewed} labels makes it smaller. *measured*:
precision of the reviewed flags, which is that of all flags only where flags were reviewed at
random. *the rest*: the flags that are left after the review.

<!-- totals -->

{totals}

<!-- details -->

## By data and noise

{details}
"""


def _classes(separation, seed):
    return make_classification(
        2000,
        10,
        n_informative=5,
        n_redundant=0,
        n_classes=4,
        n_clusters_per_class=1,
        class_sep=separation,
        random_state=seed,
    )


def _digits(seed):
    X, y = load_digits(return_X_y=True)
    return X / 16, y


DATA = {
    "digits": _digits,
    "four classes": lambda seed: _classes(1.8, seed),
    "four that overlap": lambda seed: _classes(1.0, seed),
}


def _flip(noise, X, y_true, seed):
    if noise == "by instance":
        return flip_labels_by_instance(X, y_true, RATE, seed)[0]
    matrix = make_noise_matrix(noise, len(np.unique(y_true)), RATE)
    return flip_labels(y_true, matrix, seed)[0]


def _chosen(choice, issues, random_state):
    if choice == "the worst flags":
        return issues.ranked_indices()[:N_REVIEWED]
    among = np.arange(len(issues.issue_mask))
    if choice == "flags at random":
        among = np.flatnonzero(issues.issue_mask)
    return random_state.permutation(among)[:N_REVIEWED]


def figures(name, noise, seed):
    """Errors without and with a review, and precisions, for each way of choosing rows."""
    X, y_true = DATA[name](seed)
    y_before = _flip(noise, X, y_true, seed)
    counts = np.zeros((len(np.unique(y_true)),) * 2)
    np.add.at(counts, (y_true, y_before), 1)
    actual = counts / counts.sum(axis=1, keepdims=True)
    detector = ConfidentLearning(LogisticRegression(max_iter=500))
    issues = detector.fit(X, y_before).issues_
    precision = np.mean((y_true != y_before)[issues.issue_mask])
    found = {}
    for choice in CHOICES:
        trusted = np.zeros(len(y_true), dtype=bool)
        trusted[_chosen(choice, issues, np.random.RandomState(seed))] = True
        y = np.where(trusted, y_true, y_before)
        told = detector.fit(X, y, trusted=trusted, y_before=y_before).issues_
        errors = [noise_matrix_error(actual, each.noise) for each in (issues, told)]
        left = np.mean((y_true != y)[told.issue_mask])
        precisions = [issues.expected_precision, told.measured_precision, precision]
        found[choice] = [*errors, *precisions, told.expected_precision, left]
    return found


def run(quick=False):
    """The Markdown of this benchmark; the first table goes into the guide as well."""
    names, noises = (["digits"], ["pair"]) if quick else (list(DATA), NOISES)
    n_seeds = 1 if quick else N_SEEDS
    rows = {choice: [] for choice in CHOICES}
    lines = []
    for name in names:
        for noise in noises:
            seeds = [figures(name, noise, seed) for seed in range(n_seeds)]
            for choice in CHOICES:
                values = np.array([found[choice] for found in seeds])
                rows[choice].extend(values)
                lines.append([name, noise, choice, *_line(values)])
    totals = [[choice, *_line(np.array(rows[choice]))] for choice in CHOICES]
    header = [f"{N_REVIEWED} reviewed", "error without", "error with", "ratio"]
    header += ["shrinks", "expected precision", "measured", "actual"]
    header += ["expected of the rest", "actual of the rest"]
    return TEXT.format(
        n_reviewed=N_REVIEWED,
        versions=versions(),
        n_sets=len(lines) // len(CHOICES) * n_seeds,
        n_seeds=n_seeds,
        rate=RATE,
        totals=table(header, totals),
        details=table(["data", "noise", *header], lines),
    )


def _line(values):
    without, with_review = values[:, 0], values[:, 1]
    ratio = with_review.mean() / without.mean()
    shrinks = f"{np.mean(with_review < without):.0%}"
    precisions = [number(value, 2) for value in np.nanmean(values[:, 2:], axis=0)]
    errors = [number(without.mean(), 4), number(with_review.mean(), 4), number(ratio, 2)]
    return [*errors, shrinks, *precisions]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one data set, one seed")
    parser.add_argument("--output", help="file for the report instead of the screen")
    options = parser.parse_args()
    report = run(quick=options.quick)
    if options.output:
        Path(options.output).write_text(report, encoding="utf-8")
    else:
        print(report, end="")
