"""What a detector makes of the rounds of cross-validation: smooth, ask neighbors, pool."""

import numpy as np
from scipy.sparse import issparse
from sklearn.neighbors import NearestNeighbors

from skclean._core._blocks import row_blocks
from skclean._core._pooling import TINY, pool, pool_weights
from skclean._core._rescaling import fit_rescaling
from skclean._core._votes import neighbor_shares
from skclean.detectors._neighbor_search import nearest
from skclean.utils._sklearn import _num_samples

N_NEIGHBORS = 10
N_RANKED = 3  # neighbors looked up for each that votes, as some will not be kept
MAX_SPARSE_FEATURES = 100  # few enough to be the same data as a dense X
MAX_REFERENCES = 4000  # rows that neighbors are looked for among, so that time grows with the rows


def dense_numbers(X):
    """X as a dense float32 matrix of finite numbers, columns scaled to mean 0 and variance 1.

    None where it is anything else, wide and sparse, or too large to scale.
    """
    if issparse(X):
        if X.shape[1] > MAX_SPARSE_FEATURES:
            return None
        X = X.toarray()
    if isinstance(X, (list, tuple)) and len(X) and isinstance(X[0], str):
        return None  # an array of texts would pad all of them to the longest
    try:
        X = np.asarray(X)
    except (TypeError, ValueError):
        return None
    if X.ndim != 2 or X.dtype.kind not in "fiub" or X.shape[1] == 0:
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # numbers too large to measure with
        mean = X.mean(axis=0, dtype=np.float64)
        squares = sum(np.square(X[rows] - mean).sum(axis=0) for rows in row_blocks(X))
        spread = np.maximum(np.sqrt(squares / len(X)), np.finfo(float).tiny)
        numbers = np.empty(X.shape, dtype=np.float32)
        for rows in row_blocks(X):
            numbers[rows] = (X[rows] - mean) / spread
    return numbers if np.isfinite(numbers).all() else None


def paired_gain(before, after):
    """Standard errors by which one classifier is right more often than another.

    Parameters
    ----------
    before, after : ndarray of shape (n_samples,), dtype bool
        Where each of the two is right.

    Returns
    -------
    gain : float
        Mean difference over its standard error; NaN without samples.
    """
    if len(before) == 0:
        return np.nan
    difference = after.astype(float) - before
    error = max(difference.std() / np.sqrt(len(before)), 1 / len(before))
    return float(difference.mean() / error)


class NeighborVotes:
    """What the labels of the nearest other samples say, as out-of-sample probabilities.

    Of more than 4000 samples, as many drawn at random are the ones that may vote.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Scaled numbers.

    n_neighbors : int
        Number of neighbors that vote.

    groups : array-like of shape (n_samples,), default=None
        Samples of a group do not vote on each other.

    n_jobs : int, default=None
        Number of jobs of the search.
    """

    def __init__(self, X, n_neighbors, groups=None, n_jobs=None):
        self.n_neighbors = n_neighbors
        n_ranked = N_RANKED * n_neighbors
        index = NearestNeighbors(algorithm="brute", n_jobs=n_jobs)
        if len(X) <= (n_voters := max(MAX_REFERENCES, 2 * n_ranked)):
            self.neighbors = nearest(index.fit(X), n_ranked)[1]
        else:  # always the same ones, in no rhythm that labels could follow
            voters = np.sort(np.random.RandomState(0).choice(len(X), n_voters, replace=False))
            self.neighbors = voters[nearest(index.fit(X[voters]), n_ranked, X)[1]]
        self.apart = self.neighbors != np.arange(len(X))[:, np.newaxis]
        if groups is not None:
            groups = np.unique(groups, return_inverse=True)[1]
            self.apart = groups[self.neighbors] != groups[:, np.newaxis]

    def __call__(self, y, keep, n_classes):
        """Probabilities from the labels of the neighbors that are kept."""
        usable = keep[self.neighbors] & self.apart
        return neighbor_shares(y, self.neighbors, usable, n_classes, self.n_neighbors)


