"""How sure a flag can be: what noise explains, and what overlap of the classes could.

The factors are no theory: they were chosen on simulated noise, among it the cases of
``benchmarks/quality.py``, which prints what they reach there.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from skclean._core._anchors import wilson_bound

LEAST_OVERLAP = 0.005
ANCHORS_TRUSTED = 0.9  # a tenth of what the anchors call noise may still be overlap
SHARES = (0.005, 0.995)  # beyond, log-odds of a share say no more
LEAST_DOUBT = 0.15  # no model is taken to be surer: where hardly a label is contradicted
SMALLEST_COUNT = 0.02  # of the contradicted labels: so many are wrong at the least
# log-odds of a contradicted label to be wrong: a constant, and what they change by with the
# log-odds of that by the anchors, of a contradiction, of the model's own doubt, and with the
# log of the share that other counts call wrong
ODDS, PER_ANCHORS, PER_CONTRADICTION, PER_DOUBT, PER_COUNT = -0.15, 0.6, -1.45, 0.6, 1.9
PER_QUALITY = 1.5  # over all labels, with the log-odds of the label quality
PER_QUALITY_OF_FLAGS = 1.2  # within the contradicted ones: the surest are less so than they look
CAUTION = 3.5  # log-odds by which `max_fdr=0` expects less where overlap explains all
COARSE = 0.3  # of half the least probability there is: no quality tells more, as with five votes
STANDS_AT = 1.75  # a flag stands where the odds of noise exceed that times the odds of overlap
# and of a contradiction, to these powers, over the odds of contradicted labels to be wrong
STANDS_PER_OVERLAP, STANDS_PER_CONTRADICTION = 0.75, 0.5
SPREAD = 1.2  # standard deviation of the log-odds of the actual about the expected precision
QUALITIES = (0.01, 1 - 1e-4)
BINS_PER_LOG_ODDS = 20  # of qualities, to find their common shift
STANDARD_ERRORS = 2.0
OVERLAP_MARGIN = 1.5  # anchors may overlap that much more than the rows elsewhere
LEAST_SKILL = 0.02  # of a model that does no better than guesses
SEEN = 0.33  # what a model sees of a class, beyond guesses, from which on it is no doubt
SEEN_SURELY = 1.0  # standard errors below what was counted
UNSEEN = 1e-4  # the least share of that
ODDS_UNANCHORED = 0.0  # where nothing is purer than the rest: one contradiction in two is right


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


def log_seen(n_given, n_right, n_predicted):
    """Log of how far the model sees each class, beyond guesses; 0 where it surely does.

    A model that predicts a class no more often for its own labels than for others does not
    see it: its labels look wrong all of them, and so would those of a class that overlaps
    with others in everything that the model knows.

    Parameters
    ----------
    n_given, n_right, n_predicted : ndarray of shape (n_classes,)
        How many labels are given of each class, how many of these the model predicts, and
        how often it predicts the class at all.
    """
    n_samples = n_given.sum()
    seen = np.maximum(
        _beyond_guesses(n_right, n_given, n_predicted / n_samples),
        _beyond_guesses(n_right, n_predicted, n_given / n_samples),
    )
    return np.log(np.clip(seen / SEEN, UNSEEN, 1))


def _beyond_guesses(n_right, n, guesses):
    """How much more than `guesses` the share of right ones surely is, of what it can be more."""
    surely = wilson_bound(n_right, np.maximum(n, 1), SEEN_SURELY)
    return (surely - guesses) / np.maximum(1 - guesses, np.finfo(float).tiny)


def wrong_by_anchors(contradicted, rate, n_classes):
    """Share of rows with a wrong label that the model contradicts, given each prediction.

    A label is wrong at the rate of the anchors, whether the model is right or not, and then
    any other class. Where the model errs, a wrong label can be the predicted one, which is
    no contradiction; a right label is one.

    Parameters
    ----------
    contradicted, rate : ndarray of shape (n_classes,)
        Share of contradicted labels among the rows predicted as each class, and the noise
        rate of the class.

    n_classes : int
        Number of classes.
    """
    rate = np.minimum(rate, contradicted)
    by_chance = rate / max(n_classes - 1, 1)
    errors = (contradicted - rate) / np.maximum(1 - rate - by_chance, LEAST_OVERLAP)
    return rate - by_chance * np.clip(errors, 0, 1)


def odds_contradicted(
    by_anchors, disagreement, doubt, counted, overlap, n_contradicted, seen, anchored
):
    """Log-odds of a label that the model contradicts to be wrong, on average.

    Parameters
    ----------
    by_anchors : float
        Share of all rows whose label is contradicted and wrong, by the anchors.

    disagreement : float
        Share of all rows whose label is contradicted.

    doubt : float
        The same as the model expects it: 1 - mean probability of the most probable class.

    counted : tuple of float
        Shares of all rows that other ways of counting call wrong; what counts is the middle
        one of them and the disagreement.

    overlap, n_contradicted : ndarray of shape (n_classes,)
        Share of right labels given each class that the model contradicts, and how many labels
        it contradicts. Where it is most of them, the model does not see the classes: that it
        contradicts few labels then says nothing, and the odds are no larger than those by the
        anchors.

    seen : float
        How much of what it contradicts is of classes that it sees, in [0, 1].

    anchored : float
        Share of the contradictions by classes that have anchors. A model that is certain of
        everything, as one neighbor or a full-grown tree is, has none: it repeats the labels
        it was trained on, and a contradiction is as likely their error as that of the label.
    """
    most = max(disagreement, np.finfo(float).tiny)
    middle = np.median([disagreement, *counted])
    anchors = logit(np.clip(by_anchors / most, *SHARES))
    odds = (
        ODDS
        + PER_ANCHORS * anchors
        + PER_CONTRADICTION * logit(np.clip(disagreement, LEAST_DOUBT, SHARES[1]))
        + PER_DOUBT * logit(np.clip(doubt, LEAST_DOUBT, SHARES[1]))
        + PER_COUNT * np.log(np.clip(middle / most, SMALLEST_COUNT, 1))
    )
    if n_contradicted @ logit(overlap) > 0:
        odds = min(odds, anchors)
    odds = anchored * odds + (1 - anchored) * ODDS_UNANCHORED
    return float(odds - (1 - seen) * max(odds, 0))


def quality_odds(quality, per_quality=PER_QUALITY_OF_FLAGS, least=0):
    """Log-odds of a label to be wrong by its quality, but for a constant.

    Qualities below .01, or `least` if that is more, tell no more than that one.
    """
    lowest, highest = QUALITIES
    quality = np.clip(np.asarray(quality, dtype=np.float64), max(least, lowest), highest)
    return -per_quality * logit(quality)


def common_shift(odds, mean_odds):
    """What to add to log-odds so that the mean chance has the log-odds `mean_odds`.

    Log-odds are taken together by narrow bins, so that it takes one pass.
    """
    if not len(odds):
        return mean_odds
    bins = np.floor(odds * (BINS_PER_LOG_ODDS / PER_QUALITY_OF_FLAGS)).astype(np.int64)
    bins -= bins.min()
    counts = np.bincount(bins)
    among = np.flatnonzero(counts)
    weights = counts[among] / len(odds)
    centers = np.bincount(bins, weights=odds)[among] / counts[among]
    low, high = mean_odds - centers.max() - 1, mean_odds - centers.min() + 1
    return brentq(lambda shift: weights @ expit(centers + shift) - expit(mean_odds), low, high)


def odds_wrong(label_quality, flagged, expected_precision):
    """Log-odds of all labels to be wrong, in which the flags have the chance expected of them."""
    odds = quality_odds(label_quality)
    expected = np.clip(expected_precision, 1e-6, 1 - 1e-6)
    return odds + common_shift(odds[flagged], logit(expected))


def chance_wrong(label_quality, flagged, expected_precision, rows):
    """Chance of labels to be wrong by their quality, on average what is expected of the flags.

    Parameters
    ----------
    label_quality : ndarray of shape (n_samples,)
        Label quality.

    flagged : ndarray of shape (n_samples,), dtype bool
        The flags.

    expected_precision : float
        Mean chance of the flags.

    rows : ndarray
        Positions or mask of the labels asked for.

    Returns
    -------
    chance : ndarray of shape (n_rows,)
        In [0, 1].
    """
    return expit(odds_wrong(label_quality, flagged, expected_precision)[rows])


def cautious(chance, odds_wrong, max_fdr):
    """Chances of flags to be right that hold up where the expectation is too high.

    The more of the contradicted labels are put down to overlap, the less sure is the rest:
    the log-odds fall in proportion to that share, and less the more false flags may stay.

    Parameters
    ----------
    chance : ndarray
        Calibrated p(label is wrong).

    odds_wrong : float
        Log-odds of a contradicted label to be wrong.

    max_fdr : float
        Share of flags that may be false; none is cautious about a half.
    """
    return expit(logit(chance) - CAUTION * max(1 - 2 * max_fdr, 0) * expit(-odds_wrong))


def stands(anchor_posterior, overlap, disagreement, odds_wrong, log_seen):
    """Is a flag justified by the noise that typical members show, despite the overlap?

    Parameters
    ----------
    anchor_posterior : ndarray
        p(true = given | x, given) under that noise.

    overlap : float or ndarray
        Share of right labels that the model contradicts.

    disagreement : float
        Share of all labels that it contradicts: the fewer, the more one says.

    odds_wrong : float
        Log-odds of a contradicted label to be wrong.

    log_seen : float or ndarray
        Log of how far the model sees the given class.
    """
    noise = logit(1 - np.asarray(anchor_posterior, dtype=np.float64))
    bar = np.log(STANDS_AT) + STANDS_PER_OVERLAP * logit(overlap) - odds_wrong
    return noise > bar - log_seen + STANDS_PER_CONTRADICTION * logit(np.clip(disagreement, *SHARES))


def precision_interval(expected, n_flags, width=1.645):
    """Interval of about 90 % for the share of right flags about the expected one.

    It is off by how far expectations are, and by the chance of so many flags: the squares of
    both distances add up.
    """
    expected = np.clip(expected, 1e-6, 1 - 1e-6)
    low, high = expit(logit(expected) + np.array([-width, width]) * SPREAD)
    lowest = wilson_bound(n_flags * expected, n_flags, width)
    highest = 1 - wilson_bound(n_flags * (1 - expected), n_flags, width)
    low = expected - np.hypot(expected - low, expected - lowest)
    high = expected + np.hypot(high - expected, highest - expected)
    return float(max(low, 0)), float(min(high, 1))


def noise_rate_bounds(disagreement, by_chance, noise_rate, n_samples, seen):
    """Smallest and largest noise rate that labels and predictions allow.

    At most, all that the model contradicts is wrong. At the least, what anchors show as
    noise is overlap to the extent that the model errs elsewhere, one and a half times, and
    the more so the less the model knows: where it contradicts nearly as many labels as
    guesses would, anchors are no purer than the rest. Both are widened by two standard
    errors.

    Parameters
    ----------
    disagreement : float
        Share of given labels that the model contradicts.

    by_chance : float
        The same of guesses that are as frequent as the labels.

    noise_rate : float
        Share of wrong labels, as the anchors of the classes show it.

    n_samples : int
        Number of labels.

    seen : float
        How much of what it contradicts is of classes that it sees, in [0, 1].
    """

    def error(share):
        return STANDARD_ERRORS * np.sqrt(share * (1 - share) / n_samples)

    skill = max(1 - disagreement / max(by_chance, LEAST_SKILL), LEAST_SKILL)
    elsewhere = max(disagreement - noise_rate, 0) / skill
    low = seen * (noise_rate - OVERLAP_MARGIN * elsewhere - error(noise_rate))
    high = min(disagreement + error(disagreement), 1)
    return float(np.clip(low, 0, high)) + 0.0, float(high)  # no -0.0
