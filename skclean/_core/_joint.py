"""Confident learning: thresholds, confident counts and their calibration.

Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in Dataset
Labels", Journal of Artificial Intelligence Research 70, 2021.

Counts are sparse: of many classes most pairs never occur.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from skclean._core._blocks import NARROW, each_block

TOLERANCE = 1e-6  # slack of every comparison with a threshold
UNREACHABLE = 2.0  # threshold of a class without a single given label
FEW_CLASSES = 64
CHUNK = 1 << 18  # rows that are counted at a time
COLLISIONS = ("restricted", "unrestricted")


def class_thresholds(y, confidence, counts):
    """Mean self-confidence of the `counts` samples given each class, (n_classes,) float64."""
    totals = np.bincount(y, weights=confidence, minlength=len(counts))
    return mean_thresholds(totals, counts)


def mean_thresholds(totals, counts):
    """Thresholds from the summed self-confidence and the number of samples of each class."""
    means = np.where(counts > 0, totals / np.maximum(counts, 1), UNREACHABLE)
    return np.maximum(means, 2 * TOLERANCE)


def _least(values, dtype):
    """The smallest numbers of a dtype that reach `values`."""
    rounded = values.astype(dtype)
    return np.where(rounded < values, np.nextafter(rounded, dtype.type(np.inf)), rounded)


def _confident(block, predicted, best, reachable, collision):
    """Confident class of each row of a block, -1 where there is none.

    Where the most probable class reaches its threshold, it is that one under either
    rule, so few rows are read.
    """
    short = best < reachable.take(predicted)
    guess = predicted | -short.view(np.int8)  # -1 where it falls short, without a branch
    short &= best >= reachable.min()
    unclear = np.flatnonzero(short)
    probs = block.take(unclear, axis=0)
    if block.shape[1] > NARROW:
        entries = np.flatnonzero(probs >= reachable)
    else:  # short rows are compared much faster as one long row
        entries = np.flatnonzero(probs.reshape(-1) >= np.tile(reachable, len(unclear)))
    if len(entries):
        rows, classes = np.divmod(entries, block.shape[1])
        values = probs.reshape(-1)[entries]
        first = np.flatnonzero(np.append(True, np.diff(rows) != 0))
        n_confident = np.diff(np.append(first, len(rows)))
        is_best = np.flatnonzero(
            values == np.repeat(np.maximum.reduceat(values, first), n_confident)
        )
        lowest = is_best[np.append(True, np.diff(rows[is_best]) != 0)]
        found, several = classes[lowest], n_confident > 1
        unclear = unclear[rows[first]]
        if collision == "unrestricted":
            found = np.where(several, predicted[unclear], found)
        guess[unclear] = found
    return guess


def confident_classes(pred_probs, scan, thresholds, collision="restricted", map=map):
    """Class each sample confidently belongs to, -1 where there is none, dtype int32.

    A sample confident for several classes goes to the most probable of those
    (`collision="restricted"`) or of all classes (`"unrestricted"`); equal
    probabilities go to the lowest class.
    """
    reachable = _least(np.asarray(thresholds, dtype=np.float64) - TOLERANCE, pred_probs.dtype)
    look = partial(_confident, reachable=reachable, collision=collision)
    guess = np.empty(pred_probs.shape[0], dtype=np.int32)
    columns = scan.predicted, scan.predicted_proba
    for rows, found in each_block(look, pred_probs, *columns, map=map, light=True):
        guess[rows] = found
    return guess


class PairCounts(NamedTuple):
    """Counts of pairs of classes, sorted by given and then by true class.

    It holds every diagonal entry, even where it is 0.

    Attributes
    ----------
    n_classes : int
        Number of classes.

    true, given : ndarray of shape (n_pairs,)
        Classes of each pair.

    values : ndarray of shape (n_pairs,)
        How often it occurs.
    """

    n_classes: int
    true: np.ndarray
    given: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, matrix):
        """Those of a dense [true, given] matrix."""
        given, true = np.nonzero(np.asarray(matrix).T + np.eye(len(matrix)))
        return cls(len(matrix), true, given, matrix[true, given])

    @classmethod
    def counted(cls, n_classes, parts, n_rows):
        """Those of pairs that come by and by, `n_rows` at most: parts of (true, given)."""
        diagonal = np.arange(n_classes) * (n_classes + 1)
        parts = (given * np.int64(n_classes) + true for true, given in parts)
        if n_classes**2 <= n_rows:
            totals = np.zeros(n_classes**2, dtype=np.int64)
            for part in parts:
                totals += np.bincount(part, minlength=len(totals))
            totals[diagonal] += 1  # counted once more each, so that all are held
            cells = np.flatnonzero(totals)
            totals = totals[cells]
        else:
            cells, totals = np.unique(np.concatenate([*parts, diagonal]), return_counts=True)
        given, true = np.divmod(cells, n_classes)
        return cls(n_classes, true, given, totals - (true == given))

    def by_true(self, values):
        """Sums over the pairs of each true class."""
        return np.bincount(self.true, weights=values, minlength=self.n_classes)

    def by_given(self, values):
        """Sums over the pairs of each given class."""
        return np.bincount(self.given, weights=values, minlength=self.n_classes)

    def diagonal(self):
        """The counts of each class with itself."""
        return self.values[self.true == self.given]

    def toarray(self):
        """The dense [true, given] matrix."""
        dense = np.zeros((self.n_classes,) * 2, dtype=self.values.dtype)
        dense[self.true, self.given] = self.values
        return dense


def count_confident(y, guess, n_classes):
    """Confident samples by [guessed class, given label], sparse int.

    Every diagonal entry is at least 1, so that no class vanishes.
    """
    if n_classes**2 > len(y):
        sure = np.flatnonzero(guess >= 0)
        counts = PairCounts.counted(n_classes, [(guess.take(sure), y.take(sure))], len(sure))
        on_diagonal = counts.true == counts.given
        counts.values[on_diagonal] = np.maximum(counts.values[on_diagonal], 1)
        return counts
    totals = np.zeros(n_classes * (n_classes + 1), dtype=np.int64)
    for start in range(0, len(y), CHUNK):
        cells = y[start : start + CHUNK] * (n_classes + 1)
        cells += guess[start : start + CHUNK]
        cells += 1  # so that the first column counts those that are confident of none
        totals += np.bincount(cells, minlength=len(totals))
    totals = totals.reshape(n_classes, -1)[:, 1:].ravel()
    diagonal = np.arange(n_classes) * (n_classes + 1)
    totals[diagonal] = np.maximum(totals[diagonal], 1)
    cells = np.flatnonzero(totals)
    given, true = np.divmod(cells, n_classes)
    return PairCounts(n_classes, true, given, totals[cells])


def calibrate_counts(counts, given_counts):
    """Scale the columns of [true, given] counts to the given label counts, sparse int.

    Each column keeps its total exactly; the column of an absent class is zero.
    """
    given, totals = counts.given, counts.by_given(counts.values)
    scaled = counts.values / np.where(totals > 0, totals, 1)[given] * given_counts[given]
    # the last bit of the sum can decide which way a half is rounded: for a handful of classes
    # it is that of the dense matrix, so that the counts equal those of other libraries
    few = counts.n_classes <= FEW_CLASSES
    total = (counts._replace(values=scaled).toarray() if few else scaled).sum()
    return round_columns(counts._replace(values=scaled / total * given_counts.sum()))


def round_columns(matrix):
    """Round to integers so that each column keeps its rounded total.

    Halves go to the even neighbour. A column left short gets 1 at the entries with
    the largest remainders, one left long loses 1 at the smallest; among equal
    remainders the entry further down gets the larger value. At most half of the entries
    of a column were rounded the wrong way, so entries of 0 are never needed.
    """
    given, values = matrix.given, matrix.values
    rounded = np.round(values)
    short = np.round(matrix.by_given(values)) - matrix.by_given(rounded)
    entries = np.flatnonzero(short[given])
    if len(entries):
        columns = given[entries]
        sign = np.sign(short[columns])
        remainder = sign * (values - rounded)[entries]
        order = np.lexsort((-sign * entries, -remainder, columns))
        rank = np.arange(len(order)) - np.searchsorted(columns, columns)
        chosen = order[rank < np.abs(short[columns])]
        rounded[entries[chosen]] += sign[chosen]
    return matrix._replace(values=rounded.astype(np.int64))
