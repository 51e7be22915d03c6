"""What reviewed labels tell of the noise."""

import numpy as np
from scipy.sparse import csr_array

from skclean._core._algebra import noise_matrix_from_joint
from skclean._core._blocks import row_blocks
from skclean._core._posterior import true_label_posterior


def _totals(true_proba, codes):
    """Sum of rows by [true, given]."""
    n, n_classes = true_proba.shape
    by_given = csr_array((np.ones(n), (codes, np.arange(n))), shape=(n_classes, n))
    return (by_given @ true_proba).T


def reviewed_joint(joint, y, y_true, trusted, pred_probs, rescale):
    """Joint of given labels, some of whose true labels are known.

    The estimate is corrected by how the reviewed rows differ from what was expected of
    them, row by row, as a difference estimator of survey sampling is: rows may have been
    chosen because they look wrong, as what they look like is expected already. When all
    rows are reviewed, it is their exact share.

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
    spare = np.bincount(y, minlength=n_classes) - known.sum(axis=0)
    totals = rest.sum(axis=0)
    empty = np.flatnonzero((totals <= 0) & (spare > 0))
    rest[empty, empty] = totals[empty] = 1
    return (known + rest * (spare / np.where(totals > 0, totals, 1))) / len(y)
