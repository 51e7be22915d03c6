"""Out-of-fold probabilities, as cleanlab makes them, and what they cost."""

from time import process_time

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from .cases import MODELS


def fold_pred_probs(estimator, X, y, seed, n_splits=5):
    """Probabilities of shuffled stratified folds, and the seconds of CPU they took."""
    n_splits = max(2, min(n_splits, np.bincount(y).min()))
    cv = StratifiedKFold(n_splits, shuffle=True, random_state=seed)
    start = process_time()
    pred_probs = cross_val_predict(estimator, X, y, cv=cv, method="predict_proba")
    return pred_probs, process_time() - start


def case_pred_probs(settings, model, X, y, seed):
    """Probabilities of a model of `MODELS`, from the memory of the run."""
    return settings.cached(fold_pred_probs)(MODELS[model](), X, y, seed)


def cpu_seconds(call):
    """What a call returns, and the seconds of CPU it took."""
    start = process_time()
    result = call()
    return result, process_time() - start


def final_fit_seconds(model, X, y):
    """Seconds of CPU of one fit on all rows."""
    return cpu_seconds(lambda: clone(MODELS[model]()).fit(X, y))[1]
