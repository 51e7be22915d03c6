"""Estimate the noise of labels with a classifier."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from skclean._core._evidence import Evidence
from skclean._core._posterior import correct_proba
from skclean.noise_matrix._averaged_joint import AveragedJoint
from skclean.noise_matrix._base import BaseJoint, estimate_noise, reviewed_noise
from skclean.utils._parts import resolve_part
from skclean.utils._pred_probs import PredProbsMixin
from skclean.utils._sklearn import Interval, _fit_context
from skclean.utils._typing import Seed
from skclean.utils._validation import check_pred_probs


class NoiseMatrixEstimator(PredProbsMixin, BaseEstimator):
    """Estimate how given labels depend on true ones.

    Out-of-sample probabilities come from cross-validating a classifier, or from the
    caller; a method of :mod:`skclean.noise_matrix` makes the joint of them, and all
    matrices follow from the joint. Every matrix is indexed [true, given].

    Parameters
    ----------
    estimator : estimator, default=None
        Classifier with `predict_proba`. None is gradient boosting, which takes numbers
        with gaps and dataframes with text columns.

    method : BaseJoint or str, default=None
        How the joint is estimated, or the name of it; None is `AveragedJoint()`.

    n_bootstrap : int, default=None
        Number of bootstrap samples for 95 % intervals, as in
        :func:`~skclean.estimate_noise_matrix`: no model is fitted again, and they cover
        the chance of which rows are in the data alone. None makes no intervals.

    cv : int, cross-validation generator, iterable or "oob", default=None
        Folds. None is 5 stratified folds, an int as many; where `groups` are given
        without metadata routing, these keep groups together. Predictions of repeated
        folds are averaged. "oob" fits a bagging classifier once and lets each sample be
        judged by the members that left it out, as in
        :class:`~skclean.detectors.ConfidentLearning`.

    n_jobs : int, default=None
        Number of folds fitted at a time, or with ``cv="oob"`` of members where the
        estimator says no other.

    random_state : int, RandomState instance or None, default=None
        Shuffles the folds of an int `cv`, seeds what is unseeded in `estimator`, and
        draws the bootstrap samples.
        None leaves the rows of an int `cv` in order and the estimator as it is; those of
        `cv=None` are shuffled all the same, always alike.

    memory : str or object with the joblib.Memory interface, default=None
        Caches the probabilities and the fitted folds.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    joint_ : ndarray of shape (n_classes, n_classes)
        p(true = i, given = j); sums to 1.

    confident_joint_ : ndarray of shape (n_classes, n_classes), dtype int
        Calibrated counts of confident samples by [true, given]; sums to the number of
        samples that could be judged.

    noise_matrix_ : ndarray of shape (n_classes, n_classes)
        p(given = j | true = i); each row sums to 1.

    inverse_noise_matrix_ : ndarray of shape (n_classes, n_classes)
        p(true = j | given = i); each row sums to 1.

    class_prior_ : ndarray of shape (n_classes,)
        p(true = i).

    given_prior_ : ndarray of shape (n_classes,)
        p(given = j).

    noise_rate_ : float
        p(true != given), in [0, 1].

    noise_rate_interval_ : tuple of two floats or None
        Low and high end of the interval of the noise rate, with `n_bootstrap`.

    noise_matrix_interval_ : tuple of two ndarrays of shape (n_classes, n_classes) or None
        Low and high end of the interval of each entry of the noise matrix.

    thresholds_ : ndarray of shape (n_classes,)
        Mean self-confidence of the samples given each class, in [0, 1].

    pred_probs_ : ndarray of shape (n_samples, n_classes)
        Out-of-sample probabilities. Rows of NaN belong to samples whose class was in
        no training part of their folds, or that were in the bag of every member.

    estimators_ : list of estimators
        The classifier of each fold, or the one of ``cv="oob"``; empty if the
        probabilities were given.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    skclean.estimate_noise_matrix : The same from probabilities, without a classifier.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skclean import NoiseMatrixEstimator
    >>> from skclean.simulation import flip_labels, make_noise_matrix
    >>> X, y_true = load_iris(return_X_y=True)
    >>> y, _ = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)
    >>> noise = NoiseMatrixEstimator(LogisticRegression(max_iter=1000)).fit(X, y)
    >>> noise.noise_matrix_.round(1)
    array([[0.9, 0.1, 0. ],
           [0. , 0.9, 0.1],
           [0. , 0. , 1. ]])
    """

    _parameter_constraints: dict = {
        **PredProbsMixin._parameter_constraints,
        "method": [BaseJoint, str, None],
        "n_bootstrap": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        method: BaseJoint | str | None = None,
        n_bootstrap: int | None = None,
        cv: Any = None,
        n_jobs: int | None = None,
        random_state: Seed = None,
        memory: Any = None,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.n_bootstrap = n_bootstrap
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.memory = memory

    classes_: np.ndarray
    joint_: np.ndarray
    confident_joint_: np.ndarray
    noise_matrix_: np.ndarray
    inverse_noise_matrix_: np.ndarray
    class_prior_: np.ndarray
    given_prior_: np.ndarray
    noise_rate_: float

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
        """Estimate the noise of `y`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that the inner estimator takes.

        y : array-like of shape (n_samples,)
            Given labels.

        pred_probs : array-like of shape (n_samples, n_classes), default=None
            Out-of-sample probabilities to use instead of cross-validating.

        trusted : array-like of shape (n_samples,), dtype bool, default=None
            Labels of `y` that a person has checked.

        y_before : array-like of shape (n_samples,), default=None
            The labels before that review, equal to `y` where `trusted` is False. With them,
            the noise of the labels before the review is estimated, without them that of the
            labels as they are.

        **params : dict
            Metadata, such as `sample_weight` for the inner fits and `groups` for the
            folds.

        Returns
        -------
        self : NoiseMatrixEstimator
            The fitted estimator.
        """
        method = AveragedJoint() if self.method is None else self.method
        method = resolve_part(method, BaseJoint, "method")
        y, codes, judged, review = self._fit_pred_probs(
            X, y, pred_probs, params, None, trusted, y_before
        )
        after = codes[judged]
        codes = after if y_before is None else review.before[judged]
        pred_probs = self.pred_probs_
        if not judged.all():
            pred_probs = pred_probs[judged]
        noise = estimate_noise(
            method,
            codes,
            pred_probs,
            self.classes_,
            n_bootstrap=self.n_bootstrap,
            random_state=self.random_state,
        )
        if review is not None:
            before = None if y_before is None else codes
            noise = reviewed_noise(noise, after, review.trusted[judged], before, pred_probs)
        for name, value in vars(noise).items():
            setattr(self, f"{name}_", value)
        evidence = Evidence(codes, pred_probs)
        self.thresholds_ = evidence.thresholds
        self.confident_joint_ = evidence.calibrated_counts.toarray()
        return self

    def correct_proba(self, pred_probs):
        """Map p(given | x) to p(true | x) by undoing the noise matrix.

        Parameters
        ----------
        pred_probs : array-like of shape (n_samples, n_classes)
            Probabilities of the given label, of a classifier trained on given labels;
            columns in the order of `classes_`.

        Returns
        -------
        true_probs : ndarray of shape (n_samples, n_classes)
            Probabilities of the true label; rows sum to 1.
        """
        check_is_fitted(self)
        pred_probs = check_pred_probs(pred_probs, len(pred_probs), self.classes_)
        return correct_proba(pred_probs, self.noise_matrix_)
