"""p(true | x, given): what the noise model makes of probabilities and a given label.

`pred_probs` estimate p(given | x). Under class-conditional noise p_given = p_true @ T,
so p(true | x) comes out by undoing T on the simplex, and Bayes' rule adds the label.
"""

import numpy as np

from skclean._core._algebra import normalize_rows
from skclean._core._blocks import row_blocks

FLOOR = 1e-12
TOLERANCE = 1e-6  # a row is done once a step moves no probability by more
LEAKAGE = 1e-9  # every confusion stays possible, however rare
N_ITER = 50
N_EARLY = 2  # for one label under an estimated matrix: later steps take model errors for noise
N_JOINT = 10  # for the joint, where errors of single rows even out
N_STEPS, STEP = 5000, 1e-7  # of a correction run to its end: near even noise it moves slowly
N_BETWEEN_LOOKS = 5  # steps between two looks at which rows still move


def deconvolve(pred_probs, noise_matrix, n_iter=N_ITER, tolerance=TOLERANCE, start=None):
    """p(true | x) of a block of p(given | x), rows on the simplex.

    Richardson-Lucy steps towards the minimum of KL(p_given || p_true @ T) over
    non-negative p_true; unlike the inverse of T they never leave the simplex. They go on
    from `start`, by default from `pred_probs`.
    """
    noise_matrix = noise_matrix.astype(pred_probs.dtype)
    before = (pred_probs if start is None else start) + pred_probs.dtype.type(LEAKAGE)
    before /= before.sum(axis=1, keepdims=True)
    p_true = before.copy()
    target, moving = pred_probs, np.arange(len(p_true))
    for step in range(1, n_iter + 1):
        p_given = np.maximum(before @ noise_matrix, FLOOR)
        after = before * ((target / p_given) @ noise_matrix.T)
        after /= np.maximum(after.sum(axis=1, keepdims=True), FLOOR)
        if step % N_BETWEEN_LOOKS and step < n_iter:
            before = after
            continue
        p_true[moving] = after
        still = np.abs(after - before).max(axis=1) > tolerance
        if not still.any():
            break
        moving, target, before = moving[still], target[still], after[still]
    return p_true


def true_label_posterior(y, pred_probs, noise_matrix, n_iter=N_ITER):
    """p(true = k | x, given = y) of a block of rows, (n_rows, n_classes)."""
    noise_matrix = normalize_rows(noise_matrix + LEAKAGE)
    return _given(y, deconvolve(pred_probs, noise_matrix, n_iter), noise_matrix)


def _given(y, p_true, noise_matrix):
    """p(true | x, given = y) from p(true | x), by the rule of Bayes."""
    posterior = p_true * noise_matrix.T[y].astype(p_true.dtype)
    posterior /= posterior.sum(axis=1, keepdims=True)
    return posterior


def posterior_pass(y, pred_probs, noise_matrix, *, rescale=np.asarray, n_iter=N_ITER, map=map):
    """One pass over all rows for what the posterior is needed for.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    pred_probs : array of shape (n_samples, n_classes)
        Probabilities, read by blocks of rows.

    noise_matrix : ndarray of shape (n_classes, n_classes)
        p(given | true).

    rescale : callable, default=np.asarray
        Maps a block of probabilities to the one that the posterior takes.

    n_iter : int, default=50
        Steps of the deconvolution for the posterior of the labels; the joint takes at
        least 10.

    map : callable, default=map
        Applies a function to blocks of rows, in any order of execution.

    Returns
    -------
    label_posterior : ndarray of shape (n_samples,)
        p(true = given | x, given).

    joint : ndarray of shape (n_classes, n_classes)
        Mean posterior by [true, given]: the joint that the posterior implies. Its
        column sums are the shares of the given labels.
    """
    label_posterior = np.empty(len(y), dtype=pred_probs.dtype)
    joint = np.zeros((pred_probs.shape[1],) * 2)

    noise_matrix = normalize_rows(noise_matrix + LEAKAGE)

    def read(rows):
        codes, block = y[rows], rescale(np.asarray(pred_probs[rows]))
        p_true = deconvolve(block, noise_matrix, n_iter)
        posterior = _given(codes, p_true, noise_matrix)
        own = posterior[np.arange(len(codes)), codes]
        if n_iter < N_JOINT:
            p_true = deconvolve(block, noise_matrix, N_JOINT - n_iter, start=p_true)
            posterior = _given(codes, p_true, noise_matrix)
        order = np.argsort(codes, kind="stable")
        given, start = np.unique(codes[order], return_index=True)
        totals = np.add.reduceat(posterior[order], start, axis=0, dtype=np.float64)
        return rows, own, given, totals

    for rows, own, given, totals in map(read, row_blocks(pred_probs)):
        label_posterior[rows] = own
        joint[:, given] += totals.T
    return label_posterior, joint / len(y)


def correct_proba(pred_probs, noise_matrix):
    """p(true | x) of p(given | x), by blocks of rows: the deconvolution run to its end."""
    true_probs = np.empty(pred_probs.shape, dtype=pred_probs.dtype)
    for rows in row_blocks(pred_probs):
        block = np.asarray(pred_probs[rows])
        true_probs[rows] = deconvolve(block, noise_matrix, N_STEPS, STEP)
    return true_probs
