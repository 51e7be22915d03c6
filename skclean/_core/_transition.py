"""From a noise matrix that was estimated first to a joint that fits the given labels.

`noise_matrix[i, j]` is p(given = j | true = i), the literature's transition matrix T.
"""

import numpy as np
from scipy.sparse import csr_array

from skclean._core._algebra import TINY, joint_from_noise_matrix
from skclean._core._blocks import BLOCK_BYTES, row_blocks
from skclean._core._posterior import FLOOR, LEAKAGE, N_BETWEEN_LOOKS, TOLERANCE, deconvolve
from skclean._core._products import Products

PRIOR_STEPS = 500  # towards p(true) with p(true) @ noise_matrix = p(given)
COLUMN_BYTES = 2 * BLOCK_BYTES  # columns that are ranked at a time


def calibrate_columns(joint, given_prior):
    """Scale each column of a joint to the share of its given label.

    A given label that the joint holds impossible is taken to be right.
    """
    totals = joint.sum(axis=0)
    possible = totals > TINY
    scaled = joint * np.where(possible, given_prior / np.where(possible, totals, 1), 0)
    scaled[np.diag_indices_from(scaled)] += np.where(possible, 0, given_prior)
    return scaled


def joint_from_transition(noise_matrix, given_prior):
    """p(true, given) from p(given | true) and p(given).

    The class prior is the distribution that the noise matrix maps closest to the given
    prior; where no distribution is mapped onto it, the columns are scaled for the rest.
    A class that no label gives is taken to be labelled right, so it has prior 0.
    """
    is_given = given_prior[:, np.newaxis] > 0
    noise_matrix = np.where(is_given, noise_matrix, np.eye(len(given_prior)))
    prior = deconvolve(given_prior[np.newaxis], noise_matrix, n_iter=PRIOR_STEPS)[0]
    return calibrate_columns(joint_from_noise_matrix(noise_matrix, prior), given_prior)


def shares_right(noise, given_prior):
    """p(true = given = k) of the joint that `joint_from_transition` makes, (n_classes,).

    Parameters
    ----------
    noise : NoiseRows
        p(given | true).

    given_prior : ndarray of shape (n_classes,)
        p(given).
    """
    noise = noise.certain(given_prior <= 0)
    products, n_classes = Products(noise, np.float64), len(given_prior)
    given = given_prior[:, np.newaxis]
    prior, ratio = (np.empty((n_classes + products.room, 1)) for _ in range(2))
    after = (given + LEAKAGE) / (given + LEAKAGE).sum()
    for step in range(1, PRIOR_STEPS + 1):  # as in `deconvolve`
        prior[:n_classes] = before = after
        fitted = np.maximum(products.forward(prior), FLOOR)
        ratio[:n_classes] = given / fitted
        after = before * products.backward(ratio)
        after /= max(after.sum(), FLOOR)
        if step % N_BETWEEN_LOOKS == 0 and np.abs(after - before).max() <= TOLERANCE:
            break
    prior[:n_classes] = after
    fitted = products.forward(prior)[:, 0]
    possible = fitted > TINY
    right = noise.diagonal * after[:, 0] * given_prior / np.where(possible, fitted, 1)
    return np.where(possible, right, given_prior)


def anchor_values(pred_probs, depth):
    """Probability of each class at its anchor, (n_classes,).

    The anchor of class k has `depth[k]` samples before it in falling order of column k,
    none if its probability would be 0.
    """
    n_samples, n_classes = pred_probs.shape
    values = np.empty(n_classes, dtype=pred_probs.dtype)
    width = max(1, COLUMN_BYTES // (n_samples * pred_probs.dtype.itemsize))
    for start in range(0, n_classes, width):
        columns = np.empty((min(width, n_classes - start), n_samples), dtype=pred_probs.dtype)
        for rows in row_blocks(pred_probs):
            columns[:, rows] = np.asarray(pred_probs[rows])[:, start : start + width].T
        for k, column in enumerate(columns, start=start):
            rank = n_samples - 1 - depth[k]
            column.partition(rank)
            values[k] = column[rank] if column[rank] > 0 else column[rank:].max()
    return values


def anchor_matrix(pred_probs, depth):
    """Probabilities at the anchor of each class, (n_classes, n_classes), rows sum to 1.

    Samples that tie for an anchor are averaged. A class that has probability 0
    everywhere gets the row of the identity.
    """
    n_classes = pred_probs.shape[1]
    values = anchor_values(pred_probs, depth)
    totals, counts = np.zeros((n_classes, n_classes)), np.zeros(n_classes)
    for rows in row_blocks(pred_probs):
        block = np.asarray(pred_probs[rows])
        is_anchor = (block == values) & (values > 0)
        counts += is_anchor.sum(axis=0)
        totals += csr_array(is_anchor.T, dtype=np.float64) @ block
    matrix = np.where(counts[:, np.newaxis] > 0, totals, np.eye(n_classes))
    return matrix / matrix.sum(axis=1, keepdims=True)
