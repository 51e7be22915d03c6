"""What the benchmarks of whole fits share: data, CPU by turns, a table."""

from time import process_time

import numpy as np
from sklearn.datasets import make_classification
from sklearn.preprocessing import StandardScaler

from skclean.simulation import flip_labels, make_noise_matrix

N_ROUNDS = 5


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
