"""Resamplers: training data in, cleaner training data out."""

from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch, indexable
from sklearn.utils.metadata_routing import process_routing

from skclean._detecting import DetectingMixin, check_detector, issues_of
from skclean.strategies._prune import Prune
from skclean.strategies._relabel import Relabel
from skclean.utils._encoding import is_pandas
from skclean.utils._metadata import check_accepted
from skclean.utils._pred_probs import check_X_y
from skclean.utils._sklearn import (
    HasMethods,
    Interval,
    _fit_context,
    _routing_enabled,
    _safe_indexing,
    fit_in_context,
    subcontext,
)


def _rows_of(data, rows):
    """Some rows of any container, in the same type."""
    if is_pandas(data) and not hasattr(data, "iloc"):
        return data.take(rows)  # the arrays and indexes of pandas
    return _safe_indexing(data, rows)


class _LabelResampler(DetectingMixin, BaseEstimator):
    """A detector, a strategy, and what they make of X and y."""

    _estimator_type = "sampler"  # what imbalanced-learn looks at
    _parameter_constraints: dict = {"detector": [HasMethods(["fit"]), None]}

    def _treat(self, X, y, params):
        """Fit the detector and apply the strategy; sets `detector_` and `issues_`."""
        X, y, self.classes_, _ = check_X_y(self, X, y)
        check_detector(self.detector, type(self).__name__)
        detector = self._get_detector()
        if _routing_enabled():
            routed = process_routing(self, "fit", **params)
        else:
            params = {name: value for name, value in params.items() if value is not None}
            routed = Bunch(detector=Bunch(fit=check_accepted(detector, params)))
        context = self._init_callback_context(max_subtasks=1, sequential_subtasks=False)
        if context is not None:
            context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        detect = subcontext(context, 0, "detect")
        self.detector_ = fit_in_context(detect, self, detector, X, y, routed.detector.fit)
        self.issues_ = issues_of(self.detector_, type(self).__name__)
        if context is not None:
            context.call_on_fit_task_end(estimator=self, X=X, y=y)
        return y, self._strategy().apply(y, self.issues_)


