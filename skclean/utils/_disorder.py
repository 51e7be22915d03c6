"""Say where columns or rows of probabilities seem to be in another order than the labels."""

import warnings

import numpy as np
from scipy.optimize import linear_sum_assignment

from skclean._core._classes import class_counts
from skclean._core._joint import PairCounts

N_ERRORS = 5  # standard errors below what chance makes, to say so
GAIN = 0.25  # share of the samples that agree in another order and do not in this one
SHOWN = 5  # classes named


def warn_of_disorder(y, predicted, predicted_proba, classes, stacklevel):
    """Warn if labels and probabilities agree as if one of them were in another order.

    Parameters
    ----------
    y, predicted : ndarray of shape (n_samples,)
        Code of the given label and the most probable class of each sample.

    predicted_proba : ndarray of shape (n_samples,)
        The probability of that class.

    classes : ndarray of shape (n_classes,)
        Names of the classes.

    stacklevel : int
        How many calls above this one the line is that the warning is about.
    """
    n_samples = len(y)
    agree = np.count_nonzero(predicted == y) / n_samples
    if agree > 1 - GAIN:
        return
    others = _agreement_reordered(y, predicted, len(classes))
    n_predicted = class_counts(predicted, len(classes))
    by_chance = class_counts(y, len(classes)) @ n_predicted / n_samples**2
    error = np.sqrt(by_chance * (1 - by_chance) / n_samples)
    one_class = n_predicted.max() > (1 - GAIN) * n_samples  # has no order
    expected = 0.0 if one_class else predicted_proba.mean(dtype=np.float64)
    said = f"The most probable class is the given label in {agree:.1%} of the samples, "
    if others > agree + GAIN:
        shown = f"{classes[:SHOWN].tolist()}{' and so on' if len(classes) > SHOWN else ''}"
        said += (
            f"and with the columns of pred_probs in another order it would be in {others:.1%}. "
            f"They have to be in the order of the classes, {shown}: put them in this order, or "
            "pass theirs as classes= where that is taken."
        )
    elif agree < by_chance - N_ERRORS * error:
        said += (
            f"and by chance it would be in {by_chance:.1%}. Are the columns of pred_probs in the "
            "order of the sorted classes, and its rows in that of y?"
        )
    elif agree < by_chance + N_ERRORS * error and expected > agree + GAIN:
        said += (
            f"no more than by chance, and by pred_probs it would be in {expected:.1%}. Are the "
            "rows of pred_probs in the order of y?"
        )
    else:
        return
    warnings.warn(said, UserWarning, stacklevel=stacklevel)


def _agreement_reordered(y, predicted, n_classes):
    """Share of samples that agree where columns are put in the order in which most do."""
    counts = PairCounts.counted(n_classes, [(predicted, y)], len(y))
    own = np.flatnonzero(np.diff(counts.given, prepend=-1))
    at_most = np.maximum.reduceat(counts.values, own).sum()
    if at_most <= counts.diagonal().sum() + GAIN * len(y):
        return 0.0
    table = counts.toarray()
    return table[linear_sum_assignment(table, maximize=True)].sum() / len(y)
