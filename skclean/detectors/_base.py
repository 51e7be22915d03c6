"""Protocol of the detectors: data and given labels in, label issues out."""

import copy
import warnings
from abc import ABC, abstractmethod
from dataclasses import replace
from inspect import signature
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.utils import check_consistent_length, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from skclean._issues import LabelIssues
from skclean.detectors._rounds import Rounds
from skclean.noise_matrix._base import noise_after, reviewed_noise
from skclean.utils._cross_val import DEFAULT_N_SPLITS, mean_pred_probs
from skclean.utils._encoding import encode_labels
from skclean.utils._inner_fits import InnerFitsMixin
from skclean.utils._pred_probs import PredProbsMixin, check_X_y
from skclean.utils._review import check_review, leave_alone
from skclean.utils._sklearn import Interval, _fit_context

MIN_KEPT = 10
MIN_KEPT_SHARE = 0.1


def issues_below(threshold, y, label_quality, pred_probs, judged):
    """Findings of a threshold; what could not be judged keeps its label with a quality of 1."""
    suggested = np.where(judged, pred_probs.argmax(axis=1), y)
    label_quality = np.where(judged, label_quality, 1.0)
    return LabelIssues(
        label_quality=label_quality,
        issue_mask=label_quality < threshold,
        suggested_label=suggested,
        suggested_proba=pred_probs[np.arange(len(y)), suggested],
    )


def keep_enough(y, keep, label_quality):
    """Keep at least 10 and a tenth of the rows of each class, the best ones.

    `label_quality` is a function without arguments, called where a class has too few.
    """
    n_given = np.bincount(y)
    n_least = np.minimum(n_given, np.maximum(MIN_KEPT, np.ceil(MIN_KEPT_SHARE * n_given)))
    too_few = np.flatnonzero(np.bincount(y[keep], minlength=len(n_given)) < n_least)
    if len(too_few) == 0:
        return keep
    keep, quality = keep.copy(), label_quality()
    for code in too_few:
        rows = np.flatnonzero(y == code)
        keep[rows[np.argsort(-quality[rows], kind="stable")[: int(n_least[code])]]] = True
    return keep


def _told(hook, trusted):
    """Keywords of a hook, which names `trusted` where its rule depends on other rows."""
    wanted = trusted is not None and "trusted" in signature(hook).parameters
    return {"trusted": trusted} if wanted else {}


def _check_findings(detector, issues, n_samples):
    """What a hook returns: an error in it should not surface in what uses its findings."""
    name = type(detector).__name__
    if not isinstance(issues, LabelIssues):
        raise TypeError(f"The hook of {name} must return LabelIssues. Got {type(issues).__name__}.")
    fields = ["label_quality", "issue_mask", "suggested_label"]
    quality, mask, codes = (np.asarray(getattr(issues, field)) for field in fields)
    for field, values in zip(fields, (quality, mask, codes), strict=True):
        if values.shape != (n_samples,):
            raise ValueError(
                f"{field} of {name} must have one value for each of the {n_samples} samples. Got "
                f"shape {values.shape}."
            )
    if mask.dtype != bool:
        raise ValueError(f"issue_mask of {name} must be of dtype bool. Got {mask.dtype}.")
    if not (quality.min() >= 0 and quality.max() <= 1):
        raise ValueError(
            f"label_quality of {name} must lie in [0, 1]. Got values from {quality.min()} to "
            f"{quality.max()}."
        )
    if codes.dtype.kind not in "iu" or codes.min() < 0 or codes.max() >= len(detector.classes_):
        raise ValueError(
            f"suggested_label of {name} must hold codes from 0 to {len(detector.classes_) - 1}, as "
            f"y does in the hook. Got {codes.dtype} such as {codes[:3].tolist()}; positions in "
            "classes_ are codes."
        )
    return issues


def _can_score(detector):
    """Does the detector have the optional hook for new rows?"""
    return hasattr(detector, "_score_labels")


