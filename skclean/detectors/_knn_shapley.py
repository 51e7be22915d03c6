"""Detect label issues by what each sample is worth to a k-NN classifier."""

from numbers import Integral

import numpy as np
from scipy.sparse import issparse

from skclean._core._votes import knn_shapley, vote_shares
from skclean._issues import LabelIssues
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
        Number of neighbors that vote.

    n_ranked : int, default=None
        Number of nearest neighbors of each test that get a value; the others get 0,
        which is at most 1 / n_ranked from their exact value. None is 10 * `n_neighbors`,
        or what a sparse graph holds; it ranks errors better than `n_neighbors`, the
        least. With as many as there are other samples the values are exact, in time and
        memory n_samples * n_ranked.

    metric : str or callable, default="minkowski"
        Distance, as in :class:`sklearn.neighbors.NearestNeighbors`; "precomputed" takes
        distances, or a sparse graph of them, instead of data.

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

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    NeighborAgreement : Ask what the neighbors say of a sample; rates new rows.

    Notes
    -----
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

    def __init__(self, n_neighbors=10, *, n_ranked=None, metric="minkowski", n_jobs=None):
        self.n_neighbors = n_neighbors
        self.n_ranked = n_ranked
        self.metric = metric
        self.n_jobs = n_jobs

    def _detect(self, X, y):
        index = self._build_index(X)
        n_ranked = 10 * self.n_neighbors if self.n_ranked is None else self.n_ranked
        if self.n_ranked is None and self.metric == "precomputed" and issparse(X):
            n_ranked = np.diff(index._fit_X.indptr).min()
        _, neighbors = self._neighbors(index, max(self.n_neighbors, int(n_ranked)))
        self.shapley_values_ = knn_shapley(y, neighbors, self.n_neighbors)
        largest = np.abs(self.shapley_values_).max()
        shares = vote_shares(y[neighbors[:, : self.n_neighbors]], len(self.classes_))
        suggested = shares.argmax(axis=1)
        return LabelIssues(
            label_quality=(1 + self.shapley_values_ / (largest or 1.0)) / 2,
            issue_mask=self.shapley_values_ < 0,
            suggested_label=suggested,
            suggested_proba=shares[np.arange(len(y)), suggested],
        )
