"""Out-of-sample probabilities by cross-validation.

Why not :func:`sklearn.model_selection.cross_val_predict`: it gives probability 0 to a
class that a training fold lacks, so that every sample of it looks mislabelled; it fits
on encoded labels, so that ``class_weight={"cat": 2}`` fails; it takes partitions only;
and it routes metadata a second time.
"""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, check_cv
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import check_random_state
from sklearn.utils.parallel import delayed
from sklearn.utils.validation import check_memory

from skclean.utils._out_of_bag import (
    growing,
    is_out_of_bag,
    last_step,
    out_of_bag_votes,
    with_oob_score,
)
from skclean.utils._sklearn import (
    HasMethods,
    _check_method_params,
    _num_samples,
    _safe_split,
    fit_in_context,
    report_task,
    subcontext,
)
from skclean.utils._tasks import run_tasks
from skclean.utils._text import first_of
from skclean.utils._validation import check_pred_probs

DEFAULT_N_SPLITS = 5
MEMORY_CONSTRAINT = [str, HasMethods(["cache"]), None]
GROWN_IN_THREADS = DecisionTreeClassifier, ExtraTreesClassifier, RandomForestClassifier


def make_splits(
    cv, X, y, codes, *, random_state=None, n_splits=DEFAULT_N_SPLITS, keep=None, **split_params
):
    """Train and test indices of every fold, as a list.

    Parameters
    ----------
    cv : int, splitter, iterable, "oob" or None
        An int, or None for `n_splits` (fewer where every class is smaller), makes
        stratified folds, which keep groups together if there are any. "oob" makes one fold
        that trains on the rows to keep and tests all.

    X, y : array-like of shape (n_samples, ...)
        The data.

    codes : ndarray of shape (n_samples,)
        Labels as codes.

    random_state : int, RandomState instance or None, default=None
        Shuffles the folds. None shuffles those of `cv=None` all the same, always alike, as
        tables are often sorted; a number of folds then takes the rows in order.

    n_splits : int, default=5
        Number of folds where `cv` is None.

    keep : ndarray of shape (n_samples,), dtype bool, default=None
        Rows to train on: stratified folds spread them evenly, and only they are in the
        training parts, unless a class would vanish from one. Test parts have all rows.

    **split_params : dict
        Passed on to the splitter, such as `groups`.

    Returns
    -------
    splits : list of (train, test)
        Arrays of indices.
    """
    by_default, strata = cv is None, y
    if is_out_of_bag(cv):
        if split_params.get("groups") is not None:
            raise ValueError(
                "cv='oob' does not keep groups apart: a sample is judged by members that saw "
                "others of its group. Pass folds such as cv=5, which do, or leave groups out."
            )
        rows = np.arange(len(codes))
        return [(rows if keep is None else _kept_rows(rows, codes, keep), rows)]
    if by_default:
        largest = np.bincount(codes).max()
        if largest < 2:
            raise ValueError(
                "No class of y has two samples, so that none could be judged by a classifier that "
                f"knows its class. Got {len(codes)} samples with a label of their own each; is y a "
                "column of ids or of numbers to predict?"
            )
        cv = max(2, min(n_splits, largest))
    if isinstance(cv, (int, np.integer)):
        if split_params.get("groups") is not None:
            cv, split_params = _for_groups(cv, split_params, by_default)
        if keep is not None and np.bincount(2 * codes + keep).max() >= cv:
            strata = 2 * codes + keep
        folds = StratifiedKFold if split_params.get("groups") is None else StratifiedGroupKFold
        if by_default and random_state is None:
            random_state = 0
        cv = folds(int(cv), shuffle=random_state is not None, random_state=random_state)
    rows = np.arange(len(codes))
    with warnings.catch_warnings():
        if by_default or keep is not None:  # nobody asked for that many folds of so few
            warnings.filterwarnings("ignore", message="The least populated class")
        folds = check_cv(cv, y, classifier=True).split(X, strata, **split_params)
        splits = [(rows[train], rows[test]) for train, test in folds]
    if keep is not None:
        splits = [(_kept_rows(train, codes, keep), test) for train, test in splits]
    if not splits:
        raise ValueError(
            f"cv={cv!r} gave no folds. An iterator can be used only once; pass a list of folds."
        )
    return splits


def _kept_rows(train, codes, keep):
    """Rows of a training part to train on, all rows of a class that would vanish."""
    kept = keep[train]
    lost = np.setdiff1d(codes[train], codes[train[kept]])
    return train[kept | np.isin(codes[train], lost)]


def seeded_clone(estimator, random_state):
    """Clone in which every `random_state` that is None, however deep, becomes a seed."""
    estimator = clone(estimator)
    if random_state is not None:
        seed = int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
        unseeded = {
            name: seed
            for name, value in estimator.get_params(deep=True).items()
            if name.split("__")[-1] == "random_state" and value is None
        }
        estimator.set_params(**unseeded)
    return estimator


