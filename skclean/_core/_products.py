"""Products of many rows with one noise matrix.

With many classes nearly all entries of an estimated matrix are level in their row. The
products then need the diagonal, the few entries that stand out, and one sum per row.
"""

import numpy as np
from scipy.linalg import get_blas_funcs
from scipy.sparse import csr_array

from skclean._core._scan import own

MAX_DENSE = 64  # classes up to which the plain product is fast
LEAST_SAVING = 16  # the entries that stand out must be that many times fewer than all


class Products:
    """Products with a noise matrix and its transpose.

    Samples run along the columns: arrays are of shape (n_classes, n_rows).

    Parameters
    ----------
    noise : NoiseRows
        p(given = j | true = i).

    dtype : dtype
        Precision of the rows and of the products.
    """

    def __init__(self, noise, dtype):
        n_classes = noise.n_classes
        self._dense = None
        if n_classes <= MAX_DENSE or len(noise.excess) * LEAST_SAVING > n_classes**2:
            self._dense = noise.toarray().astype(dtype)
            self._transposed = np.array(self._dense.T, order="C")
            return
        self._levels = np.asfortranarray(noise.levels, dtype=dtype)
        self._ones = np.ones(n_classes, dtype=dtype)
        self._ger = get_blas_funcs("ger", dtype=dtype)
        self._group = noise.group
        each = np.arange(n_classes)
        excess = np.append(noise.excess, noise.diagonal - noise.own_level)
        entries = excess, (np.append(noise.true, each), np.append(noise.given, each))
        self._backward = csr_array(entries, shape=(n_classes,) * 2, dtype=dtype)
        self._forward = csr_array(self._backward.T)
        self._n_entries = np.diff(self._forward.indptr)

    def forward(self, p_true):
        """p(given) of p(true)."""
        if self._dense is not None:
            return self._transposed @ p_true
        p_given = self._forward @ p_true
        level = self._level(p_true)
        if len(level) > 1:
            p_given += level.take(self._group, axis=0)
            return p_given
        return self._plus(p_given, self._ones, level[0])

    def backward(self, values):
        """Mean of values of the given classes, by true class."""
        if self._dense is not None:
            return self._dense @ values
        means = self._backward @ values
        for group, level in enumerate(self._levels.T):
            among = values if len(self._levels.T) == 1 else values[self._group == group]
            means = self._plus(means, level, among.sum(axis=0))
        return means

    def _level(self, p_true):
        """Share of the levels in p(given), (n_groups, n_rows); BLAS would round by position."""
        return np.stack([np.einsum("i,ij->j", level, p_true) for level in self._levels.T])

    def _plus(self, matrix, column, row):
        """The matrix plus column times row, in place: one pass where numpy takes three."""
        if not matrix.size:  # which BLAS refuses
            return matrix
        return self._ger(1, row, column, a=matrix.T, overwrite_a=1).T

    def given(self, p_true, codes):
        """p(given = code) of p(true), (n_rows,)."""
        if self._dense is not None:
            return np.einsum("ij,ij->j", self._dense.take(codes, axis=1), p_true)
        first = self._forward.indptr
        n_entries = self._n_entries[codes]
        ends = np.cumsum(n_entries)
        entries = np.arange(ends[-1] if len(ends) else 0)
        entries += np.repeat(first[codes] - ends + n_entries, n_entries)
        rows = np.repeat(np.arange(len(codes)), n_entries)
        terms = self._forward.data[entries] * p_true[self._forward.indices[entries], rows]
        chances = np.bincount(rows, terms, minlength=len(codes)).astype(p_true.dtype)
        level = self._level(p_true)
        chances += level[0] if len(level) == 1 else own(level.T, self._group[codes])
        return chances
