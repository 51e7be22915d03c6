"""Cheap measures of why a sample is hard to classify."""

from numbers import Integral

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import Bunch, check_X_y

from skclean.detectors._ensemble import SteadyNB
from skclean.utils._encoding import encode_labels
from skclean.utils._sklearn import Interval, validate_params

MIN_SAMPLES_LEAF = 5


@validate_params(
    {
        "X": ["array-like"],
        "y": ["array-like"],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def hardness_measures(X, y, *, n_neighbors=5):
    """Measure in several ways how hard each sample is to classify.

    The measures of [1]_ that need no cross-validation. Two replace what scikit-learn
    lacks: the pruned tree has at least 5 samples per leaf, where the paper prunes as
    C4.5 does; and the class likelihoods come from Gaussian naive Bayes with equal
    priors, rescaled to sum to 1 over the classes; where no feature varies, all classes
    are as likely.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Data, numbers without gaps.

    y : array-like of shape (n_samples,)
        Given labels.

    n_neighbors : int, default=5
        Number of neighbors of `k_disagreeing_neighbors`.

    Returns
    -------
    measures : Bunch
        Arrays of shape (n_samples,):

        - `k_disagreeing_neighbors`: share of the nearest neighbors with another label;
          high is hard.
        - `disjunct_size`: size of the leaf of the sample in an unpruned tree less 1, over
          that of the largest leaf, in [0, 1]; low is hard.
        - `disjunct_class_percentage`: share of the samples in its leaf of a pruned tree
          that have its label; low is hard.
        - `tree_depth_pruned`, `tree_depth_unpruned`: depth of these leaves; high is hard.
        - `class_likelihood`: likelihood of the sample under its class, in [0, 1]; low is
          hard.
        - `class_likelihood_difference`: that less the largest of another class, in
          [-1, 1]; low is hard.
        - `minority_value`: size of its class over that of the largest; low is hard.
        - `class_balance`: share of its class less 1 / n_classes; low is hard.

    Raises
    ------
    ValueError
        If X has missing values or y a single class.

    See Also
    --------
    InstanceHardness : The hardness that they are to explain.

    References
    ----------
    .. [1] Smith, Martinez & Giraud-Carrier, "An instance level analysis of data
       complexity", Machine Learning 95, 2014.

    Examples
    --------
    >>> from skclean.detectors import hardness_measures
    >>> X = [[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]
    >>> y = ["cat", "cat", "dog", "dog", "dog", "dog"]
    >>> measures = hardness_measures(X, y, n_neighbors=2)
    >>> measures.k_disagreeing_neighbors
    array([0.5, 0.5, 1. , 0. , 0. , 0. ])
    >>> measures.minority_value
    array([0.5, 0.5, 1. , 1. , 1. , 1. ])
    """
    classes, codes = encode_labels(y)
    if len(classes) < 2:
        raise ValueError(f"y must hold at least two classes. Got {classes.tolist()}.")
    X, codes = check_X_y(X, codes)
    rows = np.arange(len(codes))
    counts = np.bincount(codes)
    neighbors = NearestNeighbors(n_neighbors=min(n_neighbors, len(codes) - 1)).fit(X)
    neighbors = neighbors.kneighbors(return_distance=False)
    full = DecisionTreeClassifier(random_state=0).fit(X, codes)
    pruned = DecisionTreeClassifier(min_samples_leaf=MIN_SAMPLES_LEAF, random_state=0)
    pruned.fit(X, codes)
    leaf_size, _, depth_unpruned = _leaves(full, X, codes)
    _, class_share, depth_pruned = _leaves(pruned, X, codes)
    likelihood = SteadyNB(priors=np.full(len(classes), 1 / len(classes))).fit(X, codes)
    likelihood = likelihood.predict_proba(X)
    own = likelihood[rows, codes]
    likelihood[rows, codes] = -1
    return Bunch(
        k_disagreeing_neighbors=(codes[neighbors] != codes[:, np.newaxis]).mean(axis=1),
        disjunct_size=(leaf_size - 1) / max(leaf_size.max() - 1, 1),
        disjunct_class_percentage=class_share,
        tree_depth_pruned=depth_pruned,
        tree_depth_unpruned=depth_unpruned,
        class_likelihood=own,
        class_likelihood_difference=own - likelihood.max(axis=1),
        minority_value=counts[codes] / counts.max(),
        class_balance=counts[codes] / len(codes) - 1 / len(classes),
    )


def _leaves(tree, X, codes):
    """Size, share of the sample's own class, and depth of the leaf of each sample."""
    path = tree.decision_path(X)
    _, leaf = np.unique(tree.apply(X), return_inverse=True)
    cells = leaf * (codes.max() + 1) + codes
    size = np.bincount(leaf)[leaf]
    same = np.bincount(cells)[cells]
    return size, same / size, np.diff(path.indptr) - 1
