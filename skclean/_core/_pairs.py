"""For pairs of a true and a given class: which samples look most like the true one.

Margins are p(true) - p(given). Samples whose given label wins are never flagged, so
that for most pairs only samples need be looked at that another class beats.
"""

from functools import partial

import numpy as np

CLEAR = 2e-6  # a label that another class beats by more does not win
MANY = 512  # entries per pair, from which on they are partitioned rather than sorted
LEAST_ROOM = 1 << 16  # entries to hold before those that are out of the race are dropped


def _margins(block, codes, looked_at, true, first, clear, bar):
    """Margins of some rows of a block for the pairs of their given class.

    Parameters
    ----------
    block, codes, looked_at : ndarray of shape (n_rows, ...)
        Probabilities, given labels and which rows to look at.

    true : ndarray of shape (n_pairs,)
        True class of each pair, pairs sorted by given class.

    first : ndarray of shape (n_classes + 1,)
        First pair of each given class.

    clear : bool
        Take the clear margins, or all others.

    bar : ndarray of shape (n_pairs,)
        Take larger margins only. It may rise in the meantime, which spares work and
        changes nothing.

    Returns
    -------
    rows, pairs, margins : ndarray of shape (n_entries,)
        Rows in order.
    """
    rows = np.flatnonzero(looked_at)
    codes = codes[rows]
    if clear and len(true) * 2 > block.shape[1] ** 2:
        rows, pairs, margins = _of_all_classes(block[rows], rows, codes, true, first)
    else:
        rows, pairs, margins = _of_own_pairs(block, rows, codes, true, first)
        hits = np.flatnonzero(margins > CLEAR if clear else margins <= CLEAR)
        rows, pairs, margins = rows.take(hits), pairs.take(hits), margins.take(hits)
    hits = np.flatnonzero(margins > bar.take(pairs))
    return rows.take(hits), pairs.take(hits), margins.take(hits)


def _of_own_pairs(block, rows, codes, true, first):
    """Margins of rows for each pair of their given class."""
    if not block.flags.c_contiguous:
        block = np.ascontiguousarray(block)
    cells, n_classes = block.reshape(-1), block.shape[1]
    n_pairs = (first[1:] - first[:-1])[codes]
    ends = np.cumsum(n_pairs)
    pairs = np.arange(ends[-1] if len(ends) else 0, dtype=np.int32)
    pairs += np.repeat((first[codes] - ends + n_pairs).astype(np.int32), n_pairs)
    others = np.repeat(rows * n_classes, n_pairs)
    others += true.take(pairs)
    margins = cells.take(others)
    margins -= np.repeat(cells[rows * n_classes + codes], n_pairs)
    return np.repeat(rows, n_pairs), pairs, margins


def _of_all_classes(probs, rows, codes, true, first):
    """Clear margins of rows, where nearly all pairs of classes are wanted."""
    n_classes = probs.shape[1]
    number = np.full(n_classes**2, -1, dtype=np.int32)  # of each pair
    number[np.repeat(np.arange(n_classes), np.diff(first)) * n_classes + true] = range(len(true))
    margins = np.ascontiguousarray(probs).reshape(-1)
    margins = margins - np.repeat(probs[np.arange(len(rows)), codes], n_classes)
    hits = np.flatnonzero(margins > CLEAR)
    position, classes = np.divmod(hits, n_classes)
    pairs = number.take(codes.take(position) * n_classes + classes)
    wanted = np.flatnonzero(pairs >= 0)
    position, hits = position.take(wanted), hits.take(wanted)
    return rows.take(position), pairs.take(wanted), margins.take(hits)


