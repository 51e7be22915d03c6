"""Audit given labels: find the issues, and gather what there is to say of them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from skclean._detecting import check_detector, issues_of
from skclean.detectors import BaseDetector, ConfidentLearning
from skclean.detectors._base import BaseProbaDetector
from skclean.quality import find_label_issues
from skclean.report._record import Audit
from skclean.utils._metadata import takes_keyword
from skclean.utils._sklearn import InvalidParameterError, _num_samples
from skclean.utils._typing import Seed


def audit(
    X: Any,
    y: ArrayLike,
    estimator: Any = None,
    *,
    detector: Any = None,
    pred_probs: ArrayLike | None = None,
    classes: ArrayLike | None = None,
    ids: ArrayLike | None = None,
    images: np.ndarray | str | None = None,
    title: str | None = None,
    groups: ArrayLike | None = None,
    cv: Any = None,
    n_jobs: int | None = None,
    random_state: Seed = None,
    **params: Any,
) -> Audit:
    """Find the label issues of a data set and report on them.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or None
        Data, in any form that the classifier takes. None with `pred_probs` alone.

    y : array-like of shape (n_samples,)
        Given labels.

    estimator : estimator, default=None
        Classifier with `predict_proba`. None is gradient boosting, which takes numbers
        with gaps and dataframes with text columns.

    detector : detector, default=None
        What finds the issues; None is :class:`~skclean.detectors.ConfidentLearning`. One
        that needs a classifier and has none gets `estimator`.

    pred_probs : array-like of shape (n_samples, n_classes), default=None
        Out-of-sample probabilities to use in place of a classifier.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns of `pred_probs`, where that is not the sorted
        one or `y` lacks a class; then :func:`~skclean.find_label_issues` alone judges them.

    ids : array-like of shape (n_samples,), default=None
        Names of the rows; they may repeat. None takes the index of pandas data.

    images : ndarray of shape (n_samples, height, width) or (n_samples, height, width, 3 or 4), \
            or str, default=None
        A picture of each row for the page, or the column of `X` with paths of image files.

    title : str, default=None
        Heading of the report.

    groups : array-like of shape (n_samples,), default=None
        Groups that folds keep together, and in which labels may be worse than in others.

    cv, n_jobs, random_state
        Of the default detector; see :class:`~skclean.detectors.ConfidentLearning`.

    **params : dict
        Further metadata of the detector's `fit`, such as `sample_weight`, `trusted` and
        `y_before`.

    Returns
    -------
    report : Audit
        The report: print it, or call its `to_html`, `to_json` or `to_frame`.

    Raises
    ------
    ValueError
        If `X` is None without `pred_probs`, or `detector` comes together with `cv`,
        `n_jobs` or `random_state`, which are its own, or with an `estimator` it has no use
        for; if `classes` come without `pred_probs`, or with what else would judge; if `ids`,
        `images` or `groups` do not fit the data.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skclean.report import audit
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> y = y.map({0: "setosa", 1: "versicolor", 2: "virginica"})
    >>> y.iloc[[3, 60]] = ["virginica", "setosa"]
    >>> report = audit(X, y, LogisticRegression(max_iter=1000))
    >>> sorted(report.to_frame()["row"][:2])
    [3, 60]
    >>> print(report.words[1])
    2 labels are flagged as likely wrong: 1 stand, 1 could be due to overlap of the classes.
    """
    own = {"cv": cv, "n_jobs": n_jobs, "random_state": random_state}
    if isinstance(estimator, BaseDetector):
        raise InvalidParameterError(
            f"The 'estimator' parameter of audit must be a classifier. Got the detector "
            f"{estimator!r} instead; pass it as detector=."
        )
    check_detector(detector, "audit")
    if classes is not None:
        beside = {"estimator": estimator, "detector": detector} | own | params
        beside = [name for name, value in beside.items() if value is not None]
        if pred_probs is None or beside:
            raise ValueError(
                "classes are those of the columns of pred_probs, which are then judged by "
                "find_label_issues alone. Got "
                f"{'no pred_probs' if pred_probs is None else ' and '.join(beside)}; leave classes "
                "out."
            )
    by_itself = X is None and detector is None and not params  # read by blocks, it may be large
    if detector is None:
        detector = ConfidentLearning(estimator, **own)
    else:
        if given := [name for name, value in own.items() if value is not None]:
            raise ValueError(
                f"A detector holds its own {' and '.join(given)}. Got a detector, "
                f"{type(detector).__name__}, and {' and '.join(given)} beside it; set them on the "
                "detector."
            )
        detector = clone(detector)
        if isinstance(detector, BaseProbaDetector) and detector.estimator is None:
            detector.set_params(estimator=estimator)
        elif estimator is not None:
            raise ValueError(
                "estimator is for a detector without a classifier of its own. Got both a "
                f"{type(estimator).__name__} and a {type(detector).__name__} with one; leave "
                "estimator out."
            )
    name = type(detector).__name__
    if X is None:
        if pred_probs is None:
            raise ValueError("audit needs X or pred_probs. Got X=None and pred_probs=None.")
        if name != "ConfidentLearning":
            raise ValueError(
                "Without X, probabilities alone are judged, by ConfidentLearning. Got "
                f"detector={name}; pass X."
            )
    if pred_probs is not None:
        params["pred_probs"] = pred_probs
    elif groups is not None and takes_keyword(detector, "groups"):
        params["groups"] = groups  # others make no folds
    if classes is not None or by_itself:
        issues = find_label_issues(y, pred_probs, classes=classes)
    else:
        data = np.zeros((_num_samples(y), 1)) if X is None else X  # probabilities need none
        issues = issues_of(detector.fit(data, y, **params), "audit")
    return Audit(
        issues,
        X,
        ids=ids,
        images=images,
        groups=groups,
        title=title,
        y_before=params.get("y_before"),
        detector=name,
    )
