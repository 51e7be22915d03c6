"""What the benchmarks of whole fits share: data, CPU by turns, a table."""

from time import process_time

import numpy as np
from _quality.data import SETS, set_names
from sklearn.datasets import make_classification
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skclean.simulation import flip_labels, make_noise_matrix

N_ROUNDS = 5
NAMES = ("optdigits", "spambase")  # of SKCLEAN_REFERENCE_DATA
SHIPPED = ("digits", "five classes")  # where that is not set
NOISE = {"uniform": 0.2, "pair": 0.3}
N_SEEDS = 3
N_TRAIN = 2000


def make_data(n_samples, n_features=20, n_classes=5, noise_rate=0.2, seed=0):
    """Scaled numbers, given labels and which of them are wrong."""
    X, y_true = make_classification(
        n_samples,
        n_features,
        n_informative=n_features // 2,
        n_redundant=n_features // 5,
        n_classes=n_classes,
        class_sep=2.0,
        random_state=seed,
    )
    matrix = make_noise_matrix("uniform", n_classes, noise_rate)
    y, wrong = flip_labels(y_true, matrix, random_state=seed)
    return StandardScaler().fit_transform(X), y, wrong


def cpu_by_turns(calls, n_rounds=N_ROUNDS):
    """Seconds of CPU of each call, called in turn in every round, (n_rounds,) each."""
    for call in calls.values():
        call()
    seconds = {name: [] for name in calls}
    for _ in range(n_rounds):
        for name, call in calls.items():
            start = process_time()
            call()
            seconds[name].append(process_time() - start)
    return {name: np.array(values) for name, values in seconds.items()}


def spread(values, digits=2):
    """Median of the rounds, with their least and greatest."""
    median, low, high = np.median(values), np.min(values), np.max(values)
    return f"{median:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def noisy_cases(quick=False):
    """Name of the data, training and test data with clean test labels, and the wrong labels."""
    names = [name for name in NAMES if name in set_names("both")] or SHIPPED
    for name in names[:1] if quick else names:
        for kind, rate in list(NOISE.items())[: 1 if quick else None]:
            for seed in range(1 if quick else N_SEEDS):
                X, y, *_ = SETS[name][1](np.random.default_rng(seed))
                n_train = min(300 if quick else N_TRAIN, int(0.7 * len(y)))
                X, X_test, y_true, y_test = train_test_split(
                    X, y, train_size=n_train, stratify=y, random_state=seed
                )
                matrix = make_noise_matrix(kind, len(np.unique(y)), rate)
                y, wrong = flip_labels(y_true, matrix, seed)
                yield name, (X, X_test, y, y_test), wrong


def fit_figures(classifier, data, wrong):
    """Detection, accuracy on clean labels and seconds of CPU of a NoiseAwareClassifier."""
    X, X_test, y, y_test = data
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


def describe_cases(names):
    """A sentence on the data and noise of `noisy_cases`."""
    missing = "" if set(NAMES) & set(names) else " (no reference tables here)"
    noise = ", ".join(f"{kind} {rate}" for kind, rate in NOISE.items())
    size = f"{N_SEEDS} seeds, at most {N_TRAIN} rows to train on"
    return f"Data: {', '.join(names)}{missing}; noise: {noise}; {size}."
