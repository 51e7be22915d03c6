"""Label quality from the probabilities of a row alone.

Every function takes codes and a block of rows and returns one score per row in
[0, 1]; lower means more likely wrong. Kuan & Mueller, "Model-agnostic label quality
scoring to detect real-world label errors", ICML DataPerf workshop, 2022.
"""

import numpy as np
from scipy.special import entr

from skclean._core._blocks import row_blocks

SMALL = 1e-6


def self_confidence(y, pred_probs):
    """Probability of the given label."""
    return pred_probs[np.arange(len(y)), y]


def normalized_margin(y, pred_probs):
    """Probability of the given label less that of the best other one, on [0, 1]."""
    rows = np.arange(len(y))
    others = pred_probs.copy()
    others[rows, y] = -1
    return (pred_probs[rows, y] - others.max(axis=1) + 1) / 2


def confidence_weighted_entropy(y, pred_probs):
    """Entropy of the row over its self-confidence, mapped to [0, 1].

    With x = normalised entropy / self-confidence the score is ln(1 + x) / x, which
    tends to 1 as x tends to 0. A row that is certain of another class has no
    entropy to weigh and scores 0.
    """
    confidence = self_confidence(y, pred_probs)
    entropy = entr(pred_probs).sum(axis=1) / np.log(pred_probs.shape[1])
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
    for rows in row_blocks(pred_probs):
        block = np.asarray(pred_probs[rows])
        if thresholds is not None:
            block = block + (thresholds.max() - thresholds).astype(block.dtype)
            block /= block.sum(axis=1, keepdims=True)
        scores[rows] = QUALITY[name](y[rows], block)
    return scores
