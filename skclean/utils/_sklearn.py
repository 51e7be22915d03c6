"""Everything that skclean takes from scikit-learn's private modules, in one place.

Each name has kept its meaning from scikit-learn 1.7 to 1.9; a break has one address.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

from sklearn.utils import _safe_indexing
from sklearn.utils._metadata_requests import METHODS, _routing_enabled
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    RealNotInt,
    StrOptions,
)
from sklearn.utils.metaestimators import _BaseComposition, _safe_split
from sklearn.utils.parallel import _get_threadpool_controller
from sklearn.utils.validation import _check_method_params, _check_sample_weight, _num_samples

from skclean.utils._other_names import refuse_other_names

Function = TypeVar("Function", bound=Callable[..., Any])

if TYPE_CHECKING:  # scikit-learn has no types, and its decorators would take ours away

    def _fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[Function], Function]:
        """Type of the decorator."""

    def validate_params(
        parameter_constraints: dict[str, Any], *, prefer_skip_nested_validation: bool
    ) -> Callable[[Function], Function]:
        """Type of the decorator."""

else:
    from sklearn.base import _fit_context
    from sklearn.utils import _param_validation

    def validate_params(parameter_constraints, **options):
        """The decorator of scikit-learn, which looks up the signature at each call: kept here.

        Names that other libraries have for our parameters are refused with ours.
        """

        def decorator(function):
            function.__signature__ = signature(function)
            names = function.__signature__.parameters
            takes_any = any(each.kind is each.VAR_KEYWORD for each in names.values())
            validated = _param_validation.validate_params(parameter_constraints, **options)(
                function
            )

            @wraps(function)
            def call(*args, **kwargs):
                if not takes_any and not kwargs.keys() <= names.keys():
                    refuse_other_names(function.__name__, names, kwargs)
                return validated(*args, **kwargs)

            return call

        return decorator


try:
    from sklearn.callback import CallbackSupportMixin
except ImportError:  # scikit-learn < 1.9 has no callbacks

    class CallbackSupportMixin:
        """Stand-in where scikit-learn has no callbacks: nothing is reported."""

        def _init_callback_context(self, **kwargs):
            return None


def single_blas_thread():
    """Context in which linear algebra runs on one thread."""
    return _get_threadpool_controller().limit(limits=1, user_api="blas")


def subcontext(context, task_id, task_name="fold"):
    """Callback context of one of several fits inside a fit; None without callbacks."""
    return None if context is None else context.subcontext(task_name=task_name, task_id=task_id)


def report_task(context, caller, X, y):
    """Report to the callbacks of `caller` that one task has been done."""
    context.call_on_fit_task_begin(estimator=caller, X=X, y=y)
    context.call_on_fit_task_end(estimator=caller, X=X, y=y)


def fit_in_context(context, caller, estimator, X, y, fit_params):
    """Fit `estimator`, reporting to the callbacks of `caller` that it was one task."""
    if context is None:
        return estimator.fit(X, y, **fit_params)
    takes_callbacks = hasattr(estimator, "set_callbacks")
    with context.propagate_callback_context(estimator) if takes_callbacks else nullcontext():
        context.call_on_fit_task_begin(estimator=caller, X=X, y=y)
        estimator.fit(X, y, **fit_params)
        context.call_on_fit_task_end(estimator=caller, X=X, y=y)
    return estimator


__all__ = [
    "METHODS",
    "CallbackSupportMixin",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "RealNotInt",
    "StrOptions",
    "_BaseComposition",
    "_check_method_params",
    "_check_sample_weight",
    "_fit_context",
    "_num_samples",
    "_routing_enabled",
    "_safe_indexing",
    "_safe_split",
    "fit_in_context",
    "report_task",
    "single_blas_thread",
    "subcontext",
    "validate_params",
]
