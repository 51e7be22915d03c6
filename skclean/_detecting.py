"""What the estimators that act on the findings of a detector have in common."""

from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping

from skclean.detectors._base import BaseDetector, BaseProbaDetector
from skclean.detectors._confident_learning import ConfidentLearning
from skclean.utils._sklearn import (
    METHODS,
    CallbackSupportMixin,
    InvalidParameterError,
    _routing_enabled,
)


def check_detector(detector, owner):
    """Refuse a classifier or a pipeline where a detector belongs, before anything is fitted."""
    if detector is None or isinstance(detector, BaseDetector):
        return
    must = f"The 'detector' parameter of {owner} must be a detector"
    if isinstance(detector, Pipeline) and isinstance(detector[-1], BaseDetector):
        name = type(detector[-1]).__name__
        raise InvalidParameterError(
            f"{must}. Got a pipeline that ends in one, {detector!r}; pass {name}() alone and put "
            f"the other steps before the {owner}."
        )
    if isinstance(detector, BaseEstimator) and is_classifier(detector):
        raise InvalidParameterError(
            f"{must}. Got the classifier {detector!r} instead; ConfidentLearning(classifier) "
            "detects by the probabilities of a classifier."
        )


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
        if lacks_estimator and hasattr(estimator, "predict_proba"):
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
