"""Figures of one case, and how often one method is not worse than another."""

import numpy as np
from sklearn.metrics import average_precision_score, confusion_matrix, f1_score

from skclean.metrics import noise_matrix_error

TOLERANCE = 0.002
SIGNS = {"F1": 1, "AP": 1, "TV": -1, "accuracy": 1}  # is more better?


def detection(wrong, flagged, label_quality):
    """F1 of the flags and average precision of the ranking."""
    return {
        "F1": f1_score(wrong, flagged, zero_division=0),
        "AP": average_precision_score(wrong, -np.asarray(label_quality)),
    }


def matrix_error(y_true, y, noise_matrix):
    """Prior-weighted total variation of a noise matrix from the realised one."""
    actual = confusion_matrix(y_true, y, labels=range(len(noise_matrix)), normalize="true")
    prior = np.bincount(y_true, minlength=len(actual)) / len(y_true)
    actual[prior == 0, 0] = 1.0  # a row of weight 0 needs to be a distribution
    return noise_matrix_error(actual, noise_matrix, class_prior=prior)


def mean(values):
    """Mean of what is known, NaN of nothing."""
    values = np.asarray([value for value in values if value is not None], dtype=float)
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else np.nan


def paired(rows, ours, theirs):
    """Values of both methods where both have one, and the data set of each."""
    known = [row for row in rows if not np.isnan(row.get(ours, np.nan) + row.get(theirs, np.nan))]
    sets = np.array([row["set"] for row in known])
    return np.array([row[ours] for row in known]), np.array([row[theirs] for row in known]), sets


def interval_over_sets(values, sets, n_bootstrap=1000):
    """95 % interval of a mean, data sets drawn with replacement; None for fewer than three.

    Cases of one data set are no independent evidence, so it is data sets that are drawn.
    """
    names, codes = np.unique(sets, return_inverse=True)
    if len(names) < 3:
        return None
    totals = np.bincount(codes, weights=values)
    counts = np.bincount(codes)
    drawn = np.random.RandomState(0).randint(len(names), size=(n_bootstrap, len(names)))
    means = totals[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return tuple(np.quantile(means, [0.025, 0.975]))


def not_worse(rows, ours, theirs, sign=1):
    """Share of cases in which ours is not worse by more than the tolerance, and its interval."""
    left, right, sets = paired(rows, ours, theirs)
    if not len(left):
        return np.nan, None
    fine = sign * (left - right) >= -TOLERANCE
    return float(fine.mean()), interval_over_sets(fine, sets)


def optimal_f1_mask(p_wrong):
    """The set of largest expected F1 by the probability of each label to be wrong."""
    order = np.argsort(-p_wrong, kind="stable")
    found = np.cumsum(p_wrong[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + found[-1])
    mask = np.zeros(len(order), dtype=bool)
    mask[order[: f1.argmax() + 1]] = True
    return mask
