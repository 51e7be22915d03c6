"""Detect label issues by asking the neighbors of each sample."""

from numbers import Integral, Real
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.validation import validate_data

from skclean._core._classes import class_counts
from skclean._core._votes import best_of_each_class, vote_shares
from skclean._issues import LabelIssues
from skclean.detectors._neighbor_search import neighbor_blocks
from skclean.detectors._neighbors import BaseNeighborDetector
from skclean.utils._sklearn import Interval, StrOptions

FOUND = ("label_quality", "lowest", "suggested_label", "suggested_proba")


def distance_weights(distances):
    """Inverse distances; where neighbors are at distance 0, these alone count."""
    same = distances == 0
    weights = 1 / np.where(same, 1, distances)
    return np.where(same.any(axis=1, keepdims=True), same, weights)


class NeighborAgreement(BaseNeighborDetector):
    """Flag the samples whose nearest neighbors carry another label.

    The label quality of a sample is the share of its neighbors with the same given
    label: 1 less the "k-disagreeing neighbors" of [1]_. With two classes, an odd number
    of neighbors and a threshold of one half the flags are those of Wilson's edited
    nearest neighbors (ENN) [2]_, and `editing` gives Tomek's two extensions of it [3]_, but for
    classes of no more than `n_neighbors` samples, which would be flagged for being small.
    With more classes ENN spares a label that has most votes, though not half of them;
    this detector flags it.

    It assumes that samples close in the metric mostly share their true label, so scale
    the features first. It fails where wrong labels sit together, where the metric says
    little (many uninformative features), and flags rare classes and the edges of honest
    overlap.

    Parameters
    ----------
    n_neighbors : int, default=10
        Number of neighbors to ask, the sample itself excluded; no more than others are there.

    weights : {"uniform", "distance"}, default="uniform"
        "distance" weighs each neighbor by the inverse of its distance; duplicates of a
        sample then outvote all others.

    editing : {"once", "repeated", "all_k"}, default="once"
        How flags are made. "repeated" asks again, only the samples not yet flagged,
        until no more are flagged or only `n_neighbors` are left (RENN, at most `max_iter`
        rounds); label quality is then the agreement of the neighbors that were kept.
        "all_k" flags what any of the 1, 2, ..., `n_neighbors` nearest would flag
        (All-kNN); label quality is then the mean agreement over these numbers, in which
        near neighbors count more.

    threshold : float, default=0.5
        Samples with an agreement strictly below this share are flagged. Where a class has
        fewer other samples than neighbors are asked, it is the share of these others; the only
        sample of a class is never flagged.

    max_iter : int, default=10
        Largest number of rounds of "repeated" editing.

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
        Share of agreeing neighbors in [0, 1]; lower is more likely wrong.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong.

    suggested_label_ : ndarray of shape (n_samples,)
        The label with most votes among the neighbors.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    index_ : NearestNeighbors
        The index over the samples that are asked.

    n_features_in_ : int
        Number of features seen during fit.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    KNNShapley : Rate each sample by what it does to the votes on its neighbors.
    ConfidentLearning : Flag labels that out-of-sample predictions contradict.

    Notes
    -----
    Ties go by the order of rows, among the nearest neighbors and five more, and of
    classes. Above 15 features neighbors are searched by brute force, which is then
    faster than trees. Its distances are computed in 64 bits, of 32-bit data as well,
    which take the same time and half the memory. Neighbors are asked by blocks of rows,
    so memory grows with n_samples alone; a graph takes what it holds.

    References
    ----------
    .. [1] Smith, Martinez & Giraud-Carrier, "An instance level analysis of data
       complexity", Machine Learning 95, 2014.
    .. [2] Wilson, "Asymptotic Properties of Nearest Neighbor Rules Using Edited Data",
       IEEE Transactions on Systems, Man, and Cybernetics 2, 1972.
    .. [3] Tomek, "An Experiment with the Edited Nearest-Neighbor Rule", IEEE
       Transactions on Systems, Man, and Cybernetics 6, 1976.

    Examples
    --------
    >>> from skclean.detectors import NeighborAgreement
    >>> X = [[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]
    >>> y = ["cat", "cat", "dog", "dog", "dog", "dog"]
    >>> detector = NeighborAgreement(n_neighbors=2).fit(X, y)
    >>> detector.label_quality_
    array([0.5, 0.5, 0. , 1. , 1. , 1. ])
    >>> detector.issue_mask_
    array([False, False,  True, False, False, False])
    """

    _parameter_constraints: dict = {
        **BaseNeighborDetector._parameter_constraints,
        "weights": [StrOptions({"uniform", "distance"})],
        "editing": [StrOptions({"once", "repeated", "all_k"})],
        "threshold": [Interval(Real, 0, 1, closed="both")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        n_neighbors: int = 10,
        *,
        weights: str = "uniform",
        editing: str = "once",
        threshold: float = 0.5,
        max_iter: int = 10,
        metric: Any = "minkowski",
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.editing = editing
        self.threshold = threshold
        self.max_iter = max_iter
        self.metric = metric
        self.n_jobs = n_jobs

    def _detect(self, X, y, trusted=None):
        if self.editing == "repeated" and self.metric == "precomputed":
            raise ValueError(
                'editing="repeated" asks fewer samples in every round, which distances by '
                'metric="precomputed" do not allow. Got both; use editing="once".'
            )
        X = X.tocsr() if issparse(X) else X
        self.index_, self._asked_y = self._build_index(X), y
        found = self._ask(y)
        flagged = found["lowest"] < self.threshold
        if self.editing == "repeated":
            found, flagged = self._repeat(X, y, found, flagged, trusted)
        return LabelIssues(
            label_quality=found["label_quality"],
            issue_mask=flagged,
            suggested_label=found["suggested_label"],
            suggested_proba=found["suggested_proba"],
        )

    def _ask(self, y, X=None):
        """What the neighbors say of each row, by name; see `_agreement`."""
        found = {name: np.empty(len(y)) for name in FOUND}
        found["suggested_label"] = np.empty_like(y)
        n_classes = len(self.classes_)
        n_others = np.maximum(class_counts(self._asked_y, n_classes) - 1, 0)
        blocks = neighbor_blocks(self.index_, self.n_neighbors, n_classes, X)
        for rows, distances, neighbors in blocks:
            votes = self._asked_y[neighbors]
            uniform = self.weights == "uniform"
            weights = np.ones(distances.shape) if uniform else distance_weights(distances)
            agrees = votes == y[rows, np.newaxis]
            quality, lowest = self._agreement(agrees, weights, n_others[y[rows]])
            shares = vote_shares(votes, n_classes, weights)
            found["label_quality"][rows], found["lowest"][rows] = quality, lowest
            found["suggested_label"][rows] = shares.argmax(axis=1)
            found["suggested_proba"][rows] = shares.max(axis=1)
        return found

    def _agreement(self, agrees, weights, n_others):
        """Label quality, and the lowest agreement that editing holds against a sample.

        The latter is the share of the other samples of the class where they are fewer than the
        neighbors asked, so that no class is flagged for being small.
        """
        total = np.cumsum(weights, axis=1)
        agreeing = np.cumsum(weights * agrees, axis=1)
        shares = agreeing / np.where(total > 0, total, 1)
        n_asked = np.arange(1, weights.shape[1] + 1)
        reachable = total * np.minimum(n_others[:, np.newaxis], n_asked) / n_asked
        held = np.divide(agreeing, reachable, out=np.ones_like(shares), where=reachable > 0)
        if self.editing == "all_k":
            return shares.mean(axis=1), held.min(axis=1)
        return shares[:, -1], held[:, -1]

    def _repeat(self, X, y, found, flagged, trusted):
        """Ask those not flagged until they flag no more; one of every class stays."""
        asked = False if trusted is None else trusted
        for _ in range(self.max_iter - 1):
            kept = ~flagged | asked
            kept[best_of_each_class(y, found["label_quality"])] = True
            if kept.all() or kept.sum() <= self.n_neighbors:
                break
            self.index_, self._asked_y = self._build_index(X[kept]), y[kept]
            found = {name: values.copy() for name, values in found.items()}
            for rows, asking in [(kept, None), (~kept, X[~kept])]:
                for name, values in self._ask(y[rows], asking).items():
                    found[name][rows] = values
            more = ~flagged & (found["lowest"] < self.threshold)
            if not more.any():
                break
            flagged = flagged | more
        return found, flagged

    def _score_labels(self, X, y):
        X = validate_data(self, X, reset=False, accept_sparse=True)
        return self._ask(y, X)["label_quality"]
