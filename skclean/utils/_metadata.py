"""Pass sample weights and other metadata to the fits inside a meta-estimator."""

from difflib import get_close_matches
from inspect import Parameter, signature
from types import NoneType

import numpy as np
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import get_routing_for_object
from sklearn.utils.validation import has_fit_parameter

from skclean.utils._sklearn import _check_sample_weight, _routing_enabled

METADATA = ("groups", "sample_weight", "pred_probs", "trusted", "y_before")


def sample_weight_name(estimator):
    """Name under which `estimator.fit` takes sample weights; None if it takes none.

    The last step of a pipeline takes them as ``step__sample_weight``. A meta-estimator
    whose `fit` has ``**params`` passes them on. Where routing is enabled, both take them if
    something inside requests them.
    """
    if has_fit_parameter(estimator, "sample_weight"):
        return "sample_weight"
    if not takes_any_keyword(estimator.fit):
        return None
    if _routing_enabled():
        routing = get_routing_for_object(estimator)
        return "sample_weight" if routing.consumes("fit", ["sample_weight"]) else None
    if not isinstance(estimator, Pipeline):
        return "sample_weight"
    name, step = estimator.steps[-1]
    inner = sample_weight_name(step)
    return None if inner is None else f"{name}__{inner}"


def takes_sample_weight(estimator):
    """Tell whether `fit` surely takes weights: by name, at the end of a pipeline, or by request.

    Voting and stacking take them if all their members do; of other meta-estimators with
    ``**params`` that is not known.
    """
    if _routing_enabled() or has_fit_parameter(estimator, "sample_weight"):
        return sample_weight_name(estimator) is not None
    if isinstance(estimator, Pipeline):
        return takes_sample_weight(estimator.steps[-1][1])
    if isinstance(estimator, (VotingClassifier, StackingClassifier)):
        members = [member for _, member in estimator.estimators]
        members.append(getattr(estimator, "final_estimator", None))
        members = [each for each in members if not isinstance(each, (str, NoneType))]
        return all(
            takes_sample_weight(each) and sample_weight_name(each) == "sample_weight"
            for each in members
        )
    return False


def takes_any_keyword(method):
    """Tell whether a method has ``**params``."""
    parameters = signature(method).parameters.values()
    return any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters)


def weighted(estimator, fit_params, sample_weight):
    """Fit parameters of `estimator` with their weights multiplied by `sample_weight`.

    Weights that are all alike say nothing and are left out: some fits take three times
    as long with them.

    Raises
    ------
    ValueError
        If the estimator takes no sample weights.
    """
    if sample_weight is None or np.ptp(sample_weight) == 0:
        return fit_params
    name = sample_weight_name(estimator)
    if name is None:
        raise ValueError(
            f"This strategy weighs the samples, but {estimator.__class__.__name__}.fit takes no "
            "sample_weight; use an estimator that does (in a pipeline under metadata routing: "
            "set_fit_request(sample_weight=True) on its last step), or a strategy such as Prune()."
        )
    given = fit_params.get(name)
    return {**fit_params, name: sample_weight if given is None else given * sample_weight}


def takes_keyword(estimator, name):
    """Tell whether a plain keyword of `fit` reaches something inside an estimator.

    One that fits others says so itself, by `_takes(name)`; of any other the signature of
    `fit` counts.
    """
    if hasattr(estimator, "_takes"):
        return estimator._takes(name)
    return name in signature(estimator.fit).parameters or takes_any_keyword(estimator.fit)


def split_fit_params(estimators, X, params):
    """Without metadata routing: what goes to the splitter and what to each inner fit.

    Parameters
    ----------
    estimators : list of estimators
        The inner estimators.

    X : array-like of shape (n_samples, n_features)
        The data.

    params : dict
        Keywords of the outer fit; none of them is None.

    Returns
    -------
    split_params : dict
        `groups` alone.

    fit_params : list of dicts
        For each estimator `sample_weight`, under the name that it takes it by, and of
        the rest what it takes.

    Raises
    ------
    ValueError
        If `sample_weight` is given and no estimator takes it.
    TypeError
        If another keyword is given and no estimator takes it.
    """
    rest = dict(params)
    split_params = {name: rest.pop(name) for name in ["groups"] if name in rest}
    sample_weight = rest.pop("sample_weight", None)
    first = f"{estimators[0].__class__.__name__}.fit"
    unknown = [name for name in rest if not any(takes_keyword(e, name) for e in estimators)]
    if unknown:
        others = [name for name in METADATA if name != unknown[0]]
        close = get_close_matches(unknown[0], others, n=1, cutoff=0.7)
        way_out = f"did you mean {close[0]}?" if close else "leave it out."
        raise TypeError(f"{first} takes no {' and no '.join(unknown)}; {way_out}")
    fit_params = [{k: v for k, v in rest.items() if takes_keyword(e, k)} for e in estimators]
    if sample_weight is not None:
        names = [sample_weight_name(estimator) for estimator in estimators]
        if not any(names):
            raise ValueError(
                f"sample_weight was given, but {first} takes no sample_weight; leave it out or "
                "use an estimator that takes it."
            )
        sample_weight = _check_sample_weight(sample_weight, X)
        for own, name in zip(fit_params, names, strict=True):
            own |= {} if name is None else {name: sample_weight}
    return split_params, fit_params


def check_accepted(estimator, params):
    """Refuse keywords that the `fit` of an estimator does not take.

    Raises
    ------
    TypeError
        If a keyword would reach nobody.
    """
    known = signature(estimator.fit).parameters
    unknown = [] if takes_any_keyword(estimator.fit) else [k for k in params if k not in known]
    if unknown:
        raise TypeError(
            f"{estimator.__class__.__name__}.fit takes no {' and no '.join(unknown)}; leave it out "
            "or use a detector that takes it."
        )
    return params
