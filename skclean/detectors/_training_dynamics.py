"""Detect label issues by how predictions develop over the stages of training."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit
from sklearn.pipeline import Pipeline
from sklearn.utils.parallel import delayed
from sklearn.utils.validation import check_memory

from skclean.detectors._base import BaseFittingDetector, issues_below
from skclean.utils._cross_val import (
    MEMORY_CONSTRAINT,
    check_judged,
    check_known_classes,
    fit_fold,
    make_splits,
    seeded_clone,
)
from skclean.utils._default_estimator import default_classifier
from skclean.utils._pred_probs import check_X_y
from skclean.utils._probabilities import HasProbabilities
from skclean.utils._review import check_review
from skclean.utils._sklearn import (
    Interval,
    StrOptions,
    _fit_context,
    _safe_split,
)
from skclean.utils._tasks import run_tasks
from skclean.utils._typing import Seed

SMALL = 1e-6


def weak_boosting(X=None):
    """Boosting of small trees, which memorizes late."""
    return default_classifier(X).set_params(
        histgradientboostingclassifier__max_iter=50,
        histgradientboostingclassifier__max_leaf_nodes=4,
    )


def has_stages(estimator):
    """Does the classifier, or the last step of the pipeline, predict by stages?"""
    last = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator
    return hasattr(last, "staged_predict_proba")


def staged_probs(estimator, X):
    """Probabilities after each stage; a classifier without stages has one."""
    if not has_stages(estimator):
        yield estimator.predict_proba(X)
    elif isinstance(estimator, Pipeline):
        X = estimator[:-1].transform(X) if len(estimator) > 1 else X
        yield from estimator[-1].staged_predict_proba(X)
    else:
        yield from estimator.staged_predict_proba(X)


def training_dynamics(y, stages):
    """Margin, confidence and variability of given labels over stages.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    stages : iterable of ndarray of shape (n_samples, n_classes)
        Probabilities after each stage.

    Returns
    -------
    dynamics : ndarray of shape (n_samples, 3)
        Mean over the stages of the log-odds of the given label against the best other
        one; mean and standard deviation of its probability.

    mean_probs : ndarray of shape (n_samples, n_classes)
        Mean probabilities.
    """
    rows = np.arange(len(y))
    margin, confidence, square, mean_probs, n_stages = 0.0, 0.0, 0.0, 0.0, 0
    for probs in stages:
        own = probs[rows, y]
        others = probs.copy()
        others[rows, y] = 0
        log_odds = np.log(np.maximum(own, SMALL)) - np.log(np.maximum(others.max(axis=1), SMALL))
        margin, confidence, square = margin + log_odds, confidence + own, square + own**2
        mean_probs, n_stages = mean_probs + probs, n_stages + 1
    confidence = confidence / n_stages
    deviation = np.sqrt(np.maximum(square / n_stages - confidence**2, 0))
    return np.column_stack([margin / n_stages, confidence, deviation]), mean_probs / n_stages


def _rate(estimator, X, codes, classes):
    """Dynamics of rows under a fitted classifier, NaN where it does not know the class."""
    known = np.searchsorted(classes, check_known_classes(estimator, classes))
    position = np.full(len(classes), -1)
    position[known] = np.arange(len(known))
    own = position[codes]
    dynamics, known_probs = training_dynamics(np.maximum(own, 0), staged_probs(estimator, X))
    probs = np.zeros((len(codes), len(classes)))
    probs[:, known] = known_probs
    dynamics[own < 0], probs[own < 0] = np.nan, np.nan
    return dynamics, probs


def _fit_and_rate(estimator, X, y, codes, classes, train, test, fit_params):
    fitted = fit_fold(estimator, X, y, train, fit_params)
    X_test, _ = _safe_split(estimator, X, y, test, train)
    return fitted, *_rate(fitted, X_test, codes[test], classes)


class TrainingDynamics(BaseFittingDetector):
    """Flag the samples that a boosting learns late or never.

    While a boosting grows, the right labels of a kind are learned together and early;
    wrong ones are contradicted by their likes until they are memorized. So the
    predictions for a training sample, averaged over the stages, tell them apart, at the
    cost of one fit [1]_ [2]_.

    It needs a model that learns gradually and is not trained to the end. One with many
    stages, large trees or a large learning rate soon memorizes: the order of the samples
    suffers a little, but the averages of wrong labels pass the threshold, and nothing
    may be flagged; scikit-learn's own defaults, 100 trees of 31 leaves, are such. A
    rare class is learned late as a whole and looks wrong. Noise that follows the
    features is learned as early as the truth.

    Parameters
    ----------
    estimator : estimator, default=None
        Classifier with `staged_predict_proba`, or a pipeline that ends in one. None is
        gradient boosting of 50 trees of 4 leaves, which takes numbers with gaps and
        dataframes with text columns. A classifier without stages counts as one of a
        single stage, whose variability is 0.

    quality : {"aum", "confidence", "variability"}, default="aum"
        How each label is scored, from the probabilities p of the given label after each
        stage. "aum" is the area under the margin [1]_: the mean log-odds of the given
        label against the best other one, as a probability. "confidence" is the mean of
        p [2]_. "variability" is 1 - 2 * the standard deviation of p [2]_: it is low for
        ambiguous samples, not for wrong labels, which are steadily contradicted.

    threshold : float, default=0.5
        Samples with a label quality strictly below this are flagged; for "aum" 0.5 is
        an area of 0. The extra class by which [1]_ finds a threshold is not added.

    cv : int, cross-validation generator or iterable, default=None
        Folds. None rates the samples that one fit was trained on, as the papers do; a
        classifier without stages has 5 stratified folds. With folds, samples are rated
        by classifiers that have not seen them.

    n_jobs : int, default=None
        Number of folds fitted at a time.

    random_state : int, RandomState instance or None, default=None
        Shuffles the folds of an int `cv`, and seeds what is unseeded in `estimator`.
        None leaves the rows of an int `cv` in order and the estimator as it is; those of
        `cv=None` are shuffled all the same, always alike.

    memory : str or object with the joblib.Memory interface, default=None
        Caches the fits and what they say of the samples, so that a search over `quality`
        and `threshold` fits once.

    Attributes
    ----------
    issues_ : LabelIssues
        The findings, aligned with `y`.

    label_quality_ : ndarray of shape (n_samples,)
        The chosen quality in [0, 1]; lower is more likely wrong (more ambiguous for
        "variability"). Samples that no fold could judge have 1.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong.

    suggested_label_ : ndarray of shape (n_samples,)
        The most probable label on the average of the stages.

    aum_, confidence_, variability_ : ndarray of shape (n_samples,)
        Mean log-odds of the given label; mean and standard deviation of its
        probability. The last two span the data map of [2]_.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    estimators_ : list of estimators
        The classifier of each fold; one without folds.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    ForestMargin : The margin of out-of-bag votes.
    ConfidentLearning : Thresholds by class on out-of-sample predictions.

    References
    ----------
    .. [1] Pleiss, Zhang, Elenberg & Weinberger, "Identifying Mislabeled Data using the
       Area Under the Margin Ranking", NeurIPS, 2020.
    .. [2] Swayamdipta, Schwartz, Lourie, Wang, Hajishirzi, Smith & Choi, "Dataset
       Cartography: Mapping and Diagnosing Datasets with Training Dynamics", EMNLP, 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from skclean.detectors import TrainingDynamics
    >>> X, y = load_iris(return_X_y=True)
    >>> y[[3, 60]] = [2, 0]
    >>> boosting = HistGradientBoostingClassifier(max_iter=10, random_state=0)
    >>> detector = TrainingDynamics(boosting).fit(X, y)
    >>> sorted(detector.issues_.ranked_indices()[:2].tolist())
    [3, 60]
    >>> detector.suggested_label_[[3, 60]]
    array([0, 1])
    """

    _parameter_constraints: dict = {
        "estimator": [HasProbabilities(), None],
        "quality": [StrOptions({"aum", "confidence", "variability"})],
        "threshold": [Interval(Real, 0, 1, closed="both")],
        "cv": ["cv_object"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "memory": MEMORY_CONSTRAINT,
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        quality: str = "aum",
        threshold: float = 0.5,
        cv: Any = None,
        n_jobs: int | None = None,
        random_state: Seed = None,
        memory: Any = None,
    ) -> None:
        self.estimator = estimator
        self.quality = quality
        self.threshold = threshold
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.memory = memory

    def _inner_estimators(self, X=None):
        return [weak_boosting(X) if self.estimator is None else self.estimator]

    def _makes_folds(self):
        return self.cv is not None or not has_stages(self._inner_estimators()[0])

    def _takes(self, name):
        return super()._takes(name) and (name != "groups" or self._makes_folds())

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: Any,
        y: ArrayLike,
        trusted: ArrayLike | None = None,
        y_before: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Find the label issues of `y`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the classifier takes.

        y : array-like of shape (n_samples,)
            Given labels.

        trusted : array-like of shape (n_samples,), dtype bool, default=None
            Labels of `y` that a person has checked. They are never flagged and keep their
            label.

        y_before : array-like of shape (n_samples,), default=None
            The labels before that review, equal to `y` where `trusted` is False. A second
            fit, to these, tells what was flagged then, from which precision is measured.

        **params : dict
            Metadata, such as `sample_weight` for the fits and `groups` for the folds: by
            metadata routing, or as plain keywords while it is disabled.

        Returns
        -------
        self : TrainingDynamics
            The fitted detector.
        """
        X, y, self.classes_, codes = check_X_y(self, X, y)
        estimator = seeded_clone(self._inner_estimators(X)[0], self.random_state)
        review = check_review(y, self.classes_, codes, trusted, y_before)
        split_params, (fit_params,) = self._route(X, [estimator], params)
        rows = np.arange(len(y))
        if not self._makes_folds():
            splits = [(rows, rows)]
        else:
            splits = make_splits(
                self.cv, X, y, codes, random_state=self.random_state, **split_params
            )
        cached = check_memory(self.memory).cache(_fit_folds, ignore=["n_jobs"])
        results = cached(estimator, X, y, codes, self.classes_, splits, fit_params, self.n_jobs)
        self.estimators_ = [fitted for fitted, _, _ in results]
        tested = [
            (rows[test], *found[1:]) for (_, test), found in zip(splits, results, strict=True)
        ]
        dynamics, probs = _mean_over_folds(len(y), len(self.classes_), tested)
        self.aum_, self.confidence_, self.variability_ = dynamics.T
        check_judged(y, ~np.isnan(self.aum_))
        flagged_before = self._flagged_before(X, review, params)
        return self._publish(self._judge(codes, dynamics, probs), y, review, flagged_before)

    def _judge(self, y, dynamics, probs):
        judged = ~np.isnan(dynamics[:, 0])
        return issues_below(self.threshold, y, self._quality(dynamics), probs, judged)

    def _quality(self, dynamics):
        aum, confidence, variability = dynamics.T
        if self.quality == "aum":
            return expit(aum)
        return np.clip(confidence if self.quality == "confidence" else 1 - 2 * variability, 0, 1)

    def _score_labels(self, X, y):
        rows = np.arange(len(y))
        rated = [(rows, *_rate(fitted, X, y, self.classes_)) for fitted in self.estimators_]
        return self._quality(_mean_over_folds(len(y), len(self.classes_), rated)[0])


def _fit_folds(estimator, X, y, codes, classes, splits, fit_params, n_jobs):
    """What `_fit_and_rate` returns for each fold."""
    fits = (
        delayed(_fit_and_rate)(estimator, X, y, codes, classes, train, test, fit_params)
        for train, test in splits
    )
    return list(run_tasks(fits, n_jobs))


def _mean_over_folds(n_samples, n_classes, rated):
    """Mean dynamics and probabilities over the folds that judge each sample, or NaN."""
    total, n_judged = np.zeros((n_samples, 3 + n_classes)), np.zeros(n_samples)
    for rows, dynamics, probs in rated:
        judged = ~np.isnan(dynamics[:, 0])
        total[rows[judged]] += np.hstack([dynamics, probs])[judged]
        n_judged[rows[judged]] += 1
    mean = total / np.where(n_judged > 0, n_judged, np.nan)[:, np.newaxis]
    return mean[:, :3], mean[:, 3:]