def check_known_classes(estimator, classes):
    """Classes of a fitted classifier, all of which must be among `classes`."""
    own = np.asarray(estimator.classes_)
    if not np.isin(own, classes).all():
        raise ValueError(
            f"{estimator.__class__.__name__} predicts classes that are not among the labels: its "
            f"classes_ are {own[:10].tolist()}, the labels {classes[:10].tolist()}. Fit it on "
            "labels of the same kind; an estimator that was fitted before must know no others."
        )
    return own


def aligned_pred_probs(estimator, X, classes):
    """Probabilities of a fitted classifier with one column per class.

    Returns
    -------
    pred_probs : ndarray of shape (n_samples, n_classes)
        Rows sum to 1; classes that the classifier never saw have 0.

    known : ndarray of shape (n_classes,), dtype bool
        The classes it saw.

    Raises
    ------
    ValueError
        If the classifier knows other classes, or predicts no distributions.
    """
    own = check_known_classes(estimator, classes)
    try:
        predicted = check_pred_probs(estimator.predict_proba(X), _num_samples(X), own)[:]
    except ValueError as error:
        raise ValueError(f"{estimator.__class__.__name__}.predict_proba: {error}") from error
    known = np.isin(classes, own)
    pred_probs = np.zeros((len(predicted), len(classes)), dtype=predicted.dtype)
    pred_probs[:, np.searchsorted(classes, own)] = predicted
    return pred_probs, known


def fit_fold(estimator, X, y, train, fit_params, context=None, caller=None):
    """Clone of a classifier fitted on the training part of a fold."""
    X_train, y_train = _safe_split(estimator, X, y, train)
    if len(present := np.unique(y_train)) < 2:
        raise ValueError(
            "The number of classes has to be greater than one in the training part of each fold; "
            f"got 1 class {present.tolist()}. Pass a cv that spreads the classes over the folds."
        )
    params = _check_method_params(X, fit_params, indices=train)
    return fit_in_context(context, caller, clone(estimator), X_train, y_train, params)


def _fit_and_predict(estimator, X, y, train, test, classes, fit_params, context, caller):
    reported = True
    try:
        fitted = fit_fold(estimator, X, y, train, fit_params, context, caller)
    except (ConnectionError, FileNotFoundError):
        # callbacks listen at a local address of the machine that asks, and this is another
        if context is None:
            raise
        fitted, reported = fit_fold(estimator, X, y, train, fit_params), False
    X_test, _ = _safe_split(estimator, X, y, test, train)
    return fitted, *aligned_pred_probs(fitted, X_test, classes), reported


def _fit_folds(estimator, X, y, splits, classes, fit_params, n_jobs, contexts, caller):
    """Results of all folds, each of which reports its progress from wherever it runs."""
    fits = run_tasks(
        (
            delayed(_fit_and_predict)(
                estimator, X, y, train, test, classes, fit_params, context, caller
            )
            for (train, test), context in zip(splits, contexts, strict=True)
        ),
        n_jobs,
        prefer=preferred_workers(estimator),
    )
    results = []
    for (*result, reported), context in zip(fits, contexts, strict=True):
        results.append(result)
        if not reported:
            report_task(context, caller, X, y)
    return results


def preferred_workers(estimator):
    """Hint to joblib: threads for trees, which release the interpreter while they grow.

    Threads share the data and need not send the trees back. Other fits take processes,
    in which joblib also limits the threads of each.
    """
    return "threads" if isinstance(last_step(estimator)[0], GROWN_IN_THREADS) else None


def _fit_out_of_bag(estimator, X, y, train, classes, fit_params, n_jobs, context, caller):
    """Fit once; what was left out of a bag judges the training rows, all of it the others."""
    with growing(n_jobs), warnings.catch_warnings():  # check_judged says it
        warnings.filterwarnings("ignore", message="Some inputs do not have OOB scores")
        warnings.filterwarnings("ignore", message="invalid value", category=RuntimeWarning)
        fitted = fit_fold(with_oob_score(estimator), X, y, train, fit_params, context, caller)
    own = check_known_classes(fitted, classes)
    votes = out_of_bag_votes(fitted, np.searchsorted(own, y[train]))
    pred_probs = np.zeros((len(y), len(classes)), dtype=votes.dtype)
    pred_probs[np.ix_(train, np.searchsorted(classes, own))] = votes
    pred_probs[train[np.isnan(votes[:, 0])]] = np.nan
    others = np.setdiff1d(np.arange(len(y)), train)
    if len(others) > 0:
        X_others, _ = _safe_split(estimator, X, y, others, train)
        pred_probs[others] = aligned_pred_probs(fitted, X_others, classes)[0]
    return fitted, pred_probs, np.isin(classes, own)