def neighbor_votes(X, n_neighbors, groups=None, n_jobs=None):
    """Votes of neighbors, or None where they are not wanted.

    Parameters
    ----------
    X : array-like
        The data, in any form.

    n_neighbors : int, "auto" or None
        "auto" asks 10 where X holds numbers without gaps.

    groups, n_jobs
        See `NeighborVotes`.
    """
    if n_neighbors is None:
        return None
    if n_neighbors == "auto" and _num_samples(X) <= 2:
        return None
    numbers = dense_numbers(X)
    if n_neighbors == "auto":
        if numbers is None:
            return None
        n_neighbors = N_NEIGHBORS
    elif numbers is None:
        raise ValueError(
            f"n_neighbors={n_neighbors} needs a dense X of numbers without gaps, to measure "
            "distances in. Got something else; pass n_neighbors=None."
        )
    return NeighborVotes(numbers, n_neighbors, groups, n_jobs)


class Rounds:
    """Pooled probabilities of the rounds so far, and the rows to train the next one on.

    Later rounds count more: their classifiers saw fewer wrong labels.

    Parameters
    ----------
    n_rounds : int
        Number of rounds.

    n_splits : int
        Number of folds where the user asked for none.

    rows_to_keep : callable
        Tells from codes and pooled probabilities which rows to train on next.

    smooth : bool
        Smooth the probabilities of each round.

    n_neighbors : int, "auto" or None
        Neighbors whose vote is pooled with each round.

    n_jobs : int or None
        Number of jobs of the neighbor search.

    Attributes
    ----------
    gain : float
        By how many standard errors the classifiers of the last round agree more often
        with the given labels of held-out rows than those of the first; NaN after one.

    rescaling : Rescaling or None
        What the probabilities of the last round were smoothed by.
    """

    def __init__(
        self, n_rounds, n_splits, rows_to_keep, smooth=False, n_neighbors=None, n_jobs=None
    ):
        self.n_rounds = n_rounds
        self.n_splits = n_splits
        self.rows_to_keep = rows_to_keep
        self.smooth = smooth
        self.n_neighbors = n_neighbors
        self.n_jobs = n_jobs

    def start(self, X, groups=None, cache=lambda function, ignore: function):
        """Look at the data once, before the first round; `cache` is that of a joblib.Memory."""
        find = cache(neighbor_votes, ignore=["n_jobs"])
        self._votes = find(X, self.n_neighbors, groups, n_jobs=self.n_jobs)
        self._number, self._logs, self._total = 0, 0.0, 0.0
        self.gain, self.rescaling = np.nan, None

    def add(self, y, pred_probs, keep):
        """Take the probabilities of a round; return those of all rounds, pooled.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Given labels as codes.

        pred_probs : ndarray of shape (n_samples, n_classes)
            Out-of-sample probabilities of the round; rows of NaN were not judged.

        keep : ndarray of shape (n_samples,), dtype bool
            Rows that the round was trained on.

        Returns
        -------
        pooled : ndarray of shape (n_samples, n_classes)
            Geometric mean with the number of the round as weight, rows scaled to sum 1;
            rows that no round judged are NaN.
        """
        judged = ~np.isnan(pred_probs[:, 0])
        right = pred_probs.argmax(axis=1) == y
        if self._number == 0:
            self._right, self._judged = right, judged
        else:
            both = judged & self._judged
            self.gain = paired_gain(self._right[both], right[both])
        found = pred_probs.copy()
        if judged.any():
            found[judged] = self._improved(y, pred_probs, keep, judged)
        if self.n_rounds == 1:
            return found
        self._number += 1
        weight = self._number * judged[:, np.newaxis]
        self._logs = self._logs + weight * np.log(np.where(judged[:, np.newaxis], found, 1) + TINY)
        self._total = self._total + weight
        logs = self._logs / np.where(self._total > 0, self._total, np.nan)
        pooled = np.exp(logs - logs.max(axis=1, keepdims=True))
        return (pooled / pooled.sum(axis=1, keepdims=True)).astype(pred_probs.dtype)

    def _improved(self, y, pred_probs, keep, judged):
        """Probabilities of the judged rows, smoothed and pooled with the neighbors."""
        codes, found = y[judged], pred_probs[judged]
        if self.smooth:
            self.rescaling = fit_rescaling(codes, found, found[np.arange(len(codes)), codes])
            found = self.rescaling(found)
        if self._votes is not None:
            votes = self._votes(y, keep, pred_probs.shape[1])[judged]
            found = pool([found, votes], pool_weights(codes, [found, votes]))
        return found
