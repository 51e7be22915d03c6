"""A noise matrix from few counts: rows borrow strength from one another.

Counts of [true, given] are few for rare classes and rare confusions. How far they are
drawn towards noise that is the same for all classes is itself estimated from them
(empirical Bayes): wholly under uniform noise, hardly at all where confusions are
structured and counts many.
"""

import numpy as np
from scipy.special import gammaln

from skclean._core._algebra import TINY
from skclean._core._noise_rows import NoiseRows

CONCENTRATIONS = 10.0 ** np.linspace(-1, 4, 21)
MIN_COUNT = 3  # confusions seen less often are shared out evenly, as chance would have them
RATES = (1e-4, 0.9)  # smallest and largest overall noise rate


def _most_likely(log_likelihood):
    """The concentration of largest marginal likelihood; the first of equal ones."""
    return CONCENTRATIONS[int(np.argmax(log_likelihood(CONCENTRATIONS[:, np.newaxis])))]


def _beta_binomial(n_wrong, n, rate):
    """Log-likelihood of rates that vary about `rate` from class to class."""

    def log_likelihood(concentration):
        right, wrong = concentration * (1 - rate), concentration * rate
        terms = gammaln(right + n - n_wrong) - gammaln(right)
        terms += gammaln(wrong + n_wrong) - gammaln(wrong)
        return (terms + gammaln(concentration) - gammaln(concentration + n)).sum(axis=-1)

    return log_likelihood


def _dirichlet_multinomial(confused, n_wrong, n_others):
    """Log-likelihood of confusions that vary about equal shares; `confused` > 0 alone."""
    confused, times = np.unique(confused, return_counts=True)

    def log_likelihood(concentration):
        each = concentration / n_others
        own = times * (gammaln(each + confused) - gammaln(each))
        totals = gammaln(concentration) - gammaln(concentration + n_wrong)
        return own.sum(axis=-1) + totals.sum(axis=-1)

    return log_likelihood


def agreed_noise(one, other, share_of_given):
    """Noise matrix in the middle of two estimates, and how far these are apart.

    Overlap of classes looks like noise, the more so the less typical the rows that an
    estimate counts. So where estimates by more and by less typical rows disagree, overlap
    may well be all that tells the rates of the classes apart: these are drawn together as
    far as they vary no more than the estimates do, half-way at most. Classes weigh by how
    often they are given, so that a handful of labels says nothing of the others.

    Parameters
    ----------
    one, other : NoiseRows
        Estimates of p(given | true). A row of the identity in `other` is no estimate: `one`
        alone gives the rates then, and all of this noise is in dispute.

    share_of_given : ndarray of shape (n_classes,)
        How frequent each class is among the given labels.

    Returns
    -------
    noise : NoiseRows
        p(given | true).

    disputed : float
        Share of the noise on which the estimates disagree, in [0, 1].
    """
    is_given = share_of_given > 0
    known = is_given & (other.diagonal < 1)
    noise = one.mixed(other, np.where(known, 0.5, 0.0))
    noisy = np.flatnonzero(is_given & (noise.diagonal < 1))
    if not len(noisy):
        return noise, 0.0
    rate = 1 - noise.diagonal[noisy]
    apart = np.abs(one.diagonal - other.diagonal)[noisy]
    weight = share_of_given[noisy] / share_of_given[noisy].sum()
    mean = weight @ rate
    disputed = min(weight @ apart / mean, 1)
    variance = weight @ (rate - mean) ** 2
    explained = min(weight @ apart**2 / max(2 * variance, TINY), 1)
    drawn = rate + explained / 2 * (mean - rate)
    factor, diagonal = np.ones(noise.n_classes), noise.diagonal.copy()
    factor[noisy] = drawn / rate
    diagonal[noisy] = 1 - drawn
    return noise.scaled(factor, diagonal), float(disputed)


def shrink_counts(counts):
    """Noise matrix of [true, given] counts, drawn towards uniform noise as they demand.

    The rates of the classes are beta-binomial about the overall rate, the confusions of
    a class Dirichlet-multinomial about equal shares; both concentrations maximise the
    marginal likelihood of the counts. Classes without any count are left out: they are
    taken to be labelled right.

    Parameters
    ----------
    counts : PairCounts
        Non-negative counts of [true, given].

    Returns
    -------
    noise : NoiseRows
        p(given = j | true = i).
    """
    n_given, n_true = counts.by_given(counts.values), counts.by_true(counts.values)
    seen = (n_given + n_true) > 0
    group = np.where(seen, 0, 1) if not seen.all() else np.zeros(len(seen), dtype=np.intp)
    levels = np.zeros((len(seen), group.max() + 1))
    n_others = np.count_nonzero(seen) - 1
    if n_others < 1:
        nothing = np.zeros(0, dtype=np.intp)
        return NoiseRows(np.ones(len(seen)), levels, group, nothing, nothing, np.zeros(0))
    n = n_true[seen]
    n_wrong = (n_true - counts.diagonal())[seen]
    off = np.flatnonzero((counts.true != counts.given) & (counts.values > 0))
    true, given, confused = (each[off] for each in (counts.true, counts.given, counts.values))
    rate = np.clip(n_wrong.sum() / n.sum(), *RATES)
    steady = _most_likely(_beta_binomial(n_wrong, n, rate))
    rates = (n_wrong + steady * rate) / (n + steady)
    alike = _most_likely(_dirichlet_multinomial(confused, n_wrong, n_others))
    # what is alike is shared out evenly, among it the rare confusions
    told = confused >= MIN_COUNT
    true, given, confused = true[told], given[told], confused[told]
    n_told = np.bincount(true, weights=confused, minlength=len(seen))
    even = (n_wrong - n_told[seen] + alike) / n_others
    scale = np.zeros(len(seen))
    scale[seen] = rates / (n_told[seen] + even * n_others)
    levels[seen, 0] = even * scale[seen]
    diagonal = np.ones(len(seen))
    diagonal[seen] = 1 - rates
    return NoiseRows(diagonal, levels, group, true, given, confused * scale[true])