def out_of_sample_pred_probs(
    estimator,
    X,
    y,
    splits,
    classes,
    fit_params,
    n_jobs=None,
    context=None,
    caller=None,
    first_task=0,
    out_of_bag=False,
):
    """Fit a clone per fold and predict its test rows; repeated predictions are averaged.

    A fold whose training part lacks the label of a test row cannot judge that row. A row
    that no fold could judge is NaN throughout.

    Parameters
    ----------
    estimator : estimator
        Classifier with `predict_proba`, cloned for each fold.

    X, y : array-like of shape (n_samples, ...)
        Data and given labels.

    splits : list of (train, test)
        Indices; every row must be in some test part.

    classes : ndarray of shape (n_classes,)
        Sorted classes.

    fit_params : dict
        Keywords of the inner fit, cut to the training part.

    n_jobs : int, default=None
        Number of folds, or of members of one that bags, fitted at a time by joblib.

    context, caller : CallbackContext and estimator, default=None
        Where the progress of each fold is reported.

    first_task : int, default=0
        Number of the first fold in those reports.

    out_of_bag : bool, default=False
        Train on the one fold there is, and let each of its training rows be judged by the
        members of the classifier that left it out.

    Returns
    -------
    pred_probs : ndarray of shape (n_samples, n_classes)
        Rows sum to 1 or are NaN.

    estimators : list of estimators
        The fitted clones, one per fold.
    """
    n_samples = _num_samples(X)
    if out_of_bag:
        ((train, _),) = splits
        fold = subcontext(context, first_task)
        results = [
            _fit_out_of_bag(estimator, X, y, train, classes, fit_params, n_jobs, fold, caller)
        ]
    else:
        contexts = [subcontext(context, first_task + i) for i in range(len(splits))]
        results = _fit_folds(estimator, X, y, splits, classes, fit_params, n_jobs, contexts, caller)
    codes = np.searchsorted(classes, y)
    pred_probs = np.zeros((n_samples, len(classes)), dtype=results[0][1].dtype)
    n_judged = np.zeros(n_samples, dtype=np.intp)
    tested = np.zeros(n_samples, dtype=bool)
    for (_, test), (_, fold_probs, known) in zip(splits, results, strict=True):
        judged = known[codes[test]]
        pred_probs[test[judged]] += fold_probs[judged]
        n_judged[test[judged]] += 1
        tested[test] = True
    if not tested.all():
        raise ValueError(
            f"cv must put every sample into a test part. Got {np.count_nonzero(~tested)} of "
            f"{n_samples} samples in none, the first in row {tested.argmin()}."
        )
    pred_probs /= np.where(n_judged > 0, n_judged, np.nan)[:, np.newaxis].astype(pred_probs.dtype)
    return pred_probs, [estimator for estimator, _, _ in results]


def mean_pred_probs(estimators, X, classes):
    """Probabilities averaged over fitted classifiers, each over the classes it knows."""
    total, n_known = 0.0, 0
    for estimator in estimators:
        pred_probs, known = aligned_pred_probs(estimator, X, classes)
        total = total + pred_probs
        n_known = n_known + known
    mean = total / np.maximum(n_known, 1).astype(total.dtype)
    return mean / mean.sum(axis=1, keepdims=True)


def _for_groups(cv, split_params, by_default):
    """As many folds as there are groups at most; one group alone cannot be kept together."""
    n_groups = len(np.unique(np.asarray(split_params["groups"])))
    if n_groups == 1:
        warnings.warn(
            "All samples are of one group, so that the folds cannot keep it together: each sample "
            "is judged by classifiers that saw others of the group.",
            UserWarning,
            stacklevel=4,
        )
        return cv, {name: value for name, value in split_params.items() if name != "groups"}
    if cv > n_groups and not by_default:
        warnings.warn(
            f"{n_groups} folds are made in place of {cv}, as there are no more groups.",
            UserWarning,
            stacklevel=4,
        )
    return min(cv, n_groups), split_params


def cached_pred_probs(memory):
    """`out_of_sample_pred_probs` with a memory; only what the result depends on is looked at."""
    ignore = ["n_jobs", "context", "caller", "first_task"]
    return check_memory(memory).cache(out_of_sample_pred_probs, ignore=ignore)


def check_judged(y, judged, warn=True):
    """Say which samples no fold could judge, and refuse to go on if it is all of them."""
    classes = np.unique(y[~judged]).tolist()
    names = first_of(list(map(repr, classes)))
    if not judged.any():
        raise ValueError(
            "No sample could be judged: no training part holds the class of a sample of its test "
            f"part. Got classes {names}; pass a cv that spreads each class over the folds."
        )
    if warn and not judged.all():
        warnings.warn(
            f"{np.count_nonzero(~judged)} of {len(y)} samples could not be judged and keep their "
            "labels: no classifier was fitted without them and with others of their class "
            f"({names}).",
            UserWarning,
            stacklevel=2,
        )
