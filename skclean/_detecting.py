"""What the estimators that act on the findings of a detector have in common."""

from sklearn.base import MetaEstimatorMixin, clone, is_classifier
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping

from skclean.detectors._base import BaseDetector, BaseProbaDetector
from skclean.detectors._confident_learning import ConfidentLearning
from skclean.utils._probabilities import has_probabilities
from skclean.utils._sklearn import (
    METHODS,
    CallbackSupportMixin,
    InvalidParameterError,
    _routing_enabled,
)


def check_detector(detector, owner):
    """Refuse a classifier of scikit-learn or a pipeline where a detector belongs, before a fit."""
    if isinstance(detector, Pipeline) and detector.steps:
        last = detector.steps[-1][1]
        if isinstance(last, BaseDetector):
            raise InvalidParameterError(
                f"The 'detector' parameter of {owner} must be a detector. Got a pipeline that ends "
                f"in one, {detector!r}; pass {type(last).__name__}() alone and put the other steps "
                f"before the {owner}."
            )
    if type(detector).__module__.startswith("sklearn.") and is_classifier(detector):
        raise InvalidParameterError(
            f"The 'detector' parameter of {owner} must be a detector. Got the classifier "
            f"{detector!r} instead; ConfidentLearning(classifier) detects by the probabilities of "
            "a classifier."
        )


def issues_of(detector, owner):
    """What a fitted detector has found."""
    issues = getattr(detector, "issues_", None)
    if issues is None:
        raise InvalidParameterError(
            f"The 'detector' parameter of {owner} must be a detector, whose fit sets issues_. Got "
            f"{detector!r} instead; see skclean.detectors."
        )
    return issues


class DetectingMixin(CallbackSupportMixin, MetaEstimatorMixin):
    """Mixin that owns `detector`."""

    def _get_detector(self, estimator=None):
        """Unfitted detector; one without a classifier of its own gets `estimator`."""
        if self.detector is None:
            detector = ConfidentLearning()
            if _routing_enabled():
                detector.set_fit_request(pred_probs=True, trusted=True, y_before=True)
        else:
            detector = clone(self.detector)
        lacks_estimator = isinstance(detector, BaseProbaDetector) and detector.estimator is None
        if lacks_estimator and has_probabilities(estimator):
            detector.set_params(estimator=clone(estimator))
        return detector

    def get_metadata_routing(self):
        """Metadata routing: what `fit` is given goes to those inside that request it.

        Returns
        -------
        routing : MetadataRouter
            The requests of the detector's `fit`.
        """
        # scikit-learn knows `fit_resample` only once imbalanced-learn is imported
        callers = {"fit", "fit_resample"} & set(METHODS) & set(dir(self))
        mapping = MethodMapping()
        for caller in sorted(callers):
            mapping.add(caller=caller, callee="fit")
        return (
            MetadataRouter(owner=self)
            .add_self_request(self)
            .add(detector=self._get_detector(), method_mapping=mapping)
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self._get_detector())
        tags.input_tags = inner.input_tags
        tags.non_deterministic = inner.non_deterministic
        tags.target_tags.required = True
        return tags
