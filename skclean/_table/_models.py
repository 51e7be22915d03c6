"""Models for tables of numbers and strings, and the audit with one of them."""

import importlib
import os
import sys
import warnings
from dataclasses import replace
from types import ModuleType

import numpy as np

from skclean._table._files import TableError, UsageError

DEFAULT_MODEL = "hist-gradient-boosting"
MAX_CATEGORIES = 25  # columns that one column of strings may become
MIN_FREQUENCY = 5  # rows that a string needs for a column of its own


def _logistic():
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)


def _random_forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(min_samples_leaf=3)


def _knn():
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(n_neighbors=10)


MODELS = {"logistic": _logistic, "random-forest": _random_forest, "knn": _knn}


def behind_preprocessing(classifier):
    """Pipeline that makes numbers of a table for a classifier that needs them.

    Numbers are scaled and their gaps filled with the median; of each column of strings
    the most frequent ones get a column each, the rest share one.
    """
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    )
    strings = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=MAX_CATEGORIES,
        min_frequency=MIN_FREQUENCY,
        sparse_output=False,
    )
    return make_pipeline(
        make_column_transformer(
            (numbers, make_column_selector(dtype_include="number")),
            (strings, make_column_selector(dtype_exclude="number")),
        ),
        classifier,
    )


def _import(path):
    """The object that an import path such as ``package.module.Name`` names."""
    module, _, name = path.replace(":", ".").rpartition(".")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return getattr(importlib.import_module(module), name)
    except (ModuleNotFoundError, AttributeError, ValueError) as error:
        raise UsageError(f"--model {path!r} cannot be imported: {error}") from error
    except Exception as error:
        raise TableError(
            f"--model {path!r} fails on import: {type(error).__name__}: {error}"
        ) from error


def make_model(name):
    """Classifier for a table, by name or import path.

    Parameters
    ----------
    name : str
        "hist-gradient-boosting", "logistic", "random-forest", "knn", or the import path
        of a class, which is instantiated and put behind the preprocessing of this module,
        of a function that returns a classifier, or of a classifier; these see the table.

    Returns
    -------
    model : estimator or None
        Unfitted; None is the default of the detectors.

    Raises
    ------
    UsageError
        If there is no such model, or it is not a classifier with probabilities.
    """
    if name == DEFAULT_MODEL:
        return None
    if name in MODELS:
        return behind_preprocessing(MODELS[name]())
    if not name.replace(":", ".").strip(".").count("."):
        raise UsageError(
            f"--model must be {DEFAULT_MODEL}, {', '.join(MODELS)} or an import path such as "
            f"sklearn.naive_bayes.GaussianNB; got {name!r}"
        )
    model = found = _import(name)
    if isinstance(found, ModuleType):
        raise UsageError(f"--model {name!r} is a module; name a classifier in it")
    if isinstance(found, type) or not hasattr(found, "fit"):
        try:
            model = found()
        except Exception as error:
            raise UsageError(
                f"--model {name!r} cannot be called without arguments ({error}); name a function "
                "that returns the model"
            ) from error
    lacking = [method for method in ["fit", "predict_proba"] if not hasattr(model, method)]
    if lacking:
        raise UsageError(
            f"--model {name!r} must be a classifier with fit and predict_proba; it has no "
            f"{lacking[0]} (CalibratedClassifierCV adds predict_proba to other classifiers)"
        )
    return behind_preprocessing(model) if isinstance(found, type) else model


def find_table_issues(
    table,
    model=None,
    *,
    cv=None,
    max_fdr=None,
    budget=None,
    n_jobs=None,
    seed=0,
    callbacks=(),
    trusted=None,
    y_before=None,
):
    """Find the label issues of a table.

    Parameters
    ----------
    table : Table
        The labelled rows.

    model : estimator, default=None
        Classifier, such as :func:`make_model` makes; None is the default of detectors.

    cv : int, default=None
        Number of folds; None is 5. Rows of a group share a fold.

    max_fdr : float, default=None
        Largest expected share of false flags among all flags.

    budget : int, default=None
        Number of rows to flag, fewer where no other label is suggested for the rest.

    n_jobs : int, default=None
        Number of folds fitted at a time.

    seed : int, default=0
        Seed of folds and model.

    callbacks : sequence of callbacks, default=()
        What watches the fit, where scikit-learn has callbacks.

    trusted, y_before : ndarray of shape (n_samples,), default=None
        Which labels were reviewed, and what they were before.

    Returns
    -------
    issues : LabelIssues
        The findings, aligned with ``table.y``.

    Raises
    ------
    TableError
        If the rows cannot be judged with this model and these folds.
    """
    from skclean._core._prune import within_budget
    from skclean.detectors import ConfidentLearning
    from skclean.utils._cross_val import DEFAULT_N_SPLITS
    from skclean.utils._review import expected_of
    from skclean.utils._text import first_of

    n_folds = DEFAULT_N_SPLITS if cv is None else cv
    classes, counts = np.unique(table.y, return_counts=True)
    if len(few := classes[counts < n_folds]):
        warnings.warn(
            f"{'classes have' if len(few) > 1 else 'a class has'} fewer rows than there are folds "
            f"({n_folds}): little can be said of {first_of([repr(name) for name in few])}",
            stacklevel=2,
        )
    detector = ConfidentLearning(model, cv=cv, max_fdr=max_fdr, n_jobs=n_jobs, random_state=seed)
    if callbacks:
        detector.set_callbacks(*callbacks)
    params = {} if table.groups is None else {"groups": table.groups}
    if trusted is not None:
        params |= {"trusted": trusted, "y_before": y_before}
    try:
        issues = detector.fit(table.X, table.y, **params).issues_
    except ValueError as error:
        reason = str(error).rstrip(".")
        if "n_splits" in reason and "greater than the number of" in reason:
            reason = (
                f"no class has as many rows as there are folds ({n_folds}); pass a smaller "
                "--cv, or leave out classes of few rows"
            )
        raise TableError(f"the rows cannot be judged: {reason}") from error
    if budget is not None:
        rows = np.flatnonzero(issues.suggested_label != table.y)  # none of a trusted label
        mask = np.zeros(len(table.y), dtype=bool)
        flagged, quality = issues.issue_mask[rows], issues.label_quality[rows]
        mask[rows[within_budget(quality, flagged, min(budget, len(rows)))]] = True
        issues = replace(
            issues,
            issue_mask=mask,
            ambiguous_mask=issues.ambiguous_mask & mask,
            **expected_of(mask, issues),
        )
    return issues
