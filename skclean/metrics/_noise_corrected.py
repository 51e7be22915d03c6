"""Scores against the true labels, from given ones and a noise matrix."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls
from sklearn import metrics
from sklearn.utils import check_consistent_length
from sklearn.utils.multiclass import unique_labels

from skclean.metrics._validation import NOISE_MATRIX, noise_matrix_of
from skclean.utils._encoding import check_labels, encode_labels
from skclean.utils._sklearn import StrOptions, _check_sample_weight, validate_params
from skclean.utils._validation import check_noise_matrix

METRICS = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
    "f1": metrics.f1_score,
    "fbeta": metrics.fbeta_score,
    "jaccard": metrics.jaccard_score,
    "cohen_kappa": metrics.cohen_kappa_score,
    "matthews_corrcoef": metrics.matthews_corrcoef,
}
BY_CLASS = {"precision", "recall", "f1", "fbeta", "jaccard"}
AVERAGED = {  # as scikit-learn calls its scorers
    f"{metric}_{average}": (metric, average)
    for metric in ("precision", "recall", "f1", "jaccard")
    for average in ("macro", "micro", "weighted")
}
METRIC = [StrOptions({*METRICS, *AVERAGED}), callable]
LARGEST_CONDITION = 1e8  # beyond it the given labels do not tell the true classes apart
SUM_WEIGHT = 1e4  # of the row that keeps the total, against rows that hold shares
ROUNDING = 1e-12  # shares this small are rounding


def undo_noise(counts, noise_matrix):
    """Non-negative counts [true, predicted] behind counts [given, predicted].

    Each column solves given = noise_matrix.T @ true. Where the exact solution has negative
    entries, the column is the non-negative one of the same total that comes nearest in
    least squares.
    """
    totals = counts.sum(axis=0)
    shares = counts / np.where(totals > 0, totals, 1)
    true = np.linalg.solve(noise_matrix.T, shares)
    system = np.vstack([noise_matrix.T, np.full(len(counts), SUM_WEIGHT)])
    for column in np.flatnonzero((true < 0).any(axis=0)):
        target = np.append(shares[:, column], SUM_WEIGHT)
        true[:, column] = nnls(system, target, maxiter=30 * len(counts))[0]
    true[true < ROUNDING] = 0
    return true * (totals / np.where(totals > 0, true.sum(axis=0), 1))


def score_counts(counts, classes, metric, params):
    """A metric of scikit-learn from counts [true, predicted]: one weighted sample per cell."""
    true, predicted = np.nonzero(counts)
    score = METRICS[metric] if isinstance(metric, str) else metric
    weight = counts[true, predicted]
    return score(classes[true], classes[predicted], sample_weight=weight, **params)


def matrix_and_classes(noise_matrix, classes):
    """Matrix and classes, both from the estimate where there is one."""
    noise_matrix, own = noise_matrix_of(noise_matrix)
    classes = own if classes is None else classes
    noise_matrix = check_noise_matrix(noise_matrix)
    if (condition := np.linalg.cond(noise_matrix)) > LARGEST_CONDITION:
        raise ValueError(
            "The rows of noise_matrix must be linearly independent, or the given labels do not "
            f"tell the true classes apart. Got a condition number of {condition:.1e}; merge "
            "classes whose rows are alike."
        )
    return noise_matrix, classes


@validate_params(
    {
        "y": ["array-like"],
        "y_pred": ["array-like"],
        "noise_matrix": NOISE_MATRIX,
        "metric": METRIC,
        "classes": ["array-like", None],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def noise_corrected_score(
    y: ArrayLike,
    y_pred: ArrayLike,
    noise_matrix: Any,
    metric: str = "accuracy",
    *,
    classes: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    **metric_params: Any,
) -> float:
    """Estimate a score against the true labels from given labels that may be wrong.

    The counts of (given, predicted) are those of (true, predicted) seen through the noise
    matrix. They are traced back, predicted class by predicted class, to the counts of the
    same total that explain them best without being negative, and the metric is that of
    the counts so found [1]_.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Given labels.

    y_pred : array-like of shape (n_samples,)
        Predicted labels, of samples that the classifier was not fitted on.

    noise_matrix : array-like of shape (n_classes, n_classes), NoiseEstimate or estimator
        p(given = j | true = i), rows and columns in the order of the sorted classes or of
        `classes`; each row sums to 1.

    metric : {"accuracy", "balanced_accuracy", "precision", "recall", "f1", "fbeta", \
            "jaccard", "cohen_kappa", "matthews_corrcoef"} or callable, default="accuracy"
        A metric of :mod:`sklearn.metrics` by name, with its average as in "f1_macro" if you
        like, or any function
        ``metric(y_true, y_pred, *, sample_weight, **metric_params)`` that depends on the
        confusion matrix alone.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the matrix, where `y` and `y_pred` lack one.

    sample_weight : array-like of shape (n_samples,), default=None
        Non-negative weights of the samples.

    **metric_params : dict
        Further keywords of the metric, with scikit-learn's names and defaults, such as
        `average`, `pos_label`, `labels` or `zero_division`.

    Returns
    -------
    score : float or ndarray
        What the metric returns; with noise-free labels (the identity matrix) exactly
        the score of scikit-learn.

    Raises
    ------
    ValueError
        If the labels do not match the matrix, a row of it is no distribution, or its
        rows are linearly dependent.

    See Also
    --------
    make_noise_robust_scorer : The same for model selection.

    Notes
    -----
    It is assumed that given and predicted label are independent given the true one. This
    holds for class-conditional noise and predictions on held-out data, not for samples
    that the classifier has seen, wrong labels included, nor for noise near the boundary
    between the classes.

    The estimate is consistent, and its variance grows as the rows of the matrix come
    closer to each other. That counts may not be negative [2]_ has a price in small
    samples: classifiers that are nearly always right score somewhat too low, the more so
    the more classes there are for the counts to scatter over and the more noise: with nearly
    as much as there can be, a few hundred samples tell next to nothing.

    References
    ----------
    .. [1] van Rooyen & Williamson, "A Theory of Learning with Corrupted Labels", Journal
       of Machine Learning Research 18, 2018.

    .. [2] Lawson & Hanson, "Solving Least Squares Problems", Prentice-Hall, 1974.

    Examples
    --------
    >>> from skclean.metrics import noise_corrected_score
    >>> y = ["cat"] * 8 + ["dog"] * 12  # two of ten cats are called dogs
    >>> y_pred = ["cat"] * 10 + ["dog"] * 10  # and each animal is recognised
    >>> round(noise_corrected_score(y, y_pred, [[0.8, 0.2], [0, 1]]), 3)
    1.0
    """
    noise_matrix, classes = matrix_and_classes(noise_matrix, classes)
    check_consistent_length(y, y_pred)
    y, y_pred = check_labels(y), check_labels(y_pred)
    if classes is None:
        classes = unique_labels(y, y_pred)
    elif len(unknown := np.setdiff1d(y_pred, classes)):
        raise ValueError(f"y_pred holds labels that are not in classes: {unknown[:5].tolist()}.")
    classes, given = encode_labels(y, classes)
    _, predicted = encode_labels(y_pred, classes)
    if len(classes) != len(noise_matrix):
        raise ValueError(
            f"noise_matrix must have one row per class. Got {len(noise_matrix)} rows for "
            f"{len(classes)} classes {classes[:10].tolist()}; pass classes= if a class is absent "
            "from y and y_pred."
        )
    if metric in AVERAGED:
        if "average" in metric_params:
            raise ValueError(
                f"metric={metric!r} names its average. Got average={metric_params['average']!r} "
                f"as well; pass metric={AVERAGED[metric][0]!r} with it."
            )
        metric, metric_params["average"] = AVERAGED[metric]
    weight = _check_sample_weight(sample_weight, y, ensure_non_negative=True)
    cells = given * len(classes) + predicted
    counts = np.bincount(cells, weights=weight, minlength=len(classes) ** 2)
    counts = undo_noise(counts.reshape(len(classes), len(classes)), noise_matrix)
    if metric in BY_CLASS and metric_params.get("average", "binary") != "binary":
        metric_params.setdefault("labels", unique_labels(y, y_pred))  # also those corrected away
    return score_counts(counts, classes, metric, metric_params)
