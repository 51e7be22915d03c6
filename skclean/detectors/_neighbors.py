"""What the detectors that ask neighbors have in common."""

from itertools import chain
from numbers import Integral

import numpy as np
from scipy.sparse import csr_matrix, issparse
from sklearn.neighbors import VALID_METRICS, NearestNeighbors, sort_graph_by_row_values

from skclean.detectors._base import BaseDetector
from skclean.utils._sklearn import Interval, StrOptions

MAX_TREE_FEATURES = 15
N_SPARE = 5


def _without_self(graph):
    """Graph of distances in which no sample is its own neighbor."""
    graph = graph.tocoo()
    others = graph.row != graph.col
    entries = graph.data[others], (graph.row[others], graph.col[others])
    graph = csr_matrix(entries, shape=graph.shape)
    return sort_graph_by_row_values(graph, warn_when_not_sorted=False)


class BaseNeighborDetector(BaseDetector):
    """Base of detectors that own `n_neighbors`, `metric` and `n_jobs`.

    With ``metric="precomputed"`` X holds the distances between all samples: dense, or a
    sparse graph such as :func:`sklearn.neighbors.kneighbors_graph` makes.
    """

    _parameter_constraints: dict = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "metric": [StrOptions({*chain(*VALID_METRICS.values()), "precomputed"}), callable],
        "n_jobs": [Integral, None],
    }

    def _build_index(self, X):
        """Index for neighbor search; trees do not pay beyond some 15 features."""
        if self.metric == "precomputed" and issparse(X):
            X = _without_self(X)
        brute = X.shape[1] > MAX_TREE_FEATURES and self.metric in VALID_METRICS["brute"]
        return NearestNeighbors(
            algorithm="brute" if brute else "auto", metric=self.metric, n_jobs=self.n_jobs
        ).fit(X)

    def _neighbors(self, index, n_neighbors, X=None):
        """Distances and indices of the nearest samples, ties in the order of the rows.

        A few neighbors more than needed are asked for, so that samples at equal distance
        are the first ones of the data rather than the first ones found.
        """
        n_others = index.n_samples_fit_ - (X is None)
        n_neighbors = min(n_neighbors, n_others)
        n_spare = N_SPARE
        if self.metric == "precomputed" and issparse(index._fit_X if X is None else X):
            n_spare = 0  # a graph holds no more
            X = index._fit_X if X is None else X
        distances, neighbors = index.kneighbors(X, min(n_neighbors + n_spare, n_others))
        order = np.lexsort((neighbors, distances), axis=1)[:, :n_neighbors]
        return np.take_along_axis(distances, order, 1), np.take_along_axis(neighbors, order, 1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.metric == "precomputed"
        tags.input_tags.sparse = True
        return tags
