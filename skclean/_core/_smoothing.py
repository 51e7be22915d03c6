"""Smooth probabilities towards the class shares, as far as the labels ask for it."""

import numpy as np

N_ITER = 50
FIRST_GUESS = 0.1
LEAST, MOST = 1e-3, 0.999  # some smoothing always, so that no probability is 0


def smoothing_weight(label_proba, prior_proba):
    """Weight of the prior in the mixture that makes the given labels most likely.

    Parameters
    ----------
    label_proba, prior_proba : ndarray of shape (n_samples,)
        Probability of each given label by the classifier and by the class shares.

    Returns
    -------
    weight : float
        In [0.001, 0.999], by expectation-maximisation.
    """
    weight = FIRST_GUESS
    for _ in range(N_ITER):
        by_prior = weight * prior_proba
        share = by_prior / (by_prior + (1 - weight) * label_proba)
        weight = float(np.clip(share.mean(), LEAST, MOST))
    return weight


def smooth(y, pred_probs):
    """Mix probabilities with the shares of the given labels: (1 - w) p + w prior.

    Classifiers that count, such as forests and nearest neighbors, give exact zeros, of
    which no product or logarithm recovers. The weight w is the most likely one given the
    labels, small where the classifier is calibrated.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    pred_probs : ndarray of shape (n_samples, n_classes)
        Out-of-sample probabilities.

    Returns
    -------
    smoothed : ndarray of shape (n_samples, n_classes)
        Positive, rows sum to 1.
    """
    n_samples, n_classes = pred_probs.shape
    prior = (np.bincount(y, minlength=n_classes) + 1) / (n_samples + n_classes)
    weight = smoothing_weight(pred_probs[np.arange(n_samples), y].astype(float), prior[y])
    return ((1 - weight) * pred_probs + weight * prior).astype(pred_probs.dtype, copy=False)
