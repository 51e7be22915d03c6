"""The largest values of each of many groups, out of entries that come by and by."""

import numpy as np

from skclean._core._classes import class_counts

MANY = 512  # entries per group, from which on they are partitioned rather than sorted
LEAST_ROOM = 1 << 16  # entries to hold before those that are out of the race are dropped


def _joined(parts):
    """Arrays one after the other, the parts no longer held."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole


class Race:
    """The largest values of each group, out of entries that come by and by.

    Parameters
    ----------
    n_wanted : ndarray of shape (n_groups,), dtype int
        How many to keep of each; of equal values those that came first.

    bar : ndarray of shape (n_groups,), default=None
        Values below which none of each is among these for sure; it rises as entries come.
    """

    def __init__(self, n_wanted, bar=None):
        self.n_wanted = n_wanted
        self.n_seen = np.zeros(len(n_wanted), dtype=np.int64)
        self.bar = np.full(len(n_wanted), -np.inf) if bar is None else bar
        self._parts, self._size = [], 0
        self._room = 3 * n_wanted.sum() // 2 + LEAST_ROOM

    def add(self, rows, groups, values):
        """Enter some rows, in order, with their group."""
        self.n_seen += np.bincount(groups, minlength=len(self.n_wanted))
        # of 16 bits, a stable sort takes linear time
        groups = groups.astype(np.uint16 if len(self.n_wanted) <= 1 << 16 else np.int32)
        self._parts.append((rows, groups, values))
        self._size += len(groups)
        if self._size > self._room:
            self._drop()

    def settle(self):
        """Raise the bars as far as all entries allow; these come joined."""
        columns = [list(column) for column in zip(*self._parts, strict=True)]
        self._parts = []
        rows, groups, values = (_joined(column) for column in columns)
        n_groups = len(self.n_wanted)
        full = np.bincount(groups, minlength=n_groups) >= self.n_wanted
        if full.all():
            self._raise_bars(np.arange(n_groups), groups, values)
        else:
            contested = np.flatnonzero(full.take(groups))
            chosen = groups.take(contested), values.take(contested)
            self._raise_bars(np.flatnonzero(full), *chosen)
        return rows, groups, values

    def _held(self):
        """All entries, and which of them are still in the race."""
        rows, groups, values = self.settle()
        n_groups, bars = len(self.n_wanted), self.bar.take(groups)
        kept = values > bars
        level = np.flatnonzero(values == bars)
        level = level[np.argsort(groups[level], kind="stable")]
        groups_level = groups[level]
        n_level = np.bincount(groups_level, minlength=n_groups)
        rank = np.arange(len(level)) - (np.cumsum(n_level) - n_level)[groups_level]
        n_free = self.n_wanted - class_counts(groups, n_groups, kept)
        kept[level[rank < n_free[groups_level]]] = True
        return rows, groups, values, kept

    def _drop(self):
        """Drop the entries that are out of the race."""
        *entries, kept = self._held()
        left = np.flatnonzero(kept)
        self._parts = [tuple(column.take(left) for column in entries)]
        self._size = len(left)

    def _raise_bars(self, full, groups, values):
        """Set the bar of the groups in `full` to the last of their values that is wanted."""
        if len(full) == 0:
            return
        if len(values) < MANY * len(full):
            order = np.argsort(-values)
            order = order[np.argsort(groups[order], kind="stable")]
            first = np.searchsorted(groups[order], full)
            self.bar[full] = values[order[first + self.n_wanted[full] - 1]]
            return
        values = values.take(np.argsort(groups, kind="stable"))
        ends = np.cumsum(np.bincount(groups, minlength=len(self.n_wanted))[full])
        for group, own in zip(full, np.split(values, ends[:-1]), strict=True):
            last = len(own) - self.n_wanted[group]
            self.bar[group] = np.partition(own, last)[last]

    def finish(self):
        """Rows of the entries that are left."""
        if self._size == 0:
            return np.zeros(0, dtype=np.intp)
        rows, _, _, kept = self._held()
        return rows.take(np.flatnonzero(kept))
