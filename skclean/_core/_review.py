"""What reviewed labels tell of the noise."""

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit, logit

from skclean._core._algebra import noise_matrix_from_joint
from skclean._core._blocks import row_blocks
from skclean._core._posterior import true_label_posterior
from skclean._core._recalibration import local_shift
from skclean._core._verdict import common_shift


def _totals(true_proba, codes):
    """Sum of rows by [true, given]."""
    n, n_classes = true_proba.shape
    by_given = csr_array((np.ones(n), (codes, np.arange(n))), shape=(n_classes, n))
    return (by_given @ true_proba).T


def _more_wrong(joint, y, wrong, trusted, odds):
    """By what factor more labels of each class are wrong than expected, of those not reviewed."""
    rate = np.clip(1 - joint.trace(), 1 / len(y), 1 - 1 / len(y))
    odds = odds + common_shift(odds, logit(rate))
    shift = local_shift(odds, trusted, wrong)
    rest = ~trusted
    expected, found = (
        np.bincount(y[rest], expit(each[rest]), minlength=len(joint))
        for each in (odds, odds + shift)
    )
    return np.divide(found, expected, out=np.ones(len(joint)), where=expected > 0)


def reviewed_joint(joint, y, y_true, trusted, pred_probs, rescale, odds=None):
    """Joint of given labels, some of whose true labels are known.

    The estimate is corrected by how the reviewed rows differ from what was expected of
    them, row by row, as a difference estimator of survey sampling is: rows may have been
    chosen because they look wrong, as what they look like is expected already. When all
    rows are reviewed, it is their exact share. With `odds`, the labels that were not
    reviewed are taken to be wrong as often as reviewed ones of like odds.

    Parameters
    ----------
    joint : ndarray of shape (n_classes, n_classes)
        p(true, given) as estimated without the review.

    y, y_true : ndarray of shape (n_samples,)
        Given labels, and labels after the review, as codes.

    trusted : ndarray of shape (n_samples,), dtype bool
        Reviewed rows.

    pred_probs : array of shape (n_samples, n_classes)
        Out-of-sample probabilities.

    rescale : callable
        What makes a block of them fit for a posterior.

    odds : ndarray of shape (n_samples,), default=None
        Log-odds of each of `y` to be wrong, but for a constant, without the review.

    Returns
    -------
    joint : ndarray of shape (n_classes, n_classes)
        p(true, given); sums to 1, columns to the shares of the given labels.
    """
    n_classes = len(joint)
    matrix = noise_matrix_from_joint(joint)
    expected, known = np.zeros_like(joint), np.zeros_like(joint)
    for block in row_blocks(pred_probs):
        rows = np.arange(block.start, block.stop)[trusted[block]]
        if len(rows):
            probs = rescale(np.asarray(pred_probs[rows]))
            expected += _totals(true_label_posterior(y[rows], probs, matrix), y[rows])
    np.add.at(known, (y_true[trusted], y[trusted]), 1)
    # the others cannot be fewer than none, and are as many as are left of each given label
    rest = np.maximum(joint * len(y) - expected, 0)
    if odds is not None:
        n_given = rest.sum(axis=0)
        rest *= _more_wrong(joint, y, y_true != y, trusted, odds)
        np.fill_diagonal(rest, 0)
        np.fill_diagonal(rest, np.maximum(n_given - rest.sum(axis=0), 0))
    spare = np.bincount(y, minlength=n_classes) - known.sum(axis=0)
    totals = rest.sum(axis=0)
    empty = np.flatnonzero((totals <= 0) & (spare > 0))
    rest[empty, empty] = totals[empty] = 1
    return (known + rest * (spare / np.where(totals > 0, totals, 1))) / len(y)
