"""Protocol of the displays: from findings, from an estimator, from probabilities."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import check_consistent_length

from skclean._detecting import DetectingMixin
from skclean._issues import LabelIssues
from skclean.detectors._base import BaseDetector
from skclean.detectors._confident_learning import ConfidentLearning
from skclean.quality import find_label_issues
from skclean.utils._encoding import check_labels, encode_labels
from skclean.utils._typing import Probabilities


def check_matplotlib(caller):
    """Complain of a missing matplotlib before anything is computed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError(f"{caller} needs matplotlib: pip install matplotlib") from error


def _last_step(estimator):
    return estimator[-1] if isinstance(estimator, Pipeline) else estimator


def _knows_labels(final, y):
    """Was it fitted on these given labels?"""
    given = getattr(getattr(final, "issues_", None), "given_label", None)
    return given is not None and np.array_equal(np.asarray(y), np.asarray(given))


def issues_of(estimator, X, y, params=None):
    """Findings of an estimator about `y`; see `BaseDisplay.from_estimator`."""
    params = {} if params is None else params
    final = _last_step(estimator)
    if _knows_labels(final, y):
        return final.issues_
    if isinstance(estimator, DetectingMixin):  # spares the fit of its classifier
        return estimator._get_detector().fit(X, y, **params).issues_
    if isinstance(final, (BaseDetector, DetectingMixin)) or hasattr(final, "issues_"):
        return _last_step(clone(estimator).fit(X, y, **params)).issues_
    if hasattr(estimator, "predict_proba"):
        return ConfidentLearning(clone(estimator)).fit(X, y, **params).issues_
    raise TypeError(
        "from_estimator needs a detector, a NoiseAwareClassifier or a classifier with "
        f"predict_proba. Got {estimator!r}."
    )


def check_issues(issues, needs=("given_label", "classes")):
    """Validate that there are findings, and that they hold what a display needs."""
    if not isinstance(issues, LabelIssues):
        raise TypeError(
            f"issues must be LabelIssues. Got {type(issues).__name__}; for a detector or a "
            "classifier call from_estimator, for probabilities from_predictions."
        )
    lacking = [name for name in needs if getattr(issues, name) is None]
    if lacking:
        raise ValueError(
            f"The display needs {' and '.join(lacking)}, which these LabelIssues lack; take the "
            "issues_ of a detector or the result of find_label_issues."
        )


def given_codes(issues):
    """Position of each given label in the classes."""
    return encode_labels(issues.given_label, issues.classes)[1]


def wrong_labels(issues, y_true):
    """Mask of the given labels that are not the true ones."""
    y_true, given = check_labels(y_true), np.asarray(issues.given_label)
    check_consistent_length(y_true, given)
    if not np.isin(y_true, issues.classes).any():
        raise ValueError(
            f"y_true must hold labels like the given ones, {issues.classes[:10].tolist()}. Got "
            f"{np.unique(y_true)[:10].tolist()}."
        )
    return np.asarray(y_true != given, dtype=bool)


class BaseDisplay(ABC):
    """Base of displays: `from_issues` and `plot` are the display's own."""

    @classmethod
    @abstractmethod
    def from_issues(cls, issues: LabelIssues, *, ax: Any = None, **kwargs: Any) -> Self:
        """Draw the findings of a detector.

        Parameters
        ----------
        issues : LabelIssues
            The findings.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of the display.

        Returns
        -------
        display : BaseDisplay
            The display, drawn.
        """

    @abstractmethod
    def plot(self, ax: Any = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : BaseDisplay
            The display, with `ax_`, `figure_` and the artists.
        """

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        params: Any = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw what an estimator finds out about given labels.

        Parameters
        ----------
        estimator : estimator
            - A detector, `NoiseAwareClassifier`, `NoisyLabelFilter` or `LabelCorrector`, or
              a pipeline that ends in one. If it was fitted on labels equal to `y`, its
              `issues_` are drawn; else a clone is fitted.
            - Any other classifier with `predict_proba`: clones of it are cross-validated
              inside :class:`~skclean.detectors.ConfidentLearning`, whether it was fitted or
              not, as what it predicts for its own training data says little.

        X : array-like of shape (n_samples, n_features)
            Data, in any form that the estimator takes.

        y : array-like of shape (n_samples,)
            Given labels.

        params : dict, default=None
            Metadata for the fit, such as `groups`, `sample_weight` or `pred_probs`.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of `from_issues`.

        Returns
        -------
        display : BaseDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If the estimator is none of these.

        ImportError
            If matplotlib is not installed.
        """
        check_matplotlib(f"{cls.__name__}.from_estimator")
        return cls.from_issues(issues_of(estimator, X, y, params), ax=ax, **kwargs)

    @classmethod
    def from_predictions(
        cls,
        y: ArrayLike,
        pred_probs: Probabilities,
        *,
        classes: ArrayLike | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw what :func:`skclean.find_label_issues` finds out about given labels.

        For other rules than its default call it, and then `from_issues`.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Given labels.

        pred_probs : array-like of shape (n_samples, n_classes)
            Out-of-sample probabilities, columns in the order of the sorted classes or of
            `classes`; rows sum to 1.

        classes : array-like of shape (n_classes,), default=None
            All classes in the order of the columns, where `y` lacks one.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes a figure.

        **kwargs : dict
            Options of `from_issues`.

        Returns
        -------
        display : BaseDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `y` and `pred_probs` do not match.

        ImportError
            If matplotlib is not installed.
        """
        check_matplotlib(f"{cls.__name__}.from_predictions")
        return cls.from_issues(find_label_issues(y, pred_probs, classes=classes), ax=ax, **kwargs)

    def _start(self, ax):
        """Set `ax_` and `figure_`; pyplot is touched only where no axes are given."""
        check_matplotlib(f"{self.__class__.__name__}.plot")
        if ax is None:
            import matplotlib.pyplot as plt

            _, ax = plt.subplots(layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        return ax
