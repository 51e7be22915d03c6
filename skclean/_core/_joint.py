"""Confident learning: thresholds, confident counts and their calibration.

Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in Dataset
Labels", Journal of Artificial Intelligence Research 70, 2021.
"""

import numpy as np

from skclean._core._blocks import row_blocks

TOLERANCE = 1e-6  # slack of every comparison with a threshold
UNREACHABLE = 2.0  # threshold of a class without a single given label
COLLISIONS = ("restricted", "unrestricted")


def self_confidence(y, pred_probs):
    """Probability of the given label of each sample, (n_samples,)."""
    scores = np.empty(len(y), dtype=pred_probs.dtype)
    for rows in row_blocks(pred_probs):
        block = np.asarray(pred_probs[rows])
        scores[rows] = block[np.arange(len(block)), y[rows]]
    return scores


def class_thresholds(y, confidence, n_classes):
    """Mean self-confidence of the samples given each class, (n_classes,) float64."""
    counts = np.bincount(y, minlength=n_classes)
    totals = np.bincount(y, weights=confidence, minlength=n_classes)
    means = np.where(counts > 0, totals / np.maximum(counts, 1), UNREACHABLE)
    return np.maximum(means, 2 * TOLERANCE)


def confident_classes(pred_probs, thresholds, collision="restricted"):
    """Class each sample confidently belongs to, -1 where there is none.

    A sample confident for several classes goes to the most probable of those
    (`collision="restricted"`) or of all classes (`"unrestricted"`); equal
    probabilities go to the lowest class.
    """
    reachable = np.asarray(thresholds, dtype=np.float64) - TOLERANCE
    guess = np.empty(pred_probs.shape[0], dtype=np.intp)
    for rows in row_blocks(pred_probs):
        block = np.asarray(pred_probs[rows])
        confident = block >= reachable
        best = np.where(confident, block, -1).argmax(axis=1)
        n_confident = confident.sum(axis=1)
        if collision == "unrestricted":
            best = np.where(n_confident > 1, block.argmax(axis=1), best)
        guess[rows] = np.where(n_confident > 0, best, -1)
    return guess


def count_confident(y, guess, n_classes):
    """Confident samples by [guessed class, given label], (K, K) int.

    Every diagonal entry is at least 1, so that no class vanishes.
    """
    sure = guess >= 0
    cells = guess[sure] * n_classes + y[sure]
    counts = np.bincount(cells, minlength=n_classes**2).reshape(n_classes, n_classes)
    np.fill_diagonal(counts, np.maximum(counts.diagonal(), 1))
    return counts


def calibrate_counts(counts, given_counts):
    """Scale the columns of [true, given] counts to the given label counts, (K, K) int.

    Each column keeps its total exactly; the column of an absent class is zero.
    """
    totals = counts.sum(axis=0)
    scaled = counts / np.where(totals > 0, totals, 1) * given_counts
    scaled = scaled / scaled.sum() * given_counts.sum()
    return round_columns(scaled)


def round_columns(matrix):
    """Round to integers so that each column keeps its rounded total.

    Halves go to the even neighbour. A column left short gets 1 at the entries with
    the largest remainders, one left long loses 1 at the smallest; among equal
    remainders the entry further down gets the larger value.
    """
    rounded = np.round(matrix)
    for column, target in enumerate(np.round(matrix.sum(axis=0))):
        values = rounded[:, column]
        while (short := int(target - values.sum())) != 0:
            order = np.argsort(matrix[:, column] - values, kind="stable")
            chosen = order[::-1][:short] if short > 0 else order[:-short]
            values[chosen] += np.sign(short)
    return rounded.astype(np.int64)
