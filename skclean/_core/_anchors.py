"""Rows that speak for their class: given labels of the most typical members.

Labels are counted among rows that out-of-sample probabilities place in a class, so the
counts themselves need no calibrated probabilities.
"""

import numpy as np

from skclean._core._classes import class_counts, rows_by_class
from skclean._core._joint import PairCounts
from skclean._core._scan import as_bits

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
            own, given, sizes = probability[rows], y[rows], n_rows[batch]
            classes = np.repeat(batch, sizes)
            # as whole numbers with the label in the last bit, which are sorted fastest;
            # probabilities have a bit to spare, as they are at most 1
            rising = (as_bits(own) << 1) | (given == classes)
            for part in np.split(rising, np.cumsum(sizes)[:-1]):
                part.sort()
            least = rising[np.cumsum(sizes) - _n_purest(rising, sizes)] >> 1
            taken = np.flatnonzero(as_bits(own) >= np.repeat(least, sizes))
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


def _n_purest(rising, n_rows):
    """How many rows of each class, the last ones, have surely the largest share of right ones.

    Parameters
    ----------
    rising : ndarray of shape (n_samples,), dtype unsigned int
        Rows sorted by class and rising probability; in the last bit, is the row given the
        class that it is predicted as?

    n_rows : ndarray of shape (n_some_classes,)
        Number of rows of each class, at least 1.
    """
    ends = np.cumsum(n_rows)
    right = (rising & 1).astype(bool)
    first = np.append(True, np.diff(rising >> 1) != 0)  # equal rows stay together
    first[ends - n_rows] = True
    # one more row that is right makes the share surer, so that nobody stops before it
    stops = first.copy()
    stops[1:] &= ~(right & first)[:-1]
    stops[ends - n_rows] = True
    stops = np.flatnonzero(stops)
    own = np.searchsorted(ends, stops, side="right")
    n = ends[own] - stops
    n_right = np.append(0, np.cumsum(right))
    n_right = n_right[ends][own] - n_right[stops]
    least = np.minimum(np.maximum(MIN_ROWS, (MIN_SHARE * n_rows).astype(int)), n_rows)
    surely = np.where(n < least[own], -np.inf, wilson_bound(n_right, n))
    best = np.maximum.reduceat(surely, np.searchsorted(own, np.arange(len(n_rows))))
    best = np.flatnonzero(surely == best[own])
    return n[best[np.searchsorted(own[best], np.arange(len(n_rows)), side="right") - 1]]
