"""Rows that speak for their class: given labels of the most typical members.

Labels are counted among rows that out-of-sample probabilities place in a class, so the
counts themselves need no calibrated probabilities.
"""

import numpy as np

TYPICAL_SHARE = 0.75  # of the rows that are confidently of a class, the most probable
MIN_ROWS = 8  # fewer rows say nothing about a rate
MIN_SHARE = 0.05  # of the rows of a class: fewer of many would be a lucky pick
SURENESS = 2.5  # standard errors below the share of right labels
HARD = 0.95  # share of rows predicted with certainty from which on none is more typical
CERTAIN = 0.999


def _groups(codes, values, n_classes):
    """Rows of each class, largest value first; rows of class -1 are left out."""
    order = np.lexsort((-values, codes))
    counts = np.bincount(codes[codes >= 0], minlength=n_classes)
    ends = np.cumsum(counts) + np.count_nonzero(codes < 0)
    return [order[end - count : end] for end, count in zip(ends, counts, strict=True)]


def wilson_bound(n_right, n):
    """Lower end of the score interval for a share of `n`, sound for few and for all right.

    Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22, 1927.
    """
    square = SURENESS**2
    middle = (n_right + square / 2) / (n + square)
    spread = np.sqrt(n_right * (n - n_right) / n + square / 4)
    return middle - SURENESS * spread / (n + square)


def typical_counts(y, guess, probability, n_classes):
    """Given labels among the more typical rows of each class, [true, given] counts.

    Parameters
    ----------
    y, guess : ndarray of shape (n_samples,)
        Given label and confident class of each row, -1 where there is none.

    probability : ndarray of shape (n_samples,)
        Probability of the confident class.

    n_classes : int
        Number of classes.

    Returns
    -------
    counts : ndarray of shape (n_classes, n_classes), dtype int
        Of the three quarters of each class with the largest probability, all that equal
        the last one included; the diagonal is at least 1 where a class is given at all.
    """
    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    for k, rows in enumerate(_groups(guess, probability, n_classes)):
        if len(rows):
            n = min(len(rows), max(MIN_ROWS, int(TYPICAL_SHARE * len(rows))))
            rows = rows[probability[rows] >= probability[rows[n - 1]]]
            counts[k] = np.bincount(y[rows], minlength=n_classes)
    given = np.bincount(y, minlength=n_classes) > 0
    np.fill_diagonal(counts, np.maximum(counts.diagonal(), given))
    return counts


def anchor_counts(y, predicted, probability, n_classes):
    """Given labels among the purest rows of each class, [true, given] counts.

    The rows that are predicted as a class are taken from the most probable on, as many
    as make the share of that class among their given labels surely largest: largest at
    the lower end of its interval, 2.5 standard errors wide. If classes have members that are surely
    theirs, this is the noise of the labels; whatever the overlap of classes, it is the
    most noise that class-conditional noise can have there (Liu & Tao, "Classification
    with Noisy Labels by Importance Reweighting", IEEE TPAMI 38, 2016).

    Parameters
    ----------
    y, predicted : ndarray of shape (n_samples,)
        Given label and most probable class of each row.

    probability : ndarray of shape (n_samples,)
        Probability of the most probable class.

    n_classes : int
        Number of classes.

    Returns
    -------
    counts : ndarray of shape (n_classes, n_classes), dtype int
        Rows of zeros where a class is never predicted, or nearly always with certainty,
        as by a tree, so that no row is surer than another.
    """
    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    for k, rows in enumerate(_groups(predicted, probability, n_classes)):
        if len(rows) == 0 or np.mean(probability[rows] > CERTAIN) > HARD:
            continue
        n = np.arange(1, len(rows) + 1)
        surely = wilson_bound(np.cumsum(y[rows] == k), n)
        last = np.append(np.diff(probability[rows]) != 0, True)  # equal rows stay together
        least = min(max(MIN_ROWS, int(MIN_SHARE * len(rows))), len(rows))
        surely[~last | (n < least)] = -np.inf
        counts[k] = np.bincount(y[rows[: surely.argmax() + 1]], minlength=n_classes)
    return counts