class BaseDetector(BaseEstimator, ABC):
    """Base of detectors: one hook, `_detect`.

    `fit` validates the data, encodes the labels, calls the hook and publishes what it
    found. A detector that can rate new labelled rows adds `_score_labels(X, y)`, which
    returns their label quality from data and codes. One whose verdict on a row depends
    on which others it drops or flags writes `_detect(X, y, trusted=None)`: the mask of
    reviewed rows, which the base leaves alone in the end in any case.
    """

    _parameter_constraints: dict = {}

    classes_: np.ndarray
    issues_: LabelIssues
    label_quality_: np.ndarray
    issue_mask_: np.ndarray
    suggested_label_: np.ndarray

    @abstractmethod
    def _detect(self, X, y):
        """Find label issues.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Validated data.

        y : ndarray of shape (n_samples,)
            Given labels as codes 0..K-1; the classes are in `classes_`.

        Returns
        -------
        issues : LabelIssues
            The findings; `suggested_label` holds codes.
        """

    def _publish(self, issues, y, review=None, flagged_before=None, rated_before=False):
        if review is not None:
            codes = np.searchsorted(self.classes_, y)
            issues = leave_alone(issues, codes, review, flagged_before, rated_before)
        self.issues_ = issues.decode(self.classes_, y, self._index)
        self.label_quality_ = self.issues_.label_quality
        self.issue_mask_ = self.issues_.issue_mask
        self.suggested_label_ = self.issues_.suggested_label
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: ArrayLike,
        trusted: ArrayLike | None = None,
        y_before: ArrayLike | None = None,
    ) -> Self:
        """Find the label issues of `y`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        y : array-like of shape (n_samples,)
            Given labels.

        trusted : array-like of shape (n_samples,), dtype bool, default=None
            Labels of `y` that a person has checked. They are never flagged and keep their
            label.

        y_before : array-like of shape (n_samples,), default=None
            The labels before that review, equal to `y` where `trusted` is False.

        Returns
        -------
        self : BaseDetector
            The fitted detector.
        """
        _, y, self.classes_, codes = check_X_y(self, X, y)
        input_tags = get_tags(self).input_tags
        X = validate_data(
            self,
            X,
            accept_sparse=input_tags.sparse,
            ensure_all_finite="allow-nan" if input_tags.allow_nan else True,
        )
        review = check_review(y, self.classes_, codes, trusted, y_before)
        flagged_before = None
        if y_before is not None:
            found = _check_findings(self, self._detect(X, review.before), len(y))
            flagged_before = found.issue_mask
        told = {} if review is None else _told(self._detect, review.trusted)
        issues = _check_findings(self, self._detect(X, codes, **told), len(y))
        return self._publish(issues, y, review, flagged_before)

    def fit_predict(self, X: Any, y: ArrayLike, **params: Any) -> np.ndarray:
        """Find the label issues and tell kept from flagged samples.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        y : array-like of shape (n_samples,)
            Given labels.

        **params : dict
            Passed to `fit`.

        Returns
        -------
        verdict : ndarray of shape (n_samples,), dtype int
            1 for labels to keep, -1 for flagged ones, as scikit-learn's outlier
            detectors have it.
        """
        return np.where(self.fit(X, y, **params).issue_mask_, -1, 1)

    @available_if(_can_score)
    def score_labels(self, X: Any, y: ArrayLike) -> np.ndarray:
        """Rate the labels of new rows with what was fitted.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data that the detector was not fitted on.

        y : array-like of shape (n_samples,)
            Their given labels, all among `classes_`.

        Returns
        -------
        label_quality : ndarray of shape (n_samples,)
            Quality of each label in [0, 1]; lower is more likely wrong.
        """
        check_is_fitted(self)
        check_consistent_length(X, y)
        _, codes = encode_labels(y, self.classes_)
        return self._score_labels(X, codes)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


