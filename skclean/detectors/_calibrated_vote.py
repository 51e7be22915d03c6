"""How far to trust detectors, from what they flag together and apart."""

import numpy as np
from scipy.special import expit, logit

MAX_ITER = 10_000
TOL = 1e-9  # of the posteriors, per step
SURE = 1e-9  # no posterior is surer than this


def rates_of(patterns, counts, wrong):
    """Share of wrong labels, and of what each detector flags among wrong and right ones.

    One made-up sample of either kind keeps every rate off 0 and 1. A detector flags
    wrong labels at least as often as right ones, and at most half of the labels are
    wrong: without these bounds "wrong" and "right" could change places.

    Parameters
    ----------
    patterns : ndarray of shape (n_patterns, n_detectors)
        Flags, 0 or 1.

    counts : ndarray of shape (n_patterns,)
        Number of samples with each pattern.

    wrong : ndarray of shape (n_patterns,)
        Probability that a label with the pattern is wrong.

    Returns
    -------
    noise_rate : float
        Share of wrong labels.

    sensitivity, false_alarm_rate : ndarray of shape (n_detectors,)
        p(flag | wrong) and p(flag | right).
    """
    n_wrong, n_right = counts @ wrong, counts @ (1 - wrong)
    flags_wrong, flags_right = (counts * wrong) @ patterns, (counts * (1 - wrong)) @ patterns
    sensitivity = (flags_wrong + 1) / (n_wrong + 2)
    false_alarm_rate = (flags_right + 1) / (n_right + 2)
    pooled = (flags_wrong + flags_right + 2) / (n_wrong + n_right + 4)
    informed = sensitivity >= false_alarm_rate
    noise_rate = min(0.5, (n_wrong + 1) / (n_wrong + n_right + 2))
    return (
        noise_rate,
        np.where(informed, sensitivity, pooled),
        np.where(informed, false_alarm_rate, pooled),
    )


def proba_wrong(patterns, noise_rate, sensitivity, false_alarm_rate, weights):
    """Posterior probability of a wrong label given the flags, (n_patterns,)."""
    flag = np.log(sensitivity / false_alarm_rate)
    no_flag = np.log((1 - sensitivity) / (1 - false_alarm_rate))
    return expit(logit(noise_rate) + np.where(patterns, flag, no_flag) @ weights)


def calibrate_votes(flags, weights):
    """Probability of a wrong label given the flags of several detectors.

    The latent-class model of Dawid & Skene with two classes, right and wrong, fitted by
    expectation-maximisation from the share of the detectors that flag each sample.

    Parameters
    ----------
    flags : ndarray of shape (n_samples, n_detectors), dtype bool
        Which samples each detector flags.

    weights : ndarray of shape (n_detectors,)
        How many independent votes each detector's is worth.

    Returns
    -------
    wrong : ndarray of shape (n_samples,)
        Posterior probability that the label is wrong, between 0 and 1.

    sensitivity, false_alarm_rate : ndarray of shape (n_detectors,)
        p(flag | wrong) and p(flag | right).
    """
    patterns, of_sample, counts = np.unique(flags, axis=0, return_inverse=True, return_counts=True)
    wrong = patterns @ weights / weights.sum()
    for _ in range(MAX_ITER):
        before, rates = wrong, rates_of(patterns, counts, wrong)
        wrong = np.clip(proba_wrong(patterns, *rates, weights), SURE, 1 - SURE)
        if np.abs(wrong - before).max() <= TOL:
            break
    _, sensitivity, false_alarm_rate = rates
    return wrong[of_sample.ravel()], sensitivity, false_alarm_rate


def spread_within_levels(levels, ranks):
    """Order equal levels by rank, without passing another level or changing their mean.

    Parameters
    ----------
    levels : ndarray of shape (n_samples,)
        Values between 0 and 1, both excluded, many of them equal.

    ranks : ndarray of shape (n_samples,)
        Values in [0, 1] that order what is equal.

    Returns
    -------
    values : ndarray of shape (n_samples,)
        Within half the distance to the next level, to 0, to 1 or to 1/2 of each level.
    """
    unique, of_sample, counts = np.unique(levels, return_inverse=True, return_counts=True)
    stops = np.unique([0, 0.5, 1, *unique])
    position = np.searchsorted(stops, unique)
    gaps = np.diff(stops)
    room = np.minimum(gaps[position - 1], gaps[position]) / 2
    mean_rank = np.bincount(of_sample, weights=ranks) / counts
    return levels + room[of_sample] * (ranks - mean_rank[of_sample])
