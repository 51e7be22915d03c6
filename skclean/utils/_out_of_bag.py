"""Out-of-sample probabilities of one fit: each sample by the members that left it out."""

from contextlib import nullcontext

import numpy as np
from joblib import parallel_config
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from skclean.utils._sklearn import StrOptions

OUT_OF_BAG = "oob"
CV_CONSTRAINT = ["cv_object", StrOptions({OUT_OF_BAG})]


def is_out_of_bag(cv):
    """Does a `cv` ask for out-of-bag probabilities?"""
    return isinstance(cv, str) and cv == OUT_OF_BAG


def last_step(estimator):
    """The estimator itself or the last step of a pipeline, and the prefix of its parameters."""
    prefix = ""
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        prefix += f"{name}__"
    return estimator, prefix


def with_oob_score(estimator):
    """Clone of an estimator that bags, which keeps its out-of-bag votes.

    Raises
    ------
    ValueError
        If it leaves no samples out.
    """
    last, prefix = last_step(estimator)
    params = last.get_params(deep=False) if hasattr(last, "get_params") else {}
    if not {"bootstrap", "oob_score"} <= params.keys():
        raise ValueError(
            f"cv='oob' needs a classifier that bags, but {last.__class__.__name__} does not: it "
            "has no bootstrap and no oob_score. Pass RandomForestClassifier, "
            "ExtraTreesClassifier(bootstrap=True) or BaggingClassifier, alone or as the last step "
            "of a pipeline, or folds such as cv=5."
        )
    if not params["bootstrap"]:
        raise ValueError(
            f"cv='oob' needs samples that members leave out, but {last.__class__.__name__} has "
            f"bootstrap={params['bootstrap']}; pass bootstrap=True, or folds such as cv=5."
        )
    oob_score = params["oob_score"] or True  # it may be the user's own scorer
    return clone(estimator).set_params(**{f"{prefix}oob_score": oob_score})


def growing(n_jobs):
    """Context in which members are fitted `n_jobs` at a time, where they say nothing else."""
    return nullcontext() if n_jobs is None else parallel_config(n_jobs=n_jobs)


def out_of_bag_votes(fitted, codes):
    """Out-of-bag probabilities of the rows that a classifier was fitted on.

    Parameters
    ----------
    fitted : estimator
        Fitted by `with_oob_score`.

    codes : ndarray of shape (n_samples,)
        Labels that it was fitted on, as codes.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_classes)
        Columns in the order of its `classes_`; rows of NaN were in the bag of every member,
        or are the only ones of their class, which no member that left them out knows.
    """
    votes = last_step(fitted)[0].oob_decision_function_
    total = votes.sum(axis=1, keepdims=True)
    judged = (total > 0) & (np.bincount(codes)[codes] > 1)[:, np.newaxis]
    return votes / np.where(judged, total, np.nan)
