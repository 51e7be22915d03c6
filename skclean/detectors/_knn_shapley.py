"""Detect label issues by what each sample is worth to a k-NN classifier."""

from numbers import Integral
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skclean._core._votes import shapley_sums, vote_shares
from skclean._issues import LabelIssues
from skclean.detectors._neighbor_search import n_others_in_graph, neighbor_blocks
from skclean.detectors._neighbors import BaseNeighborDetector
from skclean.utils._sklearn import Interval


class KNNShapley(BaseNeighborDetector):
    """Flag the samples that harm the votes on their neighbors.

    The Shapley value of a sample is its share in the accuracy of a k-nearest-neighbors
    classifier, over all orders in which the samples could have been collected. For
    nearest neighbors a recursion gives it exactly [1]_. Here every sample is the test
    of all others, and the values are averaged over these tests. A sample that
    contradicts the labels around it has a negative value.

    Where :class:`NeighborAgreement` asks what the neighbors say of a sample, this asks
    what the sample does to them. It assumes that samples close in the metric mostly
    share their true label, so scale the features first. A sample that is near nobody
    has a value of 0 whatever its label, and where wrong labels sit together they
    support each other. The flags are those of negative value: many where classes
    overlap, and the fewer the more neighbors are ranked, as the shares in right votes
    far away then make up for harm nearby. Rather take the worst by label quality.

    Parameters
    ----------
    n_neighbors : int, default=10
        Number of neighbors that vote; no more than others are there.

    n_ranked : int, default=None
        Number of nearest neighbors of each test that get a value; the others get 0,
        which is at most 1 / n_ranked from their exact value. None is 10 * `n_neighbors`,
        or what a sparse graph holds; it ranks errors better than `n_neighbors`, the
        least. With as many as there are other samples, or more, the values are exact.

    metric : str or callable, default="minkowski"
        Distance, as in :class:`sklearn.neighbors.NearestNeighbors`; "precomputed" takes
        distances instead of data, or a sparse graph of them as
        :class:`sklearn.neighbors.KNeighborsTransformer` makes it.

    n_jobs : int, default=None
        Number of jobs of the neighbor search.

    Attributes
    ----------
    issues_ : LabelIssues
        The findings, aligned with `y`.

    label_quality_ : ndarray of shape (n_samples,)
        (1 + value / largest absolute value) / 2, in [0, 1], so that 0.5 is worth
        nothing; lower is more likely wrong.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the value is negative.

    suggested_label_ : ndarray of shape (n_samples,)
        The label with most votes among the neighbors.

    shapley_values_ : ndarray of shape (n_samples,)
        Shapley values; with all samples ranked they sum to the mean share of votes for
        the given label.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    n_features_in_ : int
        Number of features seen during fit.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    NeighborAgreement : Ask what the neighbors say of a sample; rates new rows.

    Notes
    -----
    Neighbors are found, ranked and let go by blocks of rows, so memory does not grow
    with n_samples * n_ranked; a graph takes that much by itself.

    With `n_ranked` = `n_neighbors` the recursion telescopes: in each test a neighbor
    gets (match - match of the farthest neighbor) / `n_neighbors`, where a match is 1 if
    it has the label of the test, so one count over the neighbor graph is all it takes.

    References
    ----------
    .. [1] Jia, Dao, Wang, Hubis, Gurel, Li, Zhang, Spanos & Song, "Efficient
       Task-Specific Data Valuation for Nearest Neighbor Algorithms", Proceedings of the
       VLDB Endowment 12, 2019.

    Examples
    --------
    >>> from skclean.detectors import KNNShapley
    >>> X = [[0.0], [0.1], [0.2], [0.3], [5.0], [5.1], [5.2], [5.3]]
    >>> y = ["cat", "cat", "dog", "cat", "dog", "dog", "dog", "dog"]
    >>> detector = KNNShapley(n_neighbors=3, n_ranked=3).fit(X, y)
    >>> detector.shapley_values_
    array([ 0.   ,  0.   , -0.125,  0.   ,  0.   ,  0.   ,  0.   ,  0.   ])
    >>> print(detector.suggested_label_[2])
    cat
    """

    _parameter_constraints: dict = {
        **BaseNeighborDetector._parameter_constraints,
        "n_ranked": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(
        self,
        n_neighbors: int = 10,
        *,
        n_ranked: int | None = None,
        metric: Any = "minkowski",
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.n_ranked = n_ranked
        self.metric = metric
        self.n_jobs = n_jobs

    def _detect(self, X, y):
        index = self._build_index(X)
        n_ranked = 10 * self.n_neighbors if self.n_ranked is None else self.n_ranked
        if self.n_ranked is None and self.metric == "precomputed" and issparse(X):
            n_ranked = n_others_in_graph(index)
        n_ranked = min(max(self.n_neighbors, n_ranked), len(y) - 1)
        values, suggested = np.zeros(len(y)), np.empty_like(y)
        suggested_proba = np.empty(len(y))
        n_classes = len(self.classes_)
        for rows, _, neighbors in neighbor_blocks(index, n_ranked, n_classes):
            values += shapley_sums(y, rows, neighbors, self.n_neighbors)
            shares = vote_shares(y[neighbors[:, : self.n_neighbors]], n_classes)
            suggested[rows] = shares.argmax(axis=1)
            suggested_proba[rows] = shares.max(axis=1)
        self.shapley_values_ = values / (len(y) * self.n_neighbors)
        largest = np.abs(self.shapley_values_).max()
        return LabelIssues(
            label_quality=(1 + self.shapley_values_ / (largest or 1.0)) / 2,
            issue_mask=self.shapley_values_ < 0,
            suggested_label=suggested,
            suggested_proba=suggested_proba,
        )