class BaseFittingDetector(InnerFitsMixin, BaseDetector):
    """Base of detectors whose `fit` is their own, around the fits of other estimators."""

    _measures = True  # the precision of the flags before a review; not as part of another
    _splits: list  # that an iterator of them made, which can be asked once

    def _detect(self, X, y):
        raise TypeError(f"{self.__class__.__name__} detects by fits of others; call fit.")

    def _flagged_before(self, X, review, params):
        """What a fit without the review flags, by which the review measures precision.

        Nothing, where the labels before were of a single class or `pred_probs` have a column for
        a class that the review brought in. It fits in silence: what is to be said of the data is
        said by the fit that was asked for.
        """
        if review is None or review.before is None or not self._measures:
            return None
        n_classes = len(np.unique(review.before))
        if n_classes < 2 or ("pred_probs" in params and n_classes < len(self.classes_)):
            return np.zeros(len(review.before), dtype=bool)
        again = copy.copy(self)
        if hasattr(getattr(self, "cv", None), "__next__"):  # has been used up
            again.set_params(cv=self._splits)
        again = clone(again)
        vars(again).pop("_skl_callbacks", None)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return again.fit(X, self.classes_[review.before], **params).issue_mask_
        except ValueError as error:
            warnings.warn(
                "The precision of the flags before the review cannot be measured, as the labels "
                f"before it cannot be judged: {error}",
                UserWarning,
                stacklevel=4,
            )
            return None


