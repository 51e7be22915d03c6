"""Find the nearest other samples by blocks of rows, ties in the order of the rows."""

import numpy as np
from scipy.sparse import issparse
from sklearn import get_config
from sklearn.neighbors import VALID_METRICS, NearestNeighbors, sort_graph_by_row_values

MAX_TREE_FEATURES = 15
N_SPARE = 5
SEARCH_CELLS = 1 << 17  # neighbors and votes of a block; searches like tall blocks
GRAPH_CELLS = 1 << 14
CELL_BYTES = 64  # of a neighbor while its block is at work
MAX_BLOCKS = 64  # of a graph, as a sum over all samples is made for each


def build_index(X, metric="minkowski", n_jobs=None):
    """Index for neighbor search; trees do not pay beyond some 15 features.

    The search by brute force takes 32-bit floats as they are and 64-bit ones too:
    scikit-learn computes the distances of both in 64 bits, in the same time.
    """
    if metric == "precomputed" and issparse(X):
        X = sort_graph_by_row_values(X.tocsr(), copy=True, warn_when_not_sorted=False)
    brute = X.shape[1] > MAX_TREE_FEATURES and metric in VALID_METRICS["brute"]
    algorithm = "brute" if brute else "auto"
    return NearestNeighbors(algorithm=algorithm, metric=metric, n_jobs=n_jobs).fit(X)


def _is_graph(index, X):
    """Do rows hold some distances rather than data or all distances?"""
    return index.metric == "precomputed" and issparse(X)


def _row_numbers(graph):
    """Row of each entry of a graph."""
    dtype = graph.indices.dtype
    return np.repeat(np.arange(graph.shape[0], dtype=dtype), np.diff(graph.indptr))


def n_others_in_graph(index):
    """Number of other samples in the shortest row of the graph that was indexed."""
    graph = index._fit_X
    themselves = graph.indices[graph.indices == _row_numbers(graph)]
    n_others = np.diff(graph.indptr) - np.bincount(themselves, minlength=graph.shape[0])
    return int(n_others.min())


def row_blocks(index, n_neighbors, n_classes=0, X=None):
    """Slices over the rows to ask for, as tall as memory allows."""
    asked = index._fit_X if X is None else X
    n_rows, width = asked.shape[0], n_neighbors + N_SPARE + n_classes
    graph = _is_graph(index, asked)
    step = (GRAPH_CELLS if graph else SEARCH_CELLS) // width
    if graph:
        step = max(step, n_rows // MAX_BLOCKS)
    step = min(step, int(get_config()["working_memory"] * 2**20) // (CELL_BYTES * width))
    step = max(1, step)
    return [slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step)]


def _first(distances, neighbors, n_neighbors):
    """The nearest ones; among equal distances the first ones of the data."""
    tied = np.flatnonzero((distances[:, 1:] <= distances[:, :-1]).any(axis=1))
    if len(tied):  # they may be views of a graph
        distances, neighbors = distances.copy(), neighbors.copy()
    order = np.lexsort((neighbors[tied], distances[tied]), axis=1)
    distances[tied] = np.take_along_axis(distances[tied], order, 1)
    neighbors[tied] = np.take_along_axis(neighbors[tied], order, 1)
    return distances[:, :n_neighbors], neighbors[:, :n_neighbors]


def _others(distances, neighbors, rows):
    """All but the samples themselves, or the farthest where they are not among them."""
    other = neighbors != np.arange(rows.start, rows.stop)[:, np.newaxis]
    other[other.all(axis=1), -1] = False
    shape = len(neighbors), -1
    return distances[other].reshape(shape), neighbors[other].reshape(shape)


def _search(index, n_neighbors, asked, rows, *, leave_out_self):
    n_found = min(n_neighbors + N_SPARE + leave_out_self, index.n_samples_fit_)
    distances, neighbors = index.kneighbors(asked[rows], n_found)
    if leave_out_self:
        distances, neighbors = _others(distances, neighbors, rows)
    return _first(distances, neighbors, n_neighbors)


def _look_up(n_neighbors, graph, rows, *, leave_out_self):
    graph = graph[rows]
    number, neighbors, distances = _row_numbers(graph), graph.indices, graph.data
    if leave_out_self:
        other = neighbors != number + rows.start
        number, neighbors, distances = number[other], neighbors[other], distances[other]
    n_held = np.bincount(number, minlength=graph.shape[0])
    least = n_held.min()
    if least < n_neighbors:
        raise ValueError(
            f"{n_neighbors} neighbors are required of each sample, but the precomputed graph "
            f"holds only {least} in row {rows.start + n_held.argmin()}. Decrease n_neighbors, or "
            "make the graph with more neighbors."
        )
    if n_held.max() == least:
        return _first(distances.reshape(-1, least), neighbors.reshape(-1, least), n_neighbors)
    starts = np.cumsum(n_held) - n_held
    order = np.lexsort((neighbors, distances, number))
    order = order[starts[:, np.newaxis] + np.arange(n_neighbors)]
    return distances[order], neighbors[order]


def neighbor_blocks(index, n_neighbors, n_classes=0, X=None):
    """Yield the nearest samples of the rows, block by block.

    A few neighbors more than needed are asked for, so that samples at equal distance
    are the first ones of the data rather than the first ones found.

    Parameters
    ----------
    index : NearestNeighbors
        The samples that are asked.

    n_neighbors : int
        How many of them; all that there are where they are fewer.

    n_classes : int, default=0
        Width of what the caller makes of each row, so that blocks are no larger.

    X : {ndarray, sparse matrix}, default=None
        Rows to find neighbors of; None takes those of the index, without themselves.

    Yields
    ------
    rows : slice
        The rows of the block.

    distances, neighbors : ndarray of shape (n_rows, n_neighbors)
        Nearest first.
    """
    asked, leave_out_self = index._fit_X if X is None else X, X is None
    n_neighbors = min(n_neighbors, index.n_samples_fit_ - leave_out_self)
    if issparse(asked):
        asked = asked.tocsr()
    for rows in row_blocks(index, n_neighbors, n_classes, X):
        if _is_graph(index, asked):
            found = _look_up(n_neighbors, asked, rows, leave_out_self=leave_out_self)
        else:
            found = _search(index, n_neighbors, asked, rows, leave_out_self=leave_out_self)
        yield rows, *found


def nearest(index, n_neighbors, X=None):
    """Distances and indices of the nearest samples of all rows; see `neighbor_blocks`."""
    n_neighbors = min(n_neighbors, index.n_samples_fit_ - (X is None))
    shape = (index.n_samples_fit_ if X is None else X.shape[0]), n_neighbors
    all_distances, all_neighbors = np.empty(shape), np.empty(shape, dtype=np.intp)
    for rows, distances, neighbors in neighbor_blocks(index, n_neighbors, X=X):
        all_distances[rows], all_neighbors[rows] = distances, neighbors
    return all_distances, all_neighbors
