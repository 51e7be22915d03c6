"""Label quality from the probabilities of a row alone.

Every function takes codes and a block of rows and returns one score per row in
[0, 1]; lower means more likely wrong. Kuan & Mueller, "Model-agnostic label quality
scoring to detect real-world label errors", ICML DataPerf workshop, 2022.
"""

from functools import partial

import numpy as np

from skclean._core._blocks import NARROW, along_rows, each_block
from skclean._core._scan import own

SMALL = 1e-6


def self_confidence(y, pred_probs, seen=None):
    """Probability of the given label."""
    return np.minimum(own(pred_probs, y), 1)


def _best_other(block, y):
    """Largest entry of each row but that of the given class."""
    n_rows, n_classes = block.shape
    if n_classes <= NARROW:
        others = np.array(block, order="F")
        others[np.arange(n_rows), y] = -1
        return others.max(axis=1)
    # the maximum of what stands before and after the given class in each row
    first = np.arange(0, block.size, n_classes)
    ends = np.empty((n_rows, 3), dtype=np.intp)
    ends[:, 0] = first
    np.add(first, y, out=ends[:, 1])
    np.add(ends[:, 1], 1, out=ends[:, 2])
    ends[-1, 2] = min(ends[-1, 2], block.size - 1)
    best = np.maximum.reduceat(block.reshape(-1), ends.ravel()).reshape(n_rows, 3)
    before, after = best[:, 0], best[:, 2]
    return np.where(y == 0, after, np.where(y == n_classes - 1, before, np.maximum(before, after)))


def normalized_margin(y, pred_probs, seen=None):
    """Probability of the given label less that of the best other one, on [0, 1]."""
    other = _best_other(pred_probs, y) if seen is None else seen
    return (self_confidence(y, pred_probs) - other + 1) / 2


def _entropy(block):
    """Entropy of each row."""
    terms = np.maximum(along_rows(block), np.finfo(block.dtype).tiny)
    np.log(terms, out=terms)
    terms *= block
    return np.maximum(-terms.sum(axis=1), 0)


def confidence_weighted_entropy(y, pred_probs, seen=None):
    """Entropy of the row over its self-confidence, mapped to [0, 1].

    With x = normalised entropy / self-confidence the score is ln(1 + x) / x, which
    tends to 1 as x tends to 0. A row that is certain of another class has no
    entropy to weigh and scores 0.
    """
    confidence = self_confidence(y, pred_probs)
    entropy = (_entropy(pred_probs) if seen is None else seen) / np.log(pred_probs.shape[1])
    ratio = entropy / np.maximum(confidence, SMALL)
    certain = ratio <= 0
    score = np.log1p(ratio) / np.where(certain, 1, ratio)
    return np.where(certain, confidence > 0.5, score).astype(pred_probs.dtype)


QUALITY = {
    "self_confidence": self_confidence,
    "normalized_margin": normalized_margin,
    "confidence_weighted_entropy": confidence_weighted_entropy,
}


def label_quality(y, pred_probs, name, thresholds=None):
    """Score all rows by the formula `name`, (n_samples,) in the dtype of `pred_probs`.

    With `thresholds` the probabilities are first measured against the threshold of
    their class: p - t + max(t), rows renormalised.
    """
    scores = np.empty(len(y), dtype=pred_probs.dtype)
    score = partial(score_block, name, thresholds=thresholds)
    for rows, found in each_block(score, pred_probs, y):
        scores[rows] = found
    return scores


def score_block(name, block, codes, thresholds=None, seen=None):
    """Score a block of rows; `seen` is what `look` has found, if it was asked."""
    if thresholds is not None:
        block = block + (thresholds.max() - thresholds).astype(block.dtype)
        block /= block.sum(axis=1, keepdims=True)
    if block.shape[1] > NARROW:
        block = np.ascontiguousarray(block)
    return QUALITY[name](codes, block, seen)


def look(name, bits, codes):
    """What a score needs of long rows, given as bits: floats, signed where any entry is signed.

    For the margin, that of the given class may have a sign unseen.
    """
    floats = f"f{bits.dtype.itemsize}"
    if name == "normalized_margin":
        return _best_other(bits, codes).view(floats)
    largest = bits.max(keepdims=True).view(floats).ravel()
    if name == "self_confidence":
        return largest
    return np.copysign(_entropy(bits.view(bits.dtype.byteorder + floats)), largest)


def check_and_score(name, block, codes, seen=None):
    """Scores of a block of rows, if no entry is negative, and whether that is so."""
    signed = seen is None or np.signbit(seen).any()
    if not signed and name == "normalized_margin":
        signed = np.signbit(own(block, codes)).any()
    if signed and block.min() < 0:
        return None, False
    return score_block(name, block, codes, seen=None if signed else seen), True
