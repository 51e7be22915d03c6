"""How sure a flag can be: what noise explains, and what overlap of the classes could.

The factors are no theory: they were chosen on simulated noise, among it the cases of
``benchmarks/quality.py``, which prints what they reach there.
"""

import numpy as np
from scipy.special import expit, logit

LEAST_OVERLAP = 0.005
ANCHORS_TRUSTED = 0.9  # a tenth of what the anchors call noise may still be overlap
ODDS_PER_OVERLAP = 7.0  # a flag is as likely right as wrong at that much odds of overlap
STANDS_AT = 5.3  # a flag stands where the odds of noise exceed that times
OVERLAP_POWER = 1.5  # this power of the odds of overlap
SPREAD = 1.0  # standard deviation of the log-odds of the actual about the expected precision
STANDARD_ERRORS = 2.0
OVERLAP_MARGIN = 2.5  # anchors may overlap that much more than the rows elsewhere


def overlap(contradicted, noise_rate):
    """Share of right labels that the model contradicts, in [0.005, 0.995].

    Parameters
    ----------
    contradicted : float or ndarray
        Share of given labels that the model contradicts.

    noise_rate : float or ndarray
        Share of wrong labels among them, as the anchors of the classes show it.
    """
    unexplained = contradicted - ANCHORS_TRUSTED * np.minimum(noise_rate, contradicted)
    right = np.maximum(1 - noise_rate, LEAST_OVERLAP)
    return np.clip(unexplained / right, LEAST_OVERLAP, 1 - LEAST_OVERLAP)


def class_overlap(own, overall):
    """Overlap of labels given each class: between its own and that of all, if it is larger.

    What a class shows alone is uncertain, so that the middle of the two log-odds counts.
    """
    return np.maximum(expit((logit(own) + logit(overall)) / 2), overall)


def chance_wrong(quality, overlap):
    """Calibrated p(label is wrong) of rows with a quality, given the overlap."""
    odds = logit(1 - np.asarray(quality, dtype=np.float64))
    return expit(odds - logit(overlap) - np.log(ODDS_PER_OVERLAP))


def stands(anchor_posterior, overlap):
    """Is a flag justified by the noise that typical members show, despite the overlap?"""
    wrong = 1 - np.asarray(anchor_posterior, dtype=np.float64)
    return logit(wrong) > np.log(STANDS_AT) + OVERLAP_POWER * logit(overlap)


def precision_interval(expected, n_flags, width=1.645):
    """Interval of about 90 % for the share of right flags about the expected one."""
    expected = np.clip(expected, 1e-6, 1 - 1e-6)
    spread = np.sqrt(SPREAD**2 + 1 / (n_flags * expected * (1 - expected)))
    low, high = expit(logit(expected) + np.array([-width, width]) * spread)
    return float(low), float(high)


def noise_rate_bounds(disagreement, noise_rate, n_samples):
    """Smallest and largest noise rate that labels and predictions allow.

    At most, all that the model contradicts is wrong. At the least, what anchors show as
    noise is overlap to two and a half times the extent that the model errs elsewhere. Both
    are widened by two standard errors.
    """

    def error(share):
        return STANDARD_ERRORS * np.sqrt(share * (1 - share) / n_samples)

    elsewhere = max(disagreement - noise_rate, 0)
    low = noise_rate - OVERLAP_MARGIN * elsewhere - error(noise_rate)
    high = min(disagreement + error(disagreement), 1)
    return float(np.clip(low, 0, high)), float(high)
