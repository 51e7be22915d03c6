"""Products of many rows with one noise matrix.

With many classes nearly all entries of an estimated matrix are alike in their row: noise
that was hardly ever seen is shared out evenly. The products then need the few entries
that are not, and one sum per row.
"""

import numpy as np
from scipy.sparse import csr_array

MAX_DENSE = 64  # classes up to which the plain product in double precision is fast
LEAST_SAVING = 16  # the uneven entries must be that many times fewer than all
EVEN = 1e-6  # entries that differ by less, relative to their row, are alike


class Products:
    """Products with a noise matrix and its transpose.

    Samples run along the columns: arrays are of shape (n_classes, n_rows).

    Parameters
    ----------
    noise_matrix : ndarray of shape (n_classes, n_classes)
        p(given = j | true = i).

    dtype : dtype
        Precision of the rows. More than 64 classes take single precision: it halves the
        time, and its rounding is far below what the matrix is known to.

    Attributes
    ----------
    dtype : dtype
        Precision of the products.
    """

    def __init__(self, noise_matrix, dtype):
        n_classes = len(noise_matrix)
        self.dtype = np.dtype(np.float32 if n_classes > MAX_DENSE else dtype)
        self._level = None
        uneven = noise_matrix
        if n_classes > MAX_DENSE:
            level = np.median(noise_matrix[:, :: n_classes // MAX_DENSE], axis=1)
            rest = noise_matrix - level[:, np.newaxis]
            rest[np.abs(rest) <= EVEN * level[:, np.newaxis]] = 0
            if np.count_nonzero(rest) * LEAST_SAVING <= n_classes**2:
                self._level = level.astype(self.dtype)
                uneven = csr_array(rest)
        self._backward = uneven.astype(self.dtype)
        self._forward = uneven.T.astype(self.dtype)
        if self._level is not None:
            self._forward = csr_array(self._forward)

    def forward(self, p_true):
        """p(given) of p(true)."""
        p_given = self._forward @ p_true
        if self._level is not None:
            p_given += self._level @ p_true
        return p_given

    def backward(self, values):
        """Mean of values of the given classes, by true class; overwrites `values`."""
        means = self._backward @ values
        if self._level is not None:
            means += np.multiply(self._level[:, np.newaxis], values.sum(axis=0), out=values)
        return means

    def given(self, p_true, codes):
        """p(given = code) of p(true), (n_rows,)."""
        if self._level is None:
            return np.einsum("ij,ij->j", self._backward.take(codes, axis=1), p_true)
        first = self._forward.indptr
        n_entries = (first[1:] - first[:-1])[codes]
        ends = np.cumsum(n_entries)
        entries = np.arange(ends[-1] if len(ends) else 0)
        entries += np.repeat(first[codes] - ends + n_entries, n_entries)
        rows = np.repeat(np.arange(len(codes)), n_entries)
        terms = self._forward.data[entries] * p_true[self._forward.indices[entries], rows]
        chances = np.bincount(rows, terms, minlength=len(codes)) + self._level @ p_true
        return chances.astype(self.dtype)
