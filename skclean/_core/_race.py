"""The largest values of each of many groups, out of entries that come by and by."""

import numpy as np

LEAST_ROOM = 1 << 16  # entries to hold before those that are out of the race are dropped
SIGN = np.int64(-1) << 63


def _joined(parts):
    """Arrays one after the other, the parts no longer held."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole


def _descending(values):
    """Whole numbers in the reverse order of floats."""
    bits = np.add(values, 0.0, dtype=np.float64).view(np.int64)  # -0.0 is 0.0
    bits ^= (bits >> 63) & ~SIGN
    bits ^= ~SIGN
    return bits.view(np.uint64)


def _floats(descending):
    """The floats that `_descending` makes these numbers of."""
    bits = descending.view(np.int64) ^ ~SIGN
    bits ^= (bits >> 63) & ~SIGN
    return bits.view(np.float64)


class Race:
    """The largest values of each group, out of entries that come by and by.

    An entry is sorted as one whole number, its group and then the leading bits of its value;
    only where these bits are not enough, values are compared.

    Parameters
    ----------
    n_wanted : ndarray of shape (n_groups,), dtype int
        How many to keep of each, 1 at least; of equal values those that came first.

    bar : ndarray of shape (n_groups,), default=None
        Values below which none of each is among these for sure; it rises as entries come.
    """

    def __init__(self, n_wanted, bar=None):
        self.n_wanted = n_wanted
        self.n_seen = np.zeros(len(n_wanted), dtype=np.int64)
        self.bar = np.full(len(n_wanted), -np.inf) if bar is None else bar
        self._n_bits = max(1, (len(n_wanted) - 1).bit_length())  # of a key, for the group
        self._parts, self._size = [], 0
        self._room = 3 * n_wanted.sum() // 2 + LEAST_ROOM

    def add(self, rows, groups, values):
        """Enter some rows, in order, with their group."""
        self.n_seen += np.bincount(groups, minlength=len(self.n_wanted))
        self._parts.append((rows, groups.astype(np.int32, copy=False), values))
        self._size += len(groups)
        if self._size > self._room:
            rows, groups, values, kept = self._held()
            left = np.flatnonzero(kept)
            self._parts = [tuple(column.take(left) for column in (rows, groups, values))]
            self._size = len(left)

    def raise_bars(self):
        """Raise the bars as far as all entries allow."""
        if self._size:
            self._last_wanted()

    def finish(self):
        """Rows of the entries that are left."""
        if self._size == 0:
            return np.zeros(0, dtype=np.intp)
        rows, _, _, kept = self._held()
        return rows.take(np.flatnonzero(kept))

    def _last_wanted(self):
        """Sort the keys of all entries, and raise the bars.

        Returns
        -------
        keys, ordered : ndarray of shape (n_entries,), dtype uint64
            Keys of the entries, and the same sorted.

        among : ndarray of shape (n_some_groups,)
            Groups that have entries.

        stops : ndarray of shape (n_some_groups,)
            Where in `ordered` the entries of each end that are wanted.
        """
        columns = [list(column) for column in zip(*self._parts, strict=True)]
        self._parts = []
        self._parts = [tuple(map(_joined, columns))]
        _, groups, values = self._parts[0]
        keys = _descending(values)
        keys >>= self._n_bits
        keys |= groups.astype(np.uint64) << (64 - self._n_bits)
        ordered = np.sort(keys)
        counts = np.bincount(groups, minlength=len(self.n_wanted))
        among = np.flatnonzero(counts)
        stops = np.cumsum(counts) - np.maximum(counts - self.n_wanted, 0)
        stops = stops.take(among)
        full = np.flatnonzero((counts >= self.n_wanted).take(among))
        last = ordered.take(stops.take(full) - 1) << self._n_bits
        bars = _floats(last | ((1 << self._n_bits) - 1))  # the least value of such a key
        full = among.take(full)
        self.bar[full] = np.maximum(self.bar.take(full), bars)
        return keys, ordered, among, stops

    def _held(self):
        """All entries, and which of them are still in the race."""
        keys, ordered, among, stops = self._last_wanted()
        rows, groups, values = self._parts[0]
        last = ordered.take(stops - 1)
        cut = np.zeros(len(self.n_wanted), dtype=np.uint64)
        cut[among] = last
        cut = cut.take(groups)
        kept = keys <= cut
        n_above = np.searchsorted(ordered, last, side="right") - stops
        if n_above.any():  # more are level with the last one than are wanted
            several = np.isin(np.arange(len(self.n_wanted)), among[n_above > 0])
            level = np.flatnonzero((keys == cut) & several.take(groups))
            level = level[np.lexsort((-values[level], groups[level]))]
            own = groups[level]
            rank = np.arange(len(level)) - np.searchsorted(own, own)
            n_free = np.zeros(len(self.n_wanted), dtype=np.int64)
            n_free[among] = stops - np.searchsorted(ordered, last, side="left")
            kept[level[rank >= n_free[own]]] = False
        return rows, groups, values, kept
