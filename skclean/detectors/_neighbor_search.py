"""Find the nearest other samples, ties in the order of the rows."""

import numpy as np
from scipy.sparse import csr_matrix, issparse
from sklearn.neighbors import VALID_METRICS, NearestNeighbors, sort_graph_by_row_values

MAX_TREE_FEATURES = 15
N_SPARE = 5


def _without_self(graph):
    """Graph of distances in which no sample is its own neighbor."""
    graph = graph.tocoo()
    others = graph.row != graph.col
    entries = graph.data[others], (graph.row[others], graph.col[others])
    graph = csr_matrix(entries, shape=graph.shape)
    return sort_graph_by_row_values(graph, warn_when_not_sorted=False)


def build_index(X, metric="minkowski", n_jobs=None):
    """Index for neighbor search; trees do not pay beyond some 15 features."""
    if metric == "precomputed" and issparse(X):
        X = _without_self(X)
    brute = X.shape[1] > MAX_TREE_FEATURES and metric in VALID_METRICS["brute"]
    algorithm = "brute" if brute else "auto"
    return NearestNeighbors(algorithm=algorithm, metric=metric, n_jobs=n_jobs).fit(X)


def nearest(index, n_neighbors, X=None):
    """Distances and indices of the nearest samples, ties in the order of the rows.

    A few neighbors more than needed are asked for, so that samples at equal distance
    are the first ones of the data rather than the first ones found.
    """
    n_others = index.n_samples_fit_ - (X is None)
    n_neighbors = min(n_neighbors, n_others)
    n_spare = N_SPARE
    if index.metric == "precomputed" and issparse(index._fit_X if X is None else X):
        n_spare = 0  # a graph holds no more
        X = index._fit_X if X is None else X
    distances, neighbors = index.kneighbors(X, min(n_neighbors + n_spare, n_others))
    order = np.lexsort((neighbors, distances), axis=1)[:, :n_neighbors]
    return np.take_along_axis(distances, order, 1), np.take_along_axis(neighbors, order, 1)
