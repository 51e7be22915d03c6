"""Classifiers that can say how probable each class is."""

from sklearn.ensemble import StackingClassifier
from sklearn.pipeline import Pipeline

from skclean.utils._sklearn import HasMethods


def has_probabilities(estimator):
    """Tell whether a classifier has `predict_proba` once it is fitted.

    A stacking whose final estimator is its default one shows it only then.
    """
    if hasattr(estimator, "predict_proba"):
        return True
    if isinstance(estimator, Pipeline) and estimator.steps:
        return has_probabilities(estimator.steps[-1][1])
    return isinstance(estimator, StackingClassifier) and estimator.final_estimator is None


class HasProbabilities(HasMethods):
    """The constraint on a classifier, whose message says where probabilities come from."""

    def __init__(self):
        super().__init__(["fit", "predict_proba"])

    def is_satisfied_by(self, val):
        """Does it have `fit`, and probabilities once it is fitted?"""
        return hasattr(val, "fit") and has_probabilities(val)

    def __str__(self):
        return f"{super().__str__()} (CalibratedClassifierCV adds predict_proba to a classifier)"
