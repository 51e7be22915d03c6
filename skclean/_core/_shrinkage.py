"""A noise matrix from few counts: rows borrow strength from one another.

Counts of [true, given] are few for rare classes and rare confusions. How far they are
drawn towards noise that is the same for all classes is itself estimated from them
(empirical Bayes): wholly under uniform noise, hardly at all where confusions are
structured and counts many.
"""

import numpy as np
from scipy.special import gammaln

CONCENTRATIONS = 10.0 ** np.linspace(-1, 4, 21)
MIN_COUNT = 3  # confusions seen less often are shared out evenly, as chance would have them
RATES = (1e-4, 0.9)  # smallest and largest overall noise rate


def _most_likely(log_likelihood):
    """The concentration of largest marginal likelihood; the first of equal ones."""
    return CONCENTRATIONS[int(np.argmax([log_likelihood(c) for c in CONCENTRATIONS]))]


def _beta_binomial(n_wrong, n, rate):
    """Log-likelihood of rates that vary about `rate` from class to class."""

    def log_likelihood(concentration):
        right, wrong = concentration * (1 - rate), concentration * rate
        terms = gammaln(right + n - n_wrong) - gammaln(right)
        terms += gammaln(wrong + n_wrong) - gammaln(wrong)
        return (terms + gammaln(concentration) - gammaln(concentration + n)).sum()

    return log_likelihood


def _dirichlet_multinomial(confused, n_wrong, n_others):
    """Log-likelihood of confusions that vary about equal shares; `confused` > 0 alone."""

    def log_likelihood(concentration):
        each = concentration / n_others
        own = gammaln(each + confused) - gammaln(each)
        return own.sum() + (gammaln(concentration) - gammaln(concentration + n_wrong)).sum()

    return log_likelihood


def shrink_counts(counts):
    """Noise matrix of [true, given] counts, drawn towards uniform noise as they demand.

    The rates of the classes are beta-binomial about the overall rate, the confusions of
    a class Dirichlet-multinomial about equal shares; both concentrations maximise the
    marginal likelihood of the counts. Classes without any count are left out: they are
    taken to be labelled right.

    Parameters
    ----------
    counts : ndarray of shape (n_classes, n_classes)
        Non-negative counts of [true, given].

    Returns
    -------
    noise_matrix : ndarray of shape (n_classes, n_classes)
        p(given = j | true = i); each row sums to 1.
    """
    seen = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    noise_matrix = np.eye(len(counts))
    if len(seen) < 2:
        return noise_matrix
    among = np.ix_(seen, seen)
    inner = counts[among].astype(np.float64)
    n = inner.sum(axis=1)
    wrong = inner - np.diag(inner.diagonal())
    n_wrong = wrong.sum(axis=1)
    rate = np.clip(n_wrong.sum() / n.sum(), *RATES)
    steady = _most_likely(_beta_binomial(n_wrong, n, rate))
    rates = (n_wrong + steady * rate) / (n + steady)
    n_others = len(seen) - 1
    alike = _most_likely(_dirichlet_multinomial(wrong[wrong > 0], n_wrong, n_others))
    rare = np.where(wrong < MIN_COUNT, wrong, 0).sum(axis=1)
    wrong[wrong < MIN_COUNT] = 0
    confusions = wrong + ((rare + alike) / n_others)[:, np.newaxis]
    np.fill_diagonal(confusions, 0)
    confusions *= (rates / confusions.sum(axis=1))[:, np.newaxis]
    np.fill_diagonal(confusions, 1 - rates)
    noise_matrix[among] = confusions
    return noise_matrix