class NoisyLabelFilter(_LabelResampler):
    """Drop the samples whose label is likely wrong.

    It follows imbalanced-learn's `fit_resample`, so it is a step of
    :class:`imblearn.pipeline.Pipeline`: samples are dropped while fitting and never while
    predicting. Metadata such as `groups` reach it there by metadata routing. Without
    imbalanced-learn, :class:`NoiseAwareClassifier` does the same inside scikit-learn's
    own Pipeline.

    Parameters
    ----------
    detector : detector, default=None
        A detector of :mod:`skclean.detectors`; None is `ConfidentLearning()`.

    max_removed : int or float, default=None
        Drop at most that many samples, or that share of all in [0, 1], those of the worst
        label quality. None drops all that are flagged.

    keep_ambiguous : bool, default=False
        Keep the flagged samples that overlap of the classes could explain, and drop those
        alone whose flags stand; see `LabelIssues.ambiguous_mask`. It needs a detector that
        tells them apart, as `ConfidentLearning` does by its default rule.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_kept,), dtype intp
        Positions of the kept samples, in order. The last sample of a class is always kept.

    n_removed_ : int
        Number of dropped samples.

    issues_ : LabelIssues
        What the detector found, aligned with `y`.

    detector_ : detector
        The fitted detector.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    LabelCorrector : Keep all samples and correct their labels.
    NoiseAwareClassifier : Leave samples out only where that seems to help.

    Notes
    -----
    By default all that is flagged is dropped. Where classes overlap that takes right labels
    along, even where none is wrong: a classifier then predicts about as well as before, and its
    probabilities are far too sure. ``keep_ambiguous=True`` spares the flags that overlap could
    explain. That there may be nothing to drop shows in ``issues_.noise_rate_bounds``, which then
    begin at 0, and in ``detector_.pruning_gain_`` of a
    :class:`~skclean.detectors.ConfidentLearning`, which is then no more than .5.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skclean import NoisyLabelFilter
    >>> from skclean.detectors import ConfidentLearning
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> y.iloc[[3, 60]] = [2, 0]
    >>> detector = ConfidentLearning(LogisticRegression(max_iter=1000))
    >>> clean = NoisyLabelFilter(detector, max_removed=2)
    >>> X_kept, y_kept = clean.fit_resample(X, y)
    >>> y.index.difference(y_kept.index).tolist()
    [3, 60]
    """

    _parameter_constraints: dict = {
        **_LabelResampler._parameter_constraints,
        "max_removed": Prune._parameter_constraints["max_removed"],
        "keep_ambiguous": ["boolean"],
    }

    def __init__(
        self,
        detector: Any = None,
        *,
        max_removed: float | None = None,
        keep_ambiguous: bool = False,
    ) -> None:
        self.detector = detector
        self.max_removed = max_removed
        self.keep_ambiguous = keep_ambiguous

    def _strategy(self):
        return Prune(max_removed=self.max_removed, keep_ambiguous=self.keep_ambiguous)

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> Self:
        """Find the samples to keep.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the detector takes.

        y : array-like of shape (n_samples,)
            Given labels.

        **params : dict
            Metadata for the detector, such as `groups`, `sample_weight` or `pred_probs`.

        Returns
        -------
        self : NoisyLabelFilter
            The fitted filter.
        """
        _, treatment = self._treat(X, y, params)
        self.sample_indices_ = np.flatnonzero(treatment.keep)
        self.n_removed_ = len(treatment.keep) - len(self.sample_indices_)
        return self

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Find the samples to keep and return them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the detector takes.

        y : array-like of shape (n_samples,)
            Given labels.

        **params : dict
            Metadata for the detector, such as `groups`, `sample_weight` or `pred_probs`.

        Returns
        -------
        X_res, y_res : same types as `X` and `y`, of n_kept rows
            The kept samples, with their index, dtypes and names. Other data aligned with
            `X` is cut by `sample_indices_`.
        """
        self.fit(X, y, **params)
        return tuple(_rows_of(data, self.sample_indices_) for data in indexable(X, y))


class LabelCorrector(_LabelResampler):
    """Replace the labels that are likely wrong by the suggested ones.

    It follows imbalanced-learn's `fit_resample` like :class:`NoisyLabelFilter`, but
    returns all samples.

    Parameters
    ----------
    detector : detector, default=None
        A detector of :mod:`skclean.detectors`; None is `ConfidentLearning()`.

    min_confidence : float, default=None
        Smallest probability that the suggested label is the true one, in [0, 1], at which
        it is taken: p(true = suggested | x, given) of
        :meth:`LabelIssues.true_label_proba`, though no more than the chance that the given
        one is wrong, of which `expected_precision` is the mean; or `suggested_proba` of a
        detector that does not estimate the noise. None takes every suggestion.

    Attributes
    ----------
    changed_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the label was replaced.

    sample_indices_ : ndarray of shape (n_samples,), dtype intp
        Positions of all samples.

    issues_ : LabelIssues
        What the detector found, aligned with `y`.

    detector_ : detector
        The fitted detector.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    NoisyLabelFilter : Drop the samples instead.

    References
    ----------
    .. [1] Frenay & Verleysen, "Classification in the Presence of Label Noise: A
       Survey", IEEE Transactions on Neural Networks and Learning Systems 25, 2014.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skclean import LabelCorrector
    >>> from skclean.detectors import ConfidentLearning
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> y_true = y.copy()
    >>> y.iloc[::10] = (y.iloc[::10] + 1) % 3
    >>> detector = ConfidentLearning(LogisticRegression(max_iter=1000))
    >>> correct = LabelCorrector(detector, min_confidence=0.9)
    >>> _, y_corrected = correct.fit_resample(X, y)
    >>> int((y != y_true).sum()), int((y_corrected != y_true).sum())
    (15, 2)
    """

    _parameter_constraints: dict = {
        **_LabelResampler._parameter_constraints,
        "min_confidence": [Interval(Real, 0, 1, closed="both"), None],
    }

    def __init__(
        self,
        detector: Any = None,
        *,
        min_confidence: float | None = None,
    ) -> None:
        self.detector = detector
        self.min_confidence = min_confidence

    def _strategy(self):
        return Relabel(min_confidence=self.min_confidence)

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> Self:
        """Find the labels to replace.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the detector takes.

        y : array-like of shape (n_samples,)
            Given labels.

        **params : dict
            Metadata for the detector, such as `groups`, `sample_weight` or `pred_probs`.

        Returns
        -------
        self : LabelCorrector
            The fitted corrector.
        """
        y, treatment = self._treat(X, y, params)
        self.changed_mask_ = treatment.y != y
        self.sample_indices_ = np.arange(len(y))
        return self

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Find the labels to replace and return the data with the suggested ones.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the detector takes.

        y : array-like of shape (n_samples,)
            Given labels.

        **params : dict
            Metadata for the detector, such as `groups`, `sample_weight` or `pred_probs`.

        Returns
        -------
        X : same as the input
            The data.

        y_res : same type as `y`, of n_samples rows
            The corrected labels, with the index, dtype and name of `y`.
        """
        self.fit(X, y, **params)
        X, y = indexable(X, y)
        # every new label is that of some sample, so taking rows keeps any container
        codes = np.searchsorted(self.classes_, self.issues_.given_label)
        _, example = np.unique(codes, return_index=True)
        suggested = np.searchsorted(self.classes_, self.issues_.suggested_label)
        source = np.where(self.changed_mask_, example[suggested], self.sample_indices_)
        y_res = _rows_of(y, source)
        if hasattr(y, "index") and hasattr(y, "iloc"):
            y_res.index = y.index
        return X, y_res
