"""Say where columns or rows of probabilities seem to be in another order than the labels."""

import warnings

import numpy as np

from skclean._core._joint import PairCounts

GAIN = 0.25  # share of the samples that agree in another order and do not in this one
PER_ROOT = 2.0  # and so much more over the root of their number, as few agree by chance
N_ERRORS = 5  # standard errors below what chance makes, to say so
AT_CHANCE = 2  # standard errors above it that are no more than chance
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
        Whose line the warning is about, as in `warnings.warn`: 2 is the caller's.
    """
    n_samples = len(y)
    agree = np.count_nonzero(predicted == y) / n_samples
    if agree > 1 - GAIN:
        return
    counts = PairCounts.counted(len(classes), [(predicted, y)], n_samples)
    shares = counts.values / n_samples
    n_predicted = counts.by_true(shares)
    by_chance = counts.by_given(shares) @ n_predicted
    error = np.sqrt(by_chance * (1 - by_chance) / n_samples)
    others = _agreement_reordered(counts, shares)
    one_class = n_predicted.max() > 1 - GAIN  # has no order
    expected = 0.0 if one_class else predicted_proba.mean(dtype=np.float64)
    said = f"The most probable class is the given label in {agree:.1%} of the samples, "
    if others > agree + GAIN + PER_ROOT / np.sqrt(n_samples):
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
    elif agree < by_chance + AT_CHANCE * error and expected > agree + GAIN:
        said += (
            f"no more than by chance, and by pred_probs it would be in {expected:.1%}. Are the "
            "rows of pred_probs in the order of y, or has the classifier learnt nothing?"
        )
    else:
        return
    warnings.warn(said, UserWarning, stacklevel=stacklevel)


def _agreement_reordered(counts, shares):
    """Share of samples that agree where each column goes to the class that has it most often.

    A column that is the most frequent one of several classes goes to one of them alone.
    """
    first = np.flatnonzero(np.diff(counts.given, prepend=-1))
    most = np.maximum.reduceat(shares, first)
    is_most = np.flatnonzero(shares == most[counts.given])
    one_each = is_most[np.append(True, np.diff(counts.given[is_most]) != 0)]
    best = np.zeros(counts.n_classes)
    np.maximum.at(best, counts.true[one_each], shares[one_each])
    return best.sum()
