"""Detect label issues by the out-of-bag votes of a random forest."""

import warnings
from numbers import Integral, Real

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils.validation import validate_data

from skclean._core._quality import normalized_margin
from skclean.detectors._base import BaseDetector, issues_below
from skclean.utils._cross_val import check_judged
from skclean.utils._sklearn import Interval
from skclean.utils._typing import Seed


class ForestMargin(BaseDetector):
    """Flag the samples that the out-of-bag trees of a random forest contradict.

    Each tree of the forest is grown on a bootstrap sample and votes on the samples that
    were not in it. The margin of a sample is the share of these votes for its given
    label less the largest share of another label [1]_. This is one fit, where
    cross-validation takes five.

    Trees split on what tells the classes apart and need no scaling, so this suits
    tables. About 37 % of the trees vote on a sample, so margins are coarse with few
    trees; 200 are a fair start. Leaves of a single sample repeat a wrong label to its
    neighbors; with much noise, a larger `min_samples_leaf` is better. Where wrong labels
    follow the features, the forest learns them.

    Parameters
    ----------
    n_estimators : int, default=200
        Number of trees.

    min_samples_leaf : int, default=1
        Least number of samples in a leaf.

    threshold : float, default=0.5
        Samples with a label quality strictly below this are flagged; 0.5 is a margin of
        0, so that another label has more votes.

    n_jobs : int, default=None
        Number of trees grown at a time.

    random_state : int, RandomState instance or None, default=None
        Randomness of the forest. None is the same at every call: its seed is fixed.

    Attributes
    ----------
    issues_ : LabelIssues
        The findings, aligned with `y`.

    label_quality_ : ndarray of shape (n_samples,)
        (1 + margin) / 2, in [0, 1]; lower is more likely wrong. Samples that were in
        the bag of every tree have 1.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong.

    suggested_label_ : ndarray of shape (n_samples,)
        The label with most votes.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    pred_probs_ : ndarray of shape (n_samples, n_classes)
        Out-of-bag probabilities; rows of NaN were in the bag of every tree.

    estimator_ : RandomForestClassifier
        The forest, fitted on class codes.

    n_features_in_ : int
        Number of features seen during fit.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    ConfidentLearning : Thresholds by class on the probabilities of any classifier; takes
        `pred_probs_` as its `pred_probs`.
    TrainingDynamics : Margins over the stages of a boosting.

    References
    ----------
    .. [1] Breiman, "Random Forests", Machine Learning 45, 2001.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skclean.detectors import ForestMargin
    >>> X, y = load_iris(return_X_y=True)
    >>> y[[3, 60]] = [2, 0]
    >>> detector = ForestMargin().fit(X, y)
    >>> detector.issue_mask_[[3, 60]]
    array([ True,  True])
    >>> detector.suggested_label_[[3, 60]]
    array([0, 1])
    """

    _parameter_constraints: dict = {
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "threshold": [Interval(Real, 0, 1, closed="both")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_estimators: int = 200,
        *,
        min_samples_leaf: float = 1,
        threshold: float = 0.5,
        n_jobs: int | None = None,
        random_state: Seed = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.min_samples_leaf = min_samples_leaf
        self.threshold = threshold
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _detect(self, X, y):
        self.estimator_ = RandomForestClassifier(
            self.n_estimators,
            min_samples_leaf=self.min_samples_leaf,
            oob_score=True,
            n_jobs=self.n_jobs,
            random_state=0 if self.random_state is None else self.random_state,
        )
        with warnings.catch_warnings():  # check_judged says it
            warnings.filterwarnings("ignore", message="Some inputs do not have OOB scores")
            warnings.filterwarnings("ignore", message="invalid value", category=RuntimeWarning)
            self.estimator_.fit(X, y)
        votes = self.estimator_.oob_decision_function_
        total = votes.sum(axis=1, keepdims=True)
        self.pred_probs_ = votes / np.where(total > 0, total, np.nan)
        judged = ~np.isnan(self.pred_probs_[:, 0])
        judged &= np.bincount(y)[y] > 1  # no tree that left out the only one knows its class
        check_judged(self.classes_[y], judged)
        quality = normalized_margin(y, self.pred_probs_)
        return issues_below(self.threshold, y, quality, self.pred_probs_, judged)

    def _score_labels(self, X, y):
        X = validate_data(self, X, reset=False, accept_sparse=True, ensure_all_finite="allow-nan")
        return normalized_margin(y, self.estimator_.predict_proba(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        return tags
