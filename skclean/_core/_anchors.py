"""Rows that speak for their class: given labels of the most typical members.

Labels are counted among rows that out-of-sample probabilities place in a class, so the
counts themselves need no calibrated probabilities.
"""

import numpy as np

from skclean._core._classes import class_counts, rows_by_class
from skclean._core._joint import PairCounts

TYPICAL_SHARE = 0.75  # of the rows that are confidently of a class, the most probable
MIN_ROWS = 8  # fewer rows say nothing about a rate
MIN_SHARE = 0.05  # of the rows of a class: fewer of many would be a lucky pick
SURENESS = 2.5  # standard errors below the share of right labels
HARD = 0.95  # share of rows predicted with certainty from which on none is more typical
CERTAIN = 0.999
BATCH_ROWS = 1 << 16  # looked at together


def wilson_bound(n_right, n, sureness=SURENESS):
    """Lower end of the score interval for a share of `n`, sound for few and for all right.

    Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22, 1927.
    """
    square = sureness**2
    middle = (n_right + square / 2) / (n + square)
    spread = np.sqrt(n_right * (n - n_right) / n + square / 4)
    return middle - sureness * spread / (n + square)


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
    counts : PairCounts
        Of the three quarters of each class with the largest probability, all that equal
        the last one included; the diagonal is at least 1 where a class is given at all.
    """
    sure, n_rows = rows_by_class(guess, n_classes)
    ends = np.cumsum(n_rows)

    def typical():
        for batch in _batches(n_rows):
            rows = sure[ends[batch[0]] - n_rows[batch[0]] : ends[batch[-1]]]
            own = probability[rows]
            least = [_typical_from(part) for part in np.split(own, np.cumsum(n_rows[batch])[:-1])]
            rows = rows[own >= np.repeat(np.array(least, dtype=own.dtype), n_rows[batch])]
            yield guess[rows], y[rows]

    counts = PairCounts.counted(n_classes, typical(), len(sure))
    given = np.bincount(y, minlength=n_classes) > 0
    on_diagonal = counts.true == counts.given
    counts.values[on_diagonal] = np.maximum(counts.values[on_diagonal], given)
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
    counts : PairCounts
        Rows of zeros where a class is never predicted, or nearly always with certainty,
        as by a tree, so that no row is surer than another.
    """
    n_certain = class_counts(predicted, n_classes, probability > CERTAIN)
    order, n_rows = rows_by_class(predicted, n_classes)
    ends = np.cumsum(n_rows)

    def purest():
        for batch in _batches(n_rows):
            rows = order[ends[batch[0]] - n_rows[batch[0]] : ends[batch[-1]]]
            own, classes = probability[rows], np.repeat(batch, n_rows[batch])
            falling = np.argsort(-own)
            if len(batch) > 1:
                falling = falling[rows_by_class(classes[falling], n_classes)[0]]
            given = y[rows[falling]]
            taken = np.flatnonzero(_purest(given, classes, own[falling]))
            yield classes[taken], given[taken]

    counts = PairCounts.counted(n_classes, purest(), len(y))
    counts.values[(n_certain > HARD * n_rows)[counts.true]] = 0
    return counts


def _typical_from(probability):
    """Probability from which on a row of a class is typical."""
    n = min(len(probability), max(MIN_ROWS, int(TYPICAL_SHARE * len(probability))))
    return np.partition(probability, len(probability) - n)[len(probability) - n]


def _batches(n_rows):
    """Consecutive classes with rows, some at a time."""
    classes = np.flatnonzero(n_rows)
    batch = np.cumsum(n_rows[classes]) // BATCH_ROWS
    return np.split(classes, np.flatnonzero(np.diff(batch)) + 1) if len(classes) else []


def _purest(y, predicted, probability):
    """Mask of the rows of each class with surely the largest share of its labels.

    Rows are sorted by class and falling probability.
    """
    first = np.flatnonzero(np.append(True, np.diff(predicted) != 0))
    n_rows = np.diff(np.append(first, len(y)))
    right = np.cumsum(y == predicted)
    right -= np.repeat(right[first] - (y == predicted)[first], n_rows)
    n = np.arange(1, len(y) + 1) - np.repeat(first, n_rows)
    surely = wilson_bound(right, n)
    last = np.append(np.diff(probability) != 0, True)  # equal rows stay together
    last[first[1:] - 1] = True
    least = np.minimum(np.maximum(MIN_ROWS, (MIN_SHARE * n_rows).astype(int)), n_rows)
    surely[~last | (n < np.repeat(least, n_rows))] = -np.inf
    best = np.repeat(np.maximum.reduceat(surely, first), n_rows)
    n_taken = np.minimum.reduceat(np.where(surely == best, n, len(y)), first)
    return n <= np.repeat(n_taken, n_rows)
