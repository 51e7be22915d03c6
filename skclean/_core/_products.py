"""Products of many rows with one noise matrix.

With many classes nearly all entries of an estimated matrix are level in their row. The
products then need the diagonal, the few entries that stand out, and one sum per row.
"""

import numpy as np
from scipy.sparse import csr_array, hstack

from skclean._core._blocks import LANES

MAX_DENSE = 64  # classes up to which the plain product is fast
LEAST_SAVING = 4  # the entries that stand out must be that many times fewer than all


def plain_product(matrix, columns):
    """Product that is the same for a column wherever it stands, in the dtype of the columns.

    Linear algebra goes through columns some at a time, by other instructions where fewer are
    left, and on some processors so does it with all of them in single precision.
    """
    n_rows, n_columns = columns.shape
    if n_columns % LANES or columns.dtype != matrix.dtype:
        padded = np.zeros((n_rows, -(-n_columns // LANES) * LANES), dtype=matrix.dtype)
        padded[:, :n_columns] = columns
        return (matrix @ padded)[:, :n_columns].astype(columns.dtype)
    return matrix @ columns


class Products:
    """Products with a noise matrix and its transpose.

    Samples run along the columns: arrays are of shape (n_classes, n_rows). `forward` and
    `backward` take arrays of `room` rows more, which they fill with sums: so the levels are
    added in the same product, in the same order wherever a sample stands.

    Parameters
    ----------
    noise : NoiseRows
        p(given | true).

    dtype : dtype
        Precision of the rows and of the products.

    Attributes
    ----------
    room : int
        Number of rows beyond those of the classes.
    """

    def __init__(self, noise, dtype):
        n_classes = noise.n_classes
        self._dense, self.room = None, 0
        if n_classes <= MAX_DENSE or len(noise.excess) * LEAST_SAVING > n_classes**2:
            self._dense = noise.toarray()
            self._rounded = self._dense.astype(dtype, copy=False)
            self._transposed = np.array(self._dense.T, order="C")
            return
        self.room = noise.levels.shape[1]
        self._n_classes, self._group = n_classes, noise.group
        self._own_level = noise.own_level.astype(dtype)
        square, each = (n_classes,) * 2, np.arange(n_classes)
        excess = csr_array((noise.excess, (noise.true, noise.given)), shape=square, dtype=dtype)
        above = csr_array(
            (noise.diagonal - noise.own_level, (each, each)), shape=square, dtype=dtype
        )
        members = csr_array(
            (np.ones(n_classes), (each, noise.group)), shape=(n_classes, self.room), dtype=dtype
        )
        levels = csr_array(noise.levels, dtype=dtype)
        self._of_given, self._of_true = csr_array(members.T), csr_array(levels.T)
        self._excess = csr_array(excess.T)
        self._n_entries = np.diff(self._excess.indptr)
        self._forward = hstack([self._excess + above, members], format="csr")
        self._backward = hstack([excess + above, levels], format="csr")

    def forward(self, p_true):
        """p(given) of p(true), (n_classes, n_rows)."""
        if self._dense is not None:
            return plain_product(self._transposed, p_true)
        p_true[self._n_classes :] = self._of_true @ p_true[: self._n_classes]
        return self._forward @ p_true

    def backward(self, values):
        """Mean of values of the given classes, by true class, (n_classes, n_rows)."""
        if self._dense is not None:
            return plain_product(self._dense, values)
        values[self._n_classes :] = self._of_given @ values[: self._n_classes]
        return self._backward @ values

    def of_others(self, p_true, codes):
        """p(given = code) that p(true) of the other classes makes, (n_rows,)."""
        each = np.arange(len(codes))
        if self._dense is not None:
            column = self._rounded.take(codes, axis=1)
            column[codes, each] = 0
            return np.einsum("ij,ij->j", column, p_true)
        first, n_entries = self._excess.indptr, self._n_entries[codes]
        ends = np.cumsum(n_entries)
        entries = np.arange(ends[-1] if len(ends) else 0)
        entries += np.repeat(first[codes] - ends + n_entries, n_entries)
        rows = np.repeat(each, n_entries)
        terms = self._excess.data[entries] * p_true[self._excess.indices[entries], rows]
        excess = np.bincount(rows, terms, minlength=len(codes)).astype(p_true.dtype)
        level = (self._of_true @ p_true)[self._group[codes], each]
        level -= self._own_level[codes] * p_true[codes, each]
        return np.maximum(level + excess, 0)
