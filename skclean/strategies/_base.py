"""Protocol of the strategies: label issues in, training data out."""

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np
from sklearn.base import BaseEstimator


class BaseStrategy(BaseEstimator, ABC):
    """Base of strategies: one hook, `_apply`, keeps nothing.

    A strategy sees the given labels and the findings of a detector and returns a
    :class:`~skclean._issues.Treatment`. Write one class with `_apply` and it works in
    :class:`~skclean.NoiseAwareClassifier`.
    """

    _parameter_constraints: dict = {}

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
            Labels, samples to keep and weights.
        """

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
            Labels, samples to keep and weights.
        """
        self._validate_params()
        treatment = self._apply(y, issues)
        y_new, keep = treatment.y.copy(), treatment.keep.copy()
        classes = np.unique(y)
        while len(lost := np.setdiff1d(classes, y_new[keep])):
            rows = np.flatnonzero(y == lost[0])
            best = rows[issues.label_quality[rows].argmax()]
            y_new[best], keep[best] = lost[0], True
        return replace(treatment, y=y_new, keep=keep)
