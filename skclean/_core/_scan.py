"""All that one look at each row tells before anything is known of the classes."""

from typing import NamedTuple

import numpy as np

from skclean._core._blocks import NARROW, along_rows, each_block

LABEL_BONUS = 1e-6  # the given label wins where it is this close to the best one
CHUNK = 1 << 16  # rows that are looked at again at a time


class Scan(NamedTuple):
    """What a scan found, (n_samples,) each.

    Attributes
    ----------
    self_confidence : ndarray
        Probability of the given label.

    predicted : ndarray, dtype int32
        Most probable class; equal probabilities go to the lowest class.

    predicted_proba : ndarray
        Its probability.
    """

    self_confidence: np.ndarray
    predicted: np.ndarray
    predicted_proba: np.ndarray

    @classmethod
    def joined(cls, parts):
        """One of the scans of consecutive blocks."""
        return cls(*map(np.concatenate, zip(*parts, strict=True)))


def own(block, codes):
    """The entry of each row at its code."""
    n_rows, n_columns = block.shape
    if block.flags.c_contiguous:
        return block.reshape(-1).take(np.arange(0, block.size, n_columns) + codes)
    if block.flags.f_contiguous:
        starts = n_rows * codes.astype(np.intp, copy=False)
        return block.T.reshape(-1).take(np.arange(n_rows) + starts)
    return block[np.arange(n_rows), codes]


def as_bits(block):
    """The bits of floats as whole numbers.

    Those of floats without a sign are in the order of these floats, and those of floats with
    a sign are larger: one look finds the largest probability and any negative one (or a -0.0).
    """
    return block.view(f"{block.dtype.byteorder}u{block.dtype.itemsize}")


def largest_bits(bits, codes):
    """Column of the largest bits of each long row, the lowest of equal ones."""
    return bits.argmax(axis=1)


def _largest(values, columns=None):
    """Column of the largest entry of each row, the lowest of equal ones, and the entry."""
    n_columns = values.shape[1]
    if n_columns > NARROW:
        columns = values.argmax(axis=1) if columns is None else columns
        return columns, own(values, columns)
    values = along_rows(values)
    largest = values.max(axis=1)
    rank = (values == largest[:, np.newaxis]).view(np.uint8)
    rank *= np.arange(n_columns, 0, -1, dtype=np.uint8)
    return n_columns - rank.max(axis=1).astype(np.int32), largest


def most_probable(block, seen=None):
    """Most probable class of each row, its probability, and whether no entry is signed.

    `seen` is what `largest_bits` has found in long rows.
    """
    bits = as_bits(block)
    predicted, best = _largest(bits, seen)
    best = best.astype(bits.dtype, copy=False).view(block.dtype)
    unsigned = not np.signbit(best).any()
    if not unsigned:
        predicted, best = _largest(block)
    return predicted, best, unsigned


def scan_block(block, codes, seen=None):
    """What `Scan` holds, of a block of rows, and whether none of its entries is signed.

    Probabilities that exceed 1 by rounding count as 1; `seen` as in `most_probable`.
    """
    predicted, best, unsigned = most_probable(block, seen)
    confidence, best = np.minimum(own(block, codes), 1), np.minimum(best, 1)
    return Scan(confidence, predicted.astype(np.int32, copy=False), best), unsigned


def label_wins(codes, scan):
    """Is the given label, favoured by 1e-6, the most probable class? (n_samples,) bool."""
    wins = np.empty(len(codes), dtype=bool)
    for start in range(0, len(codes), CHUNK):
        rows = slice(start, start + CHUNK)
        given, (confidence, predicted, best) = codes[rows], (each[rows] for each in scan)
        favoured = confidence + confidence.dtype.type(LABEL_BONUS)
        np.greater(favoured, best, out=wins[rows])
        tied = np.flatnonzero(favoured == best)
        wins[rows][tied] |= given[tied] < predicted[tied]
    return wins


def self_confidence(y, pred_probs, map=map):
    """Probability of the given label of each sample, (n_samples,)."""
    scores = np.empty(len(y), dtype=pred_probs.dtype)
    for rows, found in each_block(own, pred_probs, y, map=map):
        scores[rows] = np.minimum(found, 1)
    return scores


def scan(y, pred_probs, map=map):
    """Scan all rows."""
    parts = each_block(scan_block, pred_probs, y, map=map)
    return Scan.joined([part for _, (part, _) in parts])
