"""Protocol of the strategies: label issues in, training data out."""

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np
from sklearn.base import BaseEstimator

from skclean._issues import Treatment
from skclean.strategies._weights import weigh_classes


class BaseStrategy(BaseEstimator, ABC):
    """Base of strategies: one hook, `_apply`, keeps nothing.

    A strategy sees the given labels and the findings of a detector and returns a
    :class:`Treatment`. Write one class with `_apply` and it works in
    :class:`~skclean.NoiseAwareClassifier`. One that needs to know the classifier or the
    data overrides `_treat` as well; one that changes predictions adds
    ``_correct_proba(pred_probs, noise)``, which maps probabilities of the fitted
    classifier to those to predict.
    """

    _parameter_constraints: dict = {}

    #: Strategies that take `class_weight` as a parameter get it from this base.
    class_weight = None

    @abstractmethod
    def _apply(self, y, issues):
        """Decide what to train on.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Given labels.

        issues : LabelIssues
            Findings on them.

        Returns
        -------
        treatment : Treatment
            Labels, rows to keep and weights.
        """

    def _treat(self, estimator, X, y, issues, fit_params):
        """Decide what to train this classifier on; the default asks `_apply`.

        Parameters
        ----------
        estimator : estimator
            The unfitted classifier, to be cloned before it is fitted.

        X : array-like of shape (n_samples, n_features)
            Data, in any form that the classifier takes.

        y : ndarray of shape (n_samples,)
            Given labels.

        issues : LabelIssues
            Findings on them.

        fit_params : dict
            Keywords of the fit of the classifier, aligned with `y`.

        Returns
        -------
        treatment : Treatment
            Labels, rows to keep and weights.
        """
        return self._apply(y, issues)

    def apply(self, y, issues):
        """Check the parameters, apply the strategy and keep a sample of every class.

        Where no sample of a class would be left, the one of the best label quality that
        was given that class keeps its label.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Given labels.

        issues : LabelIssues
            Findings on them.

        Returns
        -------
        treatment : Treatment
            Labels, rows to keep and weights.
        """
        self._validate_params()
        return self._finish(self._apply(y, issues), y, issues)

    def treat(self, estimator, X, y, issues, fit_params=None):
        """Apply the strategy for a classifier and its data; else the same as `apply`.

        Parameters
        ----------
        estimator : estimator
            The unfitted classifier.

        X : array-like of shape (n_samples, n_features)
            Data.

        y : ndarray of shape (n_samples,)
            Given labels.

        issues : LabelIssues
            Findings on them.

        fit_params : dict, default=None
            Keywords of the fit of the classifier, aligned with `y`.

        Returns
        -------
        treatment : Treatment
            Labels, rows to keep and weights.
        """
        self._validate_params()
        fit_params = {} if fit_params is None else fit_params
        return self._finish(self._treat(estimator, X, y, issues, fit_params), y, issues)

    def _finish(self, treatment, y, issues):
        """Keep a sample of every class, and weigh the classes where asked to."""
        if not isinstance(treatment, Treatment):
            raise TypeError(
                f"The hook of {type(self).__name__} must return a Treatment. Got "
                f"{type(treatment).__name__}."
            )
        treatment = keep_every_class(treatment, y, issues.label_quality)
        if self.class_weight is None:
            return treatment
        return weigh_classes(treatment, issues, self.class_weight)


def keep_every_class(treatment, y, label_quality):
    """The treatment with the best sample of each class that it would lose."""
    y_new, keep, weight = treatment.y.copy(), treatment.keep.copy(), treatment.sample_weight
    classes = np.unique(y)
    while len(lost := np.setdiff1d(classes, y_new[keep])):
        samples = np.flatnonzero(y == lost[0])
        row = samples[label_quality[samples].argmax()]
        if treatment.sample_indices is not None:  # one row takes the place of all of the sample
            rows = np.flatnonzero(treatment.sample_indices == row)
            row, keep[rows] = rows[0], False
            if weight is not None:
                weight = weight.copy()
                weight[row] = weight[rows].sum()
        y_new[row], keep[row] = lost[0], True
    return replace(treatment, y=y_new, keep=keep, sample_weight=weight)
