"""Pass sample weights, groups and other metadata to the fits inside an estimator."""

from inspect import signature
from numbers import Integral

from sklearn.base import MetaEstimatorMixin
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

from skclean.utils._metadata import sample_weight_name, split_fit_params
from skclean.utils._sklearn import _routing_enabled

PARTS = ("estimator", "estimators", "detectors")  # None stands for what takes any table


class InnerFitsMixin(MetaEstimatorMixin):
    """Mixin of estimators that fit clones of `_inner_estimators()`, perhaps by folds of `cv`."""

    def _route(self, X, estimators, params):
        """Keywords of the splitter, and of the fit of each inner estimator.

        By metadata routing, or by `_share_out` while it is disabled.
        """
        params = {name: value for name, value in params.items() if value is not None}
        if not _routing_enabled():
            return self._share_out(X, estimators, params)
        routed = process_routing(self, "fit", **params)
        fits = [routed[f"estimator_{i}"].fit for i in range(len(estimators))]
        return routed.splitter.split if hasattr(self, "cv") else {}, fits

    def _share_out(self, X, estimators, params):
        if "groups" in params and not self._takes("groups"):
            without = " without cv" if hasattr(self, "cv") else ""
            raise TypeError(
                f"{self.__class__.__name__}.fit takes no groups{without}: it makes no folds."
            )
        return split_fit_params(estimators, X, params)

    def _takes(self, name):
        """Does a plain keyword of `fit` reach something, while routing is disabled?"""
        if name == "groups":
            return hasattr(self, "cv")
        if name == "sample_weight":
            return any(map(sample_weight_name, self._inner_estimators()))
        return name in signature(self.fit).parameters

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
            # a number of folds keeps groups together where there are any, and so asks for them
            counted = self.cv is None or isinstance(self.cv, Integral)
            counted = counted and self._takes("groups")
            splitter = StratifiedGroupKFold() if counted else self.cv
            router.add(splitter=splitter, method_mapping=mapping)
        return router

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = [get_tags(estimator) for estimator in self._inner_estimators()]
        if len(inner) == 1:
            tags.input_tags = inner[0].input_tags
        else:
            tags.input_tags.sparse = all(each.input_tags.sparse for each in inner)
            tags.input_tags.allow_nan = all(each.input_tags.allow_nan for each in inner)
        parts = [vars(self)[name] for name in PARTS if name in vars(self)]
        if any(part is None for part in parts):
            tags.input_tags.allow_nan = True  # a pipeline does not say what its steps allow
        tags.non_deterministic = any(each.non_deterministic for each in inner)
        tags.target_tags.required = True
        return tags
