"""For pairs of a true and a given class: which samples look most like the true one.

Margins are p(true) - p(given). Samples whose given label wins are never flagged, so
that for most pairs only the classes that beat the label of a sample need be looked at:
few per row, and none where the label wins.
"""

from functools import partial

import numpy as np

CLEAR = 2e-6  # a label that another class beats by more does not win
ENTRIES_PER_ROW = 2  # kept at a time, before those that are out of the race are dropped


def _margins(block, codes, looked_at, wanted, clear):
    """Margins of the rows looked at for the wanted pairs: row, true class and margin.

    They are the clear ones or all others; rows come in order.
    """
    rows = np.flatnonzero(looked_at)
    probs, codes = np.asarray(block[rows]), codes[rows]
    margins = probs - probs[np.arange(len(rows)), codes][:, np.newaxis]
    hits = margins > CLEAR if clear else margins <= CLEAR
    hits &= wanted[codes]
    found, true = np.nonzero(hits)
    return rows[found], true, margins[found, true]


class _Race:
    """The largest margins of each pair, out of entries that come by and by.

    Parameters
    ----------
    pairs : ndarray of shape (n_pairs,), dtype int
        Sorted keys of the pairs.

    n_wanted : ndarray of shape (n_pairs,), dtype int
        How many to keep of each; of equal margins those that came first.

    n_entries : int
        Entries to hold at a time.
    """

    def __init__(self, pairs, n_wanted, n_entries):
        self.pairs, self.n_wanted, self.n_entries = pairs, n_wanted, n_entries
        self.n_seen = np.zeros(len(pairs), dtype=np.int64)
        self._parts, self._size = [], 0

    def add(self, rows, keys, margins):
        """Enter some rows, in order, with the key of their pair."""
        pair = np.searchsorted(self.pairs, keys)
        pair = pair.astype(np.uint16 if len(self.pairs) <= 1 << 16 else np.int64)
        self.n_seen += np.bincount(pair, minlength=len(self.pairs))
        self._parts.append((rows, pair, margins))
        self._size += len(rows)
        if self._size > self.n_entries:
            self._drop()

    def _drop(self):
        """Drop the entries that are out of the race."""
        rows, pair, margins = map(np.concatenate, zip(*self._parts, strict=True))
        n = np.bincount(pair, minlength=len(self.pairs))
        kept = np.ones(len(rows), dtype=bool)
        contested = np.flatnonzero((n > self.n_wanted)[pair])
        order = contested[np.argsort(-margins[contested], kind="stable")]
        order = order[np.argsort(pair[order], kind="stable")]
        rank = np.arange(len(order)) - np.searchsorted(pair[order], pair[order])
        kept[order[rank >= self.n_wanted[pair[order]]]] = False
        self._parts = [(rows[kept], pair[kept], margins[kept])]
        self._size = np.count_nonzero(kept)

    def finish(self):
        """Rows of the entries that are left."""
        if not self._parts:
            return np.zeros(0, dtype=np.intp)
        self._drop()
        return self._parts[0][0]


def largest_margins(evidence, true, given, n_wanted):
    """Mask of the samples with the largest margins of each pair whose label does not win.

    Parameters
    ----------
    evidence : Evidence
        Labels and probabilities.

    true, given : ndarray of shape (n_pairs,)
        Distinct pairs of classes, sorted by `given` and then by `true`.

    n_wanted : ndarray of shape (n_pairs,), dtype int
        How many samples given the one class to take for the other; those that come first
        in the data among equal margins.
    """
    mask = np.zeros(len(evidence.y), dtype=bool)
    lost = ~evidence.label_wins
    race = _run(evidence, true, given, n_wanted, lost, clear=True)
    mask[race.finish()] = True
    # where there are fewer than wanted, the next ones are those that are not clear, among
    # them rows whose label wins: these only take a place
    n_more = n_wanted - race.n_seen
    more = n_more > 0
    if more.any():
        among = np.zeros(evidence.n_classes, dtype=bool)
        among[np.unique(given[more & np.isin(given, evidence.y[lost])])] = True
        more &= among[given]
        race = _run(evidence, true[more], given[more], n_more[more], among[evidence.y], clear=False)
        mask[race.finish()] = True
    return mask & lost


def _run(evidence, true, given, n_wanted, looked_at, clear):
    n_classes, n_samples = evidence.n_classes, len(evidence.y)
    wanted = np.zeros((n_classes, n_classes), dtype=bool)
    wanted[given, true] = True
    race = _Race(given * n_classes + true, n_wanted, ENTRIES_PER_ROW * n_samples)
    look = partial(_margins, wanted=wanted, clear=clear)
    for block, found in evidence.each_block(look, evidence.y, looked_at):
        rows, classes, margins = found
        rows = rows + block.start
        race.add(rows, evidence.y[rows] * n_classes + classes, margins)
    return race
