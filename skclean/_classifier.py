"""A classifier that trains in spite of wrong labels: detect, treat, fit."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_regressor
from sklearn.utils import Bunch, get_tags
from sklearn.utils.metadata_routing import MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skclean._detecting import DetectingMixin, check_detector, issues_of
from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.strategies._prune import Prune
from skclean.strategies._soft_labels import SoftLabels
from skclean.utils._default_estimator import default_classifier
from skclean.utils._metadata import (
    check_accepted,
    sample_weight_name,
    split_fit_params,
    takes_any_keyword,
    takes_keyword,
    takes_sample_weight,
    weighted,
)
from skclean.utils._parts import resolve_part
from skclean.utils._pred_probs import check_X_y
from skclean.utils._sklearn import (
    HasMethods,
    InvalidParameterError,
    _check_method_params,
    _fit_context,
    _num_samples,
    _routing_enabled,
    _safe_indexing,
    fit_in_context,
    subcontext,
)
from skclean.utils._validation import check_pred_probs

FOR_DETECTION = ("groups", "pred_probs", "trusted", "y_before")


def _inner_has(method):
    """Is the method there exactly when the inner estimator has it?"""

    def check(self):
        inner = self.estimator_ if hasattr(self, "estimator_") else self._get_estimator()
        getattr(inner, method)  # raises the inner AttributeError
        return True

    return check


def _share_out(estimator, detector, X, params):
    """Without metadata routing: which keywords the detector gets, and which the final fit."""
    params = {name: value for name, value in params.items() if value is not None}
    for_detection = {name: params.pop(name) for name in FOR_DETECTION if name in params}
    check_accepted(detector, for_detection)
    _, (final,) = split_fit_params([estimator], X, params)
    if "pred_probs" not in for_detection and takes_any_keyword(detector.fit):
        if not takes_keyword(detector, "sample_weight"):
            params.pop("sample_weight", None)
        for_detection |= params
    return Bunch(detector=Bunch(fit=for_detection), estimator=Bunch(fit=final))


LEAST_GAIN = 0.5  # standard errors by which pruning must help, or the labels stay as they are


def default_strategy(pruning_gain, estimator):
    """What to do where nobody said: as much as the rounds of the detector speak for.

    Labels that are not flagged are spread for no classifier that takes weights: where the
    noise is misjudged, that can lose more than all else gains.
    """
    if np.isnan(pruning_gain):  # no rounds, or a detector that has none
        return Prune()
    if pruning_gain <= LEAST_GAIN:
        return None
    return SoftLabels(flagged_only=takes_sample_weight(estimator))


def check_weighted_classes(y, sample_weight):
    """Refuse weights that leave one class alone, as labels of one class are refused."""
    if sample_weight is None:
        return
    weighted_classes = np.unique(y[np.asarray(sample_weight) != 0])
    if len(weighted_classes) < 2:
        raise ValueError(
            "The number of classes has to be greater than one; sample_weight is 0 for all samples "
            f"but those of {weighted_classes.tolist()}. Label issues are contradictions between "
            "classes."
        )


def _log(proba):
    """Natural logarithms, finite for probabilities too small for a float."""
    return np.log(np.maximum(proba, np.finfo(proba.dtype).tiny))


def _training_data(estimator, X, treatment, fit_params):
    """Data, labels and keywords of the final fit."""
    keep, weight = treatment.keep, treatment.sample_weight
    samples = treatment.sample_indices
    samples = np.flatnonzero(keep) if samples is None else samples[keep]
    n_samples = _num_samples(X)
    if len(samples) != n_samples or (samples != np.arange(n_samples)).any():
        fit_params = _check_method_params(X, fit_params, indices=samples)
        X = _safe_indexing(X, samples)
    weight = None if weight is None else weight[keep]
    return X, treatment.y[keep], weighted(estimator, fit_params, weight)


class NoiseAwareClassifier(ClassifierMixin, DetectingMixin, BaseEstimator):
    """Train a classifier on labels of which some are wrong.

    A detector finds the label issues, a strategy decides what to do about them, and a
    clone of the classifier is fitted on the outcome.

    Parameters
    ----------
    estimator : estimator, default=None
        Any classifier. None is gradient boosting, which takes numbers with gaps and
        dataframes with text columns.

    detector : detector, default=None
        A detector of :mod:`skclean.detectors`; None is `ConfidentLearning()`. One that
        detects from probabilities and whose own `estimator` is None uses the one above, if
        that has `predict_proba`. Most of the cost of a fit is the detector's folds: one with
        a cheaper classifier, such as ``ConfidentLearning(LogisticRegression())``, or for
        forests ``ConfidentLearning(cv="oob")``, saves most of it.

    strategy : BaseStrategy or str, default=None
        A strategy of :mod:`skclean.strategies`, or its name. None is
        ``SoftLabels(flagged_only=True)`` where the detector's own rounds speak for cleaning,
        that is where its `pruning_gain_` is more than half a standard error
        (``SoftLabels()`` for a classifier that takes no `sample_weight`); where it is
        unknown, as with given probabilities, None is `Prune()`; else the labels are taken as
        they are. To tune a part, pass it by name:
        ``{"strategy": [Prune(), Reweight()]}``, or with ``detector=ConfidentLearning()``
        ``{"detector__prune": ["by_class", "both"]}``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    estimator_ : estimator
        The classifier, fitted on the treated data.

    detector_ : detector
        The fitted detector.

    strategy_ : BaseStrategy or None
        The strategy that was applied; None where cleaning did not promise to help.

    issues_ : LabelIssues
        What the detector found, aligned with `y`.

    noise_matrix_ : ndarray of shape (n_classes, n_classes) or None
        p(given = j | true = i), where the detector estimates it.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    NoisyLabelFilter : The same as a resampler for imbalanced-learn's Pipeline.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skclean import NoiseAwareClassifier
    >>> from skclean.simulation import flip_labels, make_noise_matrix
    >>> X, y_true = load_iris(return_X_y=True)
    >>> y, _ = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)
    >>> clf = NoiseAwareClassifier(LogisticRegression(max_iter=1000)).fit(X, y)
    >>> clf.issues_.n_issues
    15
    >>> round(clf.score(X, y_true), 2)
    0.97
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit"]), None],
        "detector": [HasMethods(["fit"]), None],
        "strategy": [BaseStrategy, str, None],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        detector: Any = None,
        strategy: Any = None,
    ) -> None:
        self.estimator = estimator
        self.detector = detector
        self.strategy = strategy

    def _get_estimator(self, X=None):
        return default_classifier(X) if self.estimator is None else self.estimator

    def _get_detector(self):
        return super()._get_detector(self.estimator)

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> Self:
        """Find the label issues, treat them and fit the classifier.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the inner estimator takes.

        y : array-like of shape (n_samples,)
            Given labels.

        **params : dict
            Metadata: `sample_weight` for every inner fit that takes it, `groups` for the
            folds of the detector, and `pred_probs` to spare it the cross-validation. By
            metadata routing, or as plain keywords while that is disabled.

        Returns
        -------
        self : NoiseAwareClassifier
            The fitted classifier.
        """
        if self.estimator is not None and is_regressor(self.estimator):
            raise InvalidParameterError(
                "The 'estimator' parameter of NoiseAwareClassifier must be a classifier. Got the "
                f"regressor {self.estimator!r} instead."
            )
        check_detector(self.detector, type(self).__name__)
        X, y, classes, _ = check_X_y(self, X, y)
        estimator, detector = clone(self._get_estimator(X)), self._get_detector()
        pairwise = [part for part in (estimator, detector) if get_tags(part).input_tags.pairwise]
        if pairwise:
            raise ValueError(
                f"{pairwise[0].__class__.__name__} takes precomputed kernels or distances, which "
                "lose their meaning when samples are left out; have them computed inside it."
            )
        strategy = None
        if self.strategy is not None:
            strategy = clone(resolve_part(self.strategy, BaseStrategy, "strategy"))
        if _routing_enabled():
            routed = process_routing(self, "fit", **params)
        else:
            routed = _share_out(estimator, detector, X, params)
        check_weighted_classes(y, routed.estimator.fit.get(sample_weight_name(estimator)))
        context = self._init_callback_context(max_subtasks=2, sequential_subtasks=False)
        if context is not None:
            context.call_on_fit_task_begin(estimator=self, X=X, y=y)

        detect = subcontext(context, 0, "detect")
        detector = fit_in_context(detect, self, detector, X, y, routed.detector.fit)
        issues = issues_of(detector, type(self).__name__)
        if self.strategy is None:
            strategy = default_strategy(getattr(detector, "pruning_gain_", np.nan), estimator)
        if strategy is None:
            treatment = Treatment(y=y, keep=np.ones(len(y), dtype=bool))
        else:
            treatment = strategy.treat(estimator, X, y, issues, routed.estimator.fit)
        X, y, fit_params = _training_data(estimator, X, treatment, routed.estimator.fit)
        final = subcontext(context, 1, "fit")
        estimator = fit_in_context(final, self, estimator, X, y, fit_params)
        if not np.array_equal(getattr(estimator, "classes_", classes), classes):
            raise ValueError(
                f"{estimator.__class__.__name__} predicts other classes than the labels hold: its "
                f"classes_ are {estimator.classes_[:10].tolist()}, the labels "
                f"{classes[:10].tolist()}; fit it on labels of the same kind."
            )
        self.classes_, self.estimator_, self.detector_ = classes, estimator, detector
        self.strategy_ = strategy
        self.issues_ = issues
        noise = self.issues_.noise
        self.noise_matrix_ = None if noise is None else noise.noise_matrix
        if context is not None:
            context.call_on_fit_task_end(estimator=self, X=X, y=y)
        return self

    def _corrects(self):
        """Does the strategy change what the classifier predicts?"""
        return hasattr(self.strategy_, "_correct_proba")

    @available_if(_inner_has("predict"))
    def predict(self, X):
        """Predict the class of each sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the inner estimator takes.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Predicted classes.
        """
        check_is_fitted(self)
        if self._corrects():
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        return self.estimator_.predict(X)

    @available_if(_inner_has("predict_proba"))
    def predict_proba(self, X):
        """Predict the probability of each class, corrected if that is the strategy.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the inner estimator takes.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities, columns in the order of `classes_`; rows sum to 1.
        """
        check_is_fitted(self)
        pred_probs = self.estimator_.predict_proba(X)
        if not self._corrects():
            return pred_probs
        pred_probs = check_pred_probs(pred_probs, len(pred_probs), self.classes_)[:]
        return self.strategy_._correct_proba(pred_probs, self.issues_.noise_now)

    @available_if(_inner_has("predict_log_proba"))
    def predict_log_proba(self, X):
        """Predict the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the inner estimator takes.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            Natural logarithms, columns in the order of `classes_`.
        """
        check_is_fitted(self)
        if self._corrects():
            return _log(self.predict_proba(X))
        return self.estimator_.predict_log_proba(X)

    @available_if(_inner_has("decision_function"))
    def decision_function(self, X):
        """Confidence of each class, in the units of the inner estimator.

        Where the strategy corrects predictions: the logarithm of the corrected
        probabilities, of two classes that of their ratio.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the inner estimator takes.

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Scores, columns in the order of `classes_`.
        """
        check_is_fitted(self)
        if self._corrects():
            log_proba = _log(self.predict_proba(X))
            return log_proba[:, 1] - log_proba[:, 0] if log_proba.shape[1] == 2 else log_proba
        return self.estimator_.decision_function(X)

    def get_metadata_routing(self):
        """Metadata routing: `estimator` and `detector` receive what they request.

        Returns
        -------
        routing : MetadataRouter
            The requests of both `fit` methods.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit")
        return (
            super()
            .get_metadata_routing()
            .add(estimator=self._get_estimator(), method_mapping=mapping)
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self._get_estimator())
        sparse = tags.input_tags.sparse and inner.input_tags.sparse
        if self.estimator is not None:  # else those of the detector, whose default is the same
            tags.input_tags = inner.input_tags
        tags.input_tags.sparse = sparse
        if inner.classifier_tags is not None:
            tags.classifier_tags.multi_class = inner.classifier_tags.multi_class
        return tags