class BaseProbaDetector(PredProbsMixin, BaseFittingDetector):
    """Base of detectors that need probabilities alone: one hook, `_detect_proba`.

    The base cross-validates `estimator`, or takes `fit(X, y, pred_probs=...)`, and sets
    samples aside that no fold could judge. The optional hook
    `_score_proba(y, pred_probs)` rates new rows from codes and probabilities.
    """

    _parameter_constraints: dict = {
        **PredProbsMixin._parameter_constraints,
        "n_rounds": [Interval(Integral, 1, None, closed="left"), None],
    }

    @abstractmethod
    def _detect_proba(self, y, pred_probs):
        """Find label issues.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Given labels as codes 0..K-1; the classes are in `classes_`.

        pred_probs : ndarray of shape (n_samples, n_classes)
            Out-of-sample probabilities.

        Returns
        -------
        issues : LabelIssues
            The findings; `suggested_label` holds codes.
        """

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: Any,
        y: ArrayLike,
        pred_probs: ArrayLike | None = None,
        trusted: ArrayLike | None = None,
        y_before: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Find the label issues of `y`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the inner estimator takes.

        y : array-like of shape (n_samples,)
            Given labels.

        pred_probs : array-like of shape (n_samples, n_classes), default=None
            Out-of-sample probabilities to use instead of cross-validating, columns in
            the order of the sorted classes.

        trusted : array-like of shape (n_samples,), dtype bool, default=None
            Labels of `y` that a person has checked. They are never flagged, keep their
            label, and are trained on in every round. With them, the noise is estimated
            better.

        y_before : array-like of shape (n_samples,), default=None
            The labels before that review, equal to `y` where `trusted` is False. With them,
            the precision of the flags that they got is measured (which takes the fits of the
            folds once more, unless `memory` holds them), ``issues_.noise`` is the noise of the
            labels before the review, and it is from these that the other labels are judged:
            the rows that look worst were reviewed, and without their wrong labels the rest
            looks cleaner than it is. Without them, all is said of the labels as they are.

        **params : dict
            Metadata, such as `sample_weight` for the inner fits and `groups` for the
            folds: by metadata routing, or as plain keywords while it is disabled.

        Returns
        -------
        self : BaseProbaDetector
            The fitted detector.
        """
        rounds = self._rounds()
        y, codes, judged, review = self._fit_pred_probs(
            X, y, pred_probs, params, rounds, trusted, y_before
        )
        given = pred_probs is not None
        self.pruning_gain_ = np.nan if given else rounds.gain
        self._rescaling = None if given else rounds.rescaling
        # what was reviewed was chosen: only with the labels before is the rest what it seems
        before = codes if y_before is None else review.before
        issues = self._detect_judged(before, judged, None if review is None else review.trusted)
        if review is not None and issues.noise is not None:
            noise, bounds = issues.noise, issues.noise_rate_bounds
            told = self._reviewed_noise(noise, bounds, codes, review, judged)
            issues = replace(issues, **told)
        if y_before is None:
            return self._publish(issues, y, review)
        # classifiers that were trained on the reviewed labels would flag fewer right ones of them
        flagged = issues.issue_mask if given else self._flagged_before(X, review, params)
        return self._publish(issues, y, review, flagged, rated_before=True)

    def _detect_judged(self, codes, judged, trusted):
        if judged.all():
            told = _told(self._detect_proba, trusted)
            issues = self._detect_proba(codes, self.pred_probs_, **told)
            return _check_findings(self, issues, len(codes))
        told = _told(self._detect_proba, None if trusted is None else trusted[judged])
        issues = self._detect_proba(codes[judged], self.pred_probs_[judged], **told)
        issues = _check_findings(self, issues, np.count_nonzero(judged))
        issues = _set_unjudged(issues, codes, judged)
        if issues.pred_probs is not None:
            issues = replace(issues, pred_probs=self.pred_probs_)
        return issues

    def _reviewed_noise(self, noise, bounds, codes, review, judged):
        """Noise of the labels before the review, told better by it, and of those after."""
        y, trusted = codes[judged], review.trusted[judged]
        before = None if review.before is None else review.before[judged]
        pred_probs = self.pred_probs_ if judged.all() else self.pred_probs_[judged]
        noise = reviewed_noise(noise, y, trusted, before, pred_probs)
        after = None if before is None else noise_after(noise, y, trusted, before)
        if bounds is not None:
            bounds = min(bounds[0], noise.noise_rate), max(bounds[1], noise.noise_rate)
        return {"noise": noise, "noise_after": after, "noise_rate_bounds": bounds}

    def _rounds(self):
        """How many rounds of cross-validation, and what is made of them."""
        n_rounds = getattr(self, "n_rounds", None)
        return Rounds(1 if n_rounds is None else n_rounds, DEFAULT_N_SPLITS, self._rows_to_keep)

    def _rows_to_keep(self, y, pred_probs):
        """Rows to train on in the next round: unflagged, and enough of every class."""
        issues = self._detect_proba(y, pred_probs)
        return keep_enough(y, ~issues.issue_mask, lambda: issues.label_quality)

    @available_if(lambda self: hasattr(self, "_score_proba"))
    def score_labels(self, X: Any, y: ArrayLike) -> np.ndarray:
        """Rate the labels of new rows with what was fitted.

        The classifiers of all folds are averaged.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data that the detector was not fitted on.

        y : array-like of shape (n_samples,)
            Their given labels, all among `classes_`.

        Returns
        -------
        label_quality : ndarray of shape (n_samples,)
            Quality of each label in [0, 1]; lower is more likely wrong.

        Raises
        ------
        ValueError
            If the detector was fitted with `pred_probs` and so has no classifier.
        """
        check_is_fitted(self)
        if not self.estimators_:
            raise ValueError(
                f"This {self.__class__.__name__} was fitted with pred_probs and has no classifier "
                "to rate new rows with; fit it without pred_probs, or call label_quality_scores "
                "with the probabilities of the new rows."
            )
        check_consistent_length(X, y)
        _, codes = encode_labels(y, self.classes_)
        return self._score_proba(codes, mean_pred_probs(self.estimators_, X, self.classes_))


def _set_unjudged(issues, codes, judged):
    """Findings on the judged rows, with the other rows left as they are."""
    quality = np.ones(len(codes), dtype=issues.label_quality.dtype)
    quality[judged] = issues.label_quality
    suggested = codes.copy()
    suggested[judged] = issues.suggested_label
    proba = np.full(len(codes), np.nan)
    if issues.suggested_proba is not None:
        proba[judged] = issues.suggested_proba
    masks = {}
    for name in ["issue_mask", "ambiguous_mask"]:
        masks[name] = np.zeros(len(codes), dtype=bool)
        masks[name][judged] = getattr(issues, name)
    return replace(
        issues, label_quality=quality, suggested_label=suggested, suggested_proba=proba, **masks
    )
