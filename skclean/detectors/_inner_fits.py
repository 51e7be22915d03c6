"""Pass sample weights and groups to the fits and the folds inside a detector."""

import numpy as np
from sklearn.base import MetaEstimatorMixin
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

from skclean.utils._cross_val import aligned_pred_probs
from skclean.utils._metadata import sample_weight_name
from skclean.utils._sklearn import _check_sample_weight, _routing_enabled


class InnerFitsMixin(MetaEstimatorMixin):
    """Mixin of detectors that fit classifiers by `_inner_estimators()`, perhaps with `cv`."""

    def _route(self, X, estimators, params):
        """Keywords of the splitter, and of the fit of each estimator."""
        params = {name: value for name, value in params.items() if value is not None}
        if _routing_enabled():
            routed = process_routing(self, "fit", **params)
            fits = [routed[f"estimator_{i}"].fit for i in range(len(estimators))]
            return routed.splitter.split if hasattr(self, "cv") else {}, fits
        takes = {"sample_weight", "groups"} if hasattr(self, "cv") else {"sample_weight"}
        unknown = sorted(set(params) - takes)
        if unknown:
            raise TypeError(f"{self.__class__.__name__}.fit takes no {' and no '.join(unknown)}.")
        split_params = {name: params[name] for name in ["groups"] if name in params}
        fits = [{} for _ in estimators]
        if "sample_weight" in params:
            weight = _check_sample_weight(params["sample_weight"], X)
            names = [sample_weight_name(estimator) for estimator in estimators]
            if not any(names):
                raise ValueError(
                    f"sample_weight was given, but {estimators[0].__class__.__name__}.fit takes "
                    "no sample_weight; leave it out or use an estimator that takes it."
                )
            fits = [{} if name is None else {name: weight} for name in names]
        return split_params, fits

    def get_metadata_routing(self):
        """Metadata routing: the inner estimators and `cv` receive what they request.

        Returns
        -------
        routing : MetadataRouter
            The requests of the `fit` of the inner estimators and of the splitter.
        """
        router = MetadataRouter(owner=self).add_self_request(self)
        mapping = MethodMapping().add(caller="fit", callee="fit")
        for i, estimator in enumerate(self._inner_estimators()):
            router.add(**{f"estimator_{i}": estimator}, method_mapping=mapping)
        if hasattr(self, "cv"):
            mapping = MethodMapping().add(caller="fit", callee="split")
            router.add(splitter=self.cv, method_mapping=mapping)
        return router


def known_pred_probs(estimator, X, y, classes):
    """Probabilities of a fitted classifier; NaN in rows whose given class it never saw."""
    pred_probs, known = aligned_pred_probs(estimator, X, classes)
    return np.where(known[y][:, np.newaxis], pred_probs, np.nan)
