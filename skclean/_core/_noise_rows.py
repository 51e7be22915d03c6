"""Noise matrices of many classes, of which few entries tell anything.

Most confusions of a thousand classes were hardly ever seen: what is left for them is shared
out evenly within each row. So a matrix is held as its diagonal, the levels of its rows and
the few entries off the diagonal that stand out.
"""

from dataclasses import dataclass, replace

import numpy as np

EVEN = 1e-6  # entries that differ by less, relative to their row, are alike
N_LOOKED_AT = 64  # entries of a row that tell its level


@dataclass(frozen=True, eq=False)
class NoiseRows:
    """p(given = j | true = i), rows sum to 1.

    Off the diagonal an entry is the level of its row for the group of its column, and what it
    exceeds that by.

    Attributes
    ----------
    diagonal : ndarray of shape (n_classes,)
        Diagonal of the matrix.

    levels : ndarray of shape (n_classes, n_groups)
        Level of each row for each group of columns.

    group : ndarray of shape (n_classes,), dtype intp
        Group of each column.

    true, given : ndarray of shape (n_entries,)
        Row and column of the entries off the diagonal that differ from their level.

    excess : ndarray of shape (n_entries,)
        By how much.
    """

    diagonal: np.ndarray
    levels: np.ndarray
    group: np.ndarray
    true: np.ndarray
    given: np.ndarray
    excess: np.ndarray

    @classmethod
    def of(cls, matrix):
        """Those of a dense matrix."""
        n_classes = len(matrix)
        level = np.median(matrix[:, :: max(1, n_classes // N_LOOKED_AT)], axis=1)
        rest = matrix - level[:, np.newaxis]
        rest[np.abs(rest) <= EVEN * level[:, np.newaxis]] = 0
        np.fill_diagonal(rest, 0)
        pairs = np.nonzero(rest)
        true, given = (each.astype(np.int32) for each in pairs)
        group = np.zeros(n_classes, dtype=np.intp)
        return cls(matrix.diagonal().copy(), level[:, np.newaxis], group, true, given, rest[pairs])

    @property
    def n_classes(self):
        """Number of rows and columns."""
        return len(self.diagonal)

    @property
    def _cells(self):
        return self.true * np.int64(self.n_classes) + self.given

    @property
    def own_level(self):
        """The level of each row in its own column."""
        return self.levels[np.arange(self.n_classes), self.group]

    def toarray(self):
        """The dense matrix."""
        dense = self.levels.take(self.group, axis=1)
        dense[self.true, self.given] += self.excess
        np.fill_diagonal(dense, self.diagonal)
        return dense

    def scaled(self, factor, diagonal):
        """Rows multiplied by a factor each, but for a new diagonal."""
        levels, excess = self.levels * factor[:, np.newaxis], self.excess * factor[self.true]
        return replace(self, diagonal=diagonal, levels=levels, excess=excess)

    def certain(self, classes):
        """The rows of `classes`, a mask, become those of the identity."""
        return self.scaled(np.where(classes, 0.0, 1.0), np.where(classes, 1.0, self.diagonal))

    def mixed(self, other, share):
        """Mean with other rows, of which each has its own share of the mean."""
        n_groups = other.levels.shape[1]
        pairs, group = np.unique(self.group * n_groups + other.group, return_inverse=True)
        own = 1 - share
        levels = own[:, np.newaxis] * self.levels[:, pairs // n_groups]
        levels += share[:, np.newaxis] * other.levels[:, pairs % n_groups]
        cells = np.append(self._cells, other._cells)
        excess = np.append(own[self.true] * self.excess, share[other.true] * other.excess)
        told = excess != 0
        cells, entry = np.unique(cells[told], return_inverse=True)
        return NoiseRows(
            own * self.diagonal + share * other.diagonal,
            levels,
            group,
            *np.divmod(cells, self.n_classes),
            np.bincount(entry, weights=excess[told]),
        )

    def leaking(self, leakage):
        """Every entry raised by that much, and rows, which summed to 1, scaled to sum 1 again."""
        total = 1 + leakage * self.n_classes
        return replace(
            self,
            diagonal=(self.diagonal + leakage) / total,
            levels=(self.levels + leakage) / total,
            excess=self.excess / total,
        )
