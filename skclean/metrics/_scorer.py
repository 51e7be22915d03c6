"""A scorer for model selection on labels that may be wrong."""

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike
from sklearn.metrics import make_scorer

from skclean.metrics._noise_corrected import METRIC, matrix_and_classes, noise_corrected_score
from skclean.metrics._validation import NOISE_MATRIX
from skclean.utils._sklearn import validate_params


@validate_params(
    {
        "noise_matrix": NOISE_MATRIX,
        "metric": METRIC,
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def make_noise_robust_scorer(
    noise_matrix: Any,
    metric: str = "accuracy",
    *,
    classes: ArrayLike | None = None,
    **metric_params: Any,
) -> Callable[..., float]:
    """Make a scorer that estimates the score on the true labels.

    With it :class:`~sklearn.model_selection.GridSearchCV` chooses what is best on the true
    labels although it sees the given ones only. The noise matrix must be known or
    estimated beforehand, see :func:`skclean.estimate_noise_matrix`.

    Parameters
    ----------
    noise_matrix : array-like of shape (n_classes, n_classes), NoiseEstimate or estimator
        p(given = j | true = i), rows and columns in the order of the sorted classes or of
        `classes`; each row sums to 1. A fitted estimator is one with a `noise_matrix_`, such
        as :class:`~skclean.NoiseMatrixEstimator`.

    metric : str or callable, default="accuracy"
        A score of which more is better and that depends on the confusion matrix alone, such
        as "balanced_accuracy", "f1" or "f1_macro"; see
        :func:`noise_corrected_score` for all. Scores of probabilities, such as the area
        under the ROC curve, cannot be corrected so.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the matrix; needed where a test fold may lack one.
        An estimate and an estimator of the noise bring their own.

    **metric_params : dict
        Further keywords of the metric, such as `average` or `pos_label`.

    Returns
    -------
    scorer : callable
        Scorer with the signature ``scorer(estimator, X, y)``, for any `scoring` parameter
        of scikit-learn. It can request `sample_weight`. It takes the labels that it is given
        for noisy ones: where clean labels are at hand, score on them as usual.

    Raises
    ------
    ValueError
        If a row of `noise_matrix` is no distribution or its rows are linearly dependent.

    See Also
    --------
    noise_corrected_score : The score and what it assumes: given and predicted label are
        independent given the true one, as for held-out data and class-conditional noise.

    Notes
    -----
    The noise matrix must come from elsewhere than the models that are compared: one that was
    estimated by a model as weak as these takes their errors for wrong labels, and corrected scores
    come out far too high.

    For two classes the plain balanced accuracy orders classifiers as the corrected one
    does [1]_; other scores, above all accuracy, can choose wrongly without correction
    where the classes differ in their noise.

    References
    ----------
    .. [1] Menon, van Rooyen, Ong & Williamson, "Learning from Corrupted Binary Labels
       via Class-Probability Estimation", International Conference on Machine Learning,
       2015.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_val_score
    >>> from skclean.metrics import make_noise_robust_scorer
    >>> from skclean.simulation import make_noisy_classification
    >>> noise_matrix = [[0.6, 0.4], [0, 1]]
    >>> X, y, y_true = make_noisy_classification(500, noise=noise_matrix, random_state=0)
    >>> scorer = make_noise_robust_scorer(noise_matrix, "balanced_accuracy")
    >>> scores = cross_val_score(LogisticRegression(), X, y, scoring=scorer)
    """
    noise_matrix, classes = matrix_and_classes(noise_matrix, classes)
    return make_scorer(
        noise_corrected_score,
        noise_matrix=noise_matrix,
        metric=metric,
        classes=classes,
        **metric_params,
    )
