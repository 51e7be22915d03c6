"""Detect label issues as the samples that all kinds of classifiers find hard."""

from numbers import Real
from typing import Any

import numpy as np

from skclean.detectors._base import issues_below
from skclean.detectors._ensemble import BaseEnsembleDetector, default_classifiers
from skclean.utils._sklearn import Interval
from skclean.utils._typing import Seed


class InstanceHardness(BaseEnsembleDetector):
    """Flag the samples that many kinds of classifiers find hard.

    The hardness of a sample is 1 less the probability of its given label, averaged over
    classifiers of different kinds that have not seen it [1]_; label quality is 1 less
    the hardness.

    Hardness does not tell a wrong label from a right one in an overlap of classes, a
    rare class, or a region without data; it ranks well, but a fixed threshold flags too
    many where classes overlap or probabilities are timid. Classifiers of one kind make
    it the confidence of that kind. :func:`skclean.detectors.hardness_measures` says why
    a sample is hard.

    Parameters
    ----------
    estimators : list of estimators or of (name, estimator) tuples, default=None
        Classifiers with `predict_proba`, with names where their parameters are to be
        tuned as ``name__parameter``. None is a decision tree, 5 neighbors, logistic
        regression and naive Bayes on scaled numbers; they take gaps, dataframes with
        text columns and, but for naive Bayes, which is left out, sparse data.

    threshold : float, default=0.5
        Samples with a label quality strictly below this are flagged.

    cv : int, cross-validation generator, iterable or "oob", default=None
        Folds. None is 5 stratified folds, an int as many. "oob" fits each classifier once,
        all of which must bag, and lets each sample be judged by the members that left it
        out.

    n_jobs : int, default=None
        Number of folds fitted at a time, or with ``cv="oob"`` of members.

    random_state : int, RandomState instance or None, default=None
        Shuffles the folds of an int `cv`, and seeds what is unseeded in `estimators`.
        None leaves the rows of an int `cv` in order and the classifiers as they are; those of
        `cv=None` are shuffled all the same, always alike.

    memory : str or object with the joblib.Memory interface, default=None
        Caches the probabilities and the fitted folds, so that a search over other
        parameters fits each classifier once per fold.

    Attributes
    ----------
    issues_ : LabelIssues
        The findings, aligned with `y`.

    label_quality_ : ndarray of shape (n_samples,)
        Mean probability of the given label in [0, 1]; lower is more likely wrong.
        Samples that no fold could judge have 1.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong.

    suggested_label_ : ndarray of shape (n_samples,)
        The most probable label of each sample.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    pred_probs_ : ndarray of shape (n_samples, n_classes)
        Out-of-sample probabilities, the mean over the classifiers; rows of NaN could
        not be judged.

    estimators_ : list of lists of estimators
        For each classifier, the one of each fold.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    hardness_measures : Cheap measures that explain the hardness of a sample.
    EnsembleFilter : Count the votes of the classifiers instead.

    References
    ----------
    .. [1] Smith, Martinez & Giraud-Carrier, "An instance level analysis of data
       complexity", Machine Learning 95, 2014.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skclean.detectors import InstanceHardness
    >>> X, y = load_iris(return_X_y=True)
    >>> y[[3, 60]] = [2, 0]
    >>> detector = InstanceHardness().fit(X, y)
    >>> sorted(detector.issues_.ranked_indices()[:2].tolist())
    [3, 60]
    """

    _parameter_constraints: dict = {
        **BaseEnsembleDetector._parameter_constraints,
        "threshold": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        estimators: Any = None,
        *,
        threshold: float = 0.5,
        cv: Any = None,
        n_jobs: int | None = None,
        random_state: Seed = None,
        memory: Any = None,
    ) -> None:
        self.estimators = estimators
        self.threshold = threshold
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.memory = memory

    def _get_estimators(self, X=None):
        if self.estimators is None:
            return default_classifiers(X, naive_bayes=True)
        return super()._get_estimators(X)

    def _judge(self, y, votes, mean_probs):
        rows = np.arange(len(y))
        judged = ~np.isnan(mean_probs[:, 0])
        return issues_below(self.threshold, y, mean_probs[rows, y], mean_probs, judged)

    def _score_labels(self, X, y):
        _, mean_probs = self._votes_on_new_rows(X, y)
        return mean_probs[np.arange(len(y)), y]