def _joined(parts):
    """Arrays one after the other, the parts no longer held."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole


class _Race:
    """The largest margins of each pair, out of entries that come by and by.

    Parameters
    ----------
    n_wanted : ndarray of shape (n_pairs,), dtype int
        How many to keep of each; of equal margins those that came first.

    bar : ndarray of shape (n_pairs,), default=None
        Margins below which none of each is among these for sure; it rises as entries come.
    """

    def __init__(self, n_wanted, bar=None):
        self.n_wanted = n_wanted
        self.n_seen = np.zeros(len(n_wanted), dtype=np.int64)
        self.bar = np.full(len(n_wanted), -np.inf) if bar is None else bar
        self._parts, self._size = [], 0
        self._room = 3 * n_wanted.sum() // 2 + LEAST_ROOM

    def add(self, rows, pairs, margins):
        """Enter some rows, in order, with their pair."""
        self.n_seen += np.bincount(pairs, minlength=len(self.n_wanted))
        # of 16 bits, a stable sort takes linear time
        pairs = pairs.astype(np.uint16 if len(self.n_wanted) <= 1 << 16 else np.int32)
        self._parts.append((rows, pairs, margins))
        self._size += len(pairs)
        if self._size > self._room:
            self._drop()

    def _held(self):
        """All entries, and which of them are still in the race."""
        columns = [list(column) for column in zip(*self._parts, strict=True)]
        self._parts = []
        rows, pairs, margins = (_joined(column) for column in columns)
        n_pairs = len(self.n_wanted)
        full = np.bincount(pairs, minlength=n_pairs) >= self.n_wanted
        if full.all():
            self._raise_bars(np.arange(n_pairs), pairs, margins)
        else:
            contested = np.flatnonzero(full.take(pairs))
            chosen = pairs.take(contested), margins.take(contested)
            self._raise_bars(np.flatnonzero(full), *chosen)
        bars = self.bar.take(pairs)
        kept = margins > bars
        level = np.flatnonzero(margins == bars)
        level = level[np.argsort(pairs[level], kind="stable")]
        pairs_level = pairs[level]
        n_level = np.bincount(pairs_level, minlength=n_pairs)
        rank = np.arange(len(level)) - (np.cumsum(n_level) - n_level)[pairs_level]
        n_free = self.n_wanted - np.bincount(pairs[kept], minlength=n_pairs)
        kept[level[rank < n_free[pairs_level]]] = True
        return rows, pairs, margins, kept

    def _drop(self):
        """Drop the entries that are out of the race."""
        *entries, kept = self._held()
        left = np.flatnonzero(kept)
        self._parts = [tuple(values.take(left) for values in entries)]
        self._size = len(left)

    def _raise_bars(self, full, pairs, margins):
        """Set the bar of the pairs in `full` to the last of their margins that is wanted."""
        if len(full) == 0:
            return
        if len(margins) < MANY * len(full):
            order = np.argsort(-margins)
            order = order[np.argsort(pairs[order], kind="stable")]
            first = np.searchsorted(pairs[order], full)
            self.bar[full] = margins[order[first + self.n_wanted[full] - 1]]
            return
        margins = margins.take(np.argsort(pairs, kind="stable"))
        ends = np.cumsum(np.bincount(pairs, minlength=len(self.n_wanted))[full])
        for pair, own in zip(full, np.split(margins, ends[:-1]), strict=True):
            last = len(own) - self.n_wanted[pair]
            self.bar[pair] = np.partition(own, last)[last]

    def finish(self):
        """Rows of the entries that are left."""
        if self._size == 0:
            return np.zeros(0, dtype=np.intp)
        rows, _, _, kept = self._held()
        return rows[kept]


def largest_margins(evidence, true, given, n_wanted):
    """Mask of the samples with the largest margins of each pair whose label does not win.

    Parameters
    ----------
    evidence : Evidence
        Labels and probabilities.

    true, given : ndarray of shape (n_pairs,)
        Distinct pairs of classes, sorted by `given`.

    n_wanted : ndarray of shape (n_pairs,), dtype int
        How many samples given the one class to take for the other; those that come first
        in the data among equal margins.
    """
    mask = np.zeros(len(evidence.y), dtype=bool)
    lost = ~evidence.label_wins
    if len(true) == 0:
        return mask
    race = _run(evidence, true, given, n_wanted, lost, clear=True)
    mask[race.finish()] = True
    # where there are fewer than wanted, the next ones are those that are not clear, among
    # them samples whose label wins: these only take a place
    more = np.flatnonzero((n_wanted > race.n_seen) & np.isin(given, evidence.y[lost & ~mask]))
    if len(more):
        looked_at = np.isin(np.arange(evidence.n_classes), given[more])[evidence.y]
        n_more = (n_wanted - race.n_seen)[more]
        run = partial(_run, evidence, true[more], given[more], n_more, clear=False)
        ahead = run(looked_at=lost)  # how far the others must come to take a place
        ahead.finish()
        race = run(looked_at=looked_at, bar=np.nextafter(ahead.bar, -np.inf))
        mask[race.finish()] = True
    return mask & lost


def _run(evidence, true, given, n_wanted, looked_at, clear, bar=None):
    first = np.searchsorted(given, np.arange(evidence.n_classes + 1))
    race = _Race(n_wanted, bar)
    look = partial(_margins, true=true, first=first, clear=clear, bar=race.bar)
    positions = np.int32 if len(looked_at) < 1 << 31 else np.int64
    for block, (rows, pairs, margins) in evidence.each_block(look, evidence.y, looked_at):
        race.add((rows + block.start).astype(positions), pairs, margins)
    return race
