"""Rows that are alike and yet have different labels."""

import numpy as np
from scipy.sparse import csr_array, issparse
from sklearn.neighbors import NearestNeighbors

from skclean.detectors._neighbor_search import nearest
from skclean.detectors._rounds import dense_numbers
from skclean.report._columns import columns_of, texts_of, value_codes

MAX_FOUND = 100
MAX_ROWS = 20  # of a group that are listed
MAX_ASKED = 2000  # flagged rows whose neighbors are looked for
MAX_CELLS = 1 << 26  # of the data in which they are looked for
N_USUAL = 500  # rows that the usual distance is measured on
NEAR = 0.1  # of the usual distance to the nearest other row
MIXERS = [np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)]


def row_groups(X):
    """Number of the group of equal rows that each row belongs to; None where rows have no form.

    Parameters
    ----------
    X : array-like, DataFrame, sparse matrix or None
        The data.

    Returns
    -------
    groups : ndarray of shape (n_samples,) or None
        Equal rows have equal numbers; missing values equal one another.
    """
    if X is None:
        return None
    if issparse(X) and X.dtype.kind in "biuf":
        return np.unique(_sparse_row_codes(csr_array(X, copy=True)), return_inverse=True)[1]
    columns = [values for _, values in columns_of(X)]
    if not columns:
        texts = texts_of(X)
        if texts is None:
            return None
        columns = [texts]
    groups = np.zeros(len(columns[0]), dtype=np.int64)
    for values in columns:
        codes = value_codes(values)[0]
        groups = np.unique(groups * (codes.max() + 1) + codes, return_inverse=True)[1]
        if groups.max() == len(groups) - 1:
            break
    return groups


def _bits(data):
    """64 bits that equal numbers share."""
    if data.dtype.kind in "biu":
        return data.astype(np.int64 if data.dtype.kind == "i" else np.uint64).view(np.uint64)
    data = data.astype(np.float64)
    data[np.isnan(data)] = np.nan  # which has many forms
    return (data + 0.0).view(np.uint64)  # and so has zero


def _sparse_row_codes(X):
    """A number of 64 bits for each row that equal rows share, and others all but surely not."""
    X.sum_duplicates()
    X.eliminate_zeros()
    codes = X.indices.astype(np.uint64) * MIXERS[0]
    codes ^= _bits(X.data)
    for mixer in MIXERS[1:]:  # or sums of one row could be those of another
        codes ^= codes >> np.uint64(31)
        codes *= mixer
    codes ^= codes >> np.uint64(31)
    sums = np.append(np.uint64(0), np.cumsum(codes))  # which go round, and so do differences
    return sums[X.indptr[1:]] - sums[X.indptr[:-1]]


def equal_rows(groups, codes):
    """Groups of equal rows with different labels, the largest first."""
    if groups is None or groups.max() == len(groups) - 1:
        return []
    lowest = np.full(groups.max() + 1, np.iinfo(np.int64).max)
    highest = np.full(groups.max() + 1, -1)
    np.minimum.at(lowest, groups, codes)
    np.maximum.at(highest, groups, codes)
    mixed = lowest < highest
    rows = np.flatnonzero(mixed[groups])
    rows = rows[np.argsort(groups[rows], kind="stable")]
    cuts = np.flatnonzero(np.diff(groups[rows])) + 1
    found = np.split(rows, cuts) if len(rows) else []
    return sorted(found, key=len, reverse=True)


def near_rows(X, groups, codes, worst):
    """Pairs of rows that are not equal but close, and have different labels.

    Columns are scaled to unit variance. The nearest other row of up to 2000 of the worst
    flagged rows is looked up; it is near if it is closer than a tenth of the median
    distance to the nearest other row, as 500 rows show it.

    Parameters
    ----------
    X : array-like
        The data.

    groups : ndarray of shape (n_samples,) or None
        Number of the group of equal rows that each row belongs to.

    codes : ndarray of shape (n_samples,)
        Given labels as codes.

    worst : ndarray of shape (n_issues,)
        Flagged rows, worst first.

    Returns
    -------
    pairs : list of (int, int, float)
        Flagged row, its neighbor, and their distance in units of the usual one.
    """
    if X is None or len(worst) == 0 or np.prod(getattr(X, "shape", (0,))) > MAX_CELLS:
        return []
    numbers = dense_numbers(X)
    if numbers is None or len(numbers) < 3:
        return []
    index = NearestNeighbors(algorithm="brute").fit(numbers)
    some = np.random.RandomState(0).permutation(len(numbers))[:N_USUAL]
    usual = np.median(nearest(index, 2, numbers[some])[0][:, 1])
    if usual == 0:
        return []
    asked = worst[:MAX_ASKED]
    distances, neighbors = nearest(index, 3, numbers[asked])
    # the row itself is among its neighbors, first or, beside its equals, anywhere, and these
    # can be some rounding apart
    is_other = neighbors != asked[:, np.newaxis]
    if groups is not None:
        is_other &= groups[neighbors] != groups[asked, np.newaxis]
    other = np.argmax(is_other, axis=1)
    each = np.arange(len(asked))
    distances, neighbors = distances[each, other] / usual, neighbors[each, other]
    near = (distances > 0) & (distances < NEAR) & (codes[neighbors] != codes[asked])
    near &= is_other[each, other]
    seen, pairs = set(), []
    for i in np.flatnonzero(near).tolist():
        pair = tuple(sorted((int(asked[i]), int(neighbors[i]))))
        if pair not in seen:
            seen.add(pair)
            pairs.append((int(asked[i]), int(neighbors[i]), float(distances[i])))
    return pairs


def find_duplicates(X, codes, worst, names, rows):
    """Equal rows with different labels, and flagged rows that nearly equal one of another label.

    Parameters
    ----------
    X : array-like, DataFrame, sparse matrix or None
        The data.

    codes : ndarray of shape (n_samples,)
        Given labels as codes.

    worst : ndarray of shape (n_issues,)
        Flagged rows, worst first.

    names : list of str
        Names of the classes.

    rows : ndarray of shape (n_samples,)
        What the rows are called.

    Returns
    -------
    found : list of dict
        At most 100, equal rows first; see the schema of the audit.

    n_found : int
        How many there are.
    """
    equal = row_groups(X)
    groups = [(group, 0.0) for group in equal_rows(equal, codes)]
    near = near_rows(X, equal, codes, worst)
    groups += [((row, other), distance) for row, other, distance in near]
    found = []
    for group, distance in groups[:MAX_FOUND]:
        listed = _listed(np.asarray(group), codes)
        found.append(
            {
                "rows": rows[listed].tolist(),
                "labels": [names[code] for code in codes[listed]],
                "distance": distance,
            }
        )
    return found, len(groups)


def _listed(group, codes):
    """Some rows of a group, one of each label among them, in order."""
    if len(group) <= MAX_ROWS:
        return group
    firsts = np.unique(codes[group], return_index=True)[1]
    others = np.setdiff1d(np.arange(len(group)), firsts)
    return group[np.sort(np.concatenate([firsts, others])[:MAX_ROWS])]
