"""Probabilities made fit for a posterior: no zeros, and a scale that fits the given labels.

Hard zeros (nearest neighbors, trees) and grossly over- or under-confident models would
make a posterior that knows no doubt. Both are mended by two numbers that are fitted on
the given labels, so that nothing is held but these.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import brentq

from skclean._core._blocks import along_rows, each_block
from skclean._core._scan import own

SMALLEST_EXPONENT, LARGEST_EXPONENT = 0.02, 20.0
GROSS = 3.0  # probabilities are rescaled only where their exponent is off by more than this
MIN_ROWS, MAX_CELLS = 250, 1 << 15  # of the rows that the exponent is fitted on
MAX_ROWS = 1 << 14  # that the share is fitted on
SHARES = (1e-3, 0.999)  # smallest and largest share of the prior
TOLERANCE = 1e-5  # of the share


@dataclass(frozen=True)
class Rescaling:
    """p to the power `exponent`, renormalised, mixed with a `share` of the prior."""

    exponent: float
    floor: float
    share: float
    prior: np.ndarray

    def __call__(self, block):
        """Rescale a block of rows, in its dtype."""
        mixed = self.raised(block) * block.dtype.type(1 - self.share)
        mixed += (self.share * self.prior).astype(block.dtype)
        return mixed

    def columns(self, block, dtype, room=0):
        """Rescale a block of rows into columns, up to a factor.

        They are the first rows of an array of shape (n_classes + room, n_rows).
        """
        n_rows, n_classes = block.shape
        columns = np.empty((n_classes + room, n_rows), dtype=dtype)
        mixed = columns[:n_classes]
        mixed[:] = self.raised(block).T
        if self.share > 0:
            odds = self.share / (1 - self.share)
            mixed += (odds * self.prior).astype(dtype)[:, np.newaxis]
        return columns

    def raised(self, block):
        """The block to the power `exponent`, rows renormalised; itself where that is 1."""
        if self.exponent == 1:
            return block
        logs = np.log(np.maximum(block, block.dtype.type(self.floor)))
        logs *= block.dtype.type(self.exponent)
        raised = np.exp(logs - logs.max(axis=1, keepdims=True))
        raised /= raised.sum(axis=1, keepdims=True)
        return raised


def no_rescaling(n_classes):
    """What leaves probabilities as they are."""
    return Rescaling(1.0, 0.0, 0.0, np.zeros(n_classes))


def _sample(n_rows, size):
    """Some rows at most: always the same, in no rhythm that labels could follow."""
    if n_rows <= size:
        return np.arange(n_rows)
    return np.sort(np.random.RandomState(0).randint(n_rows, size=size))


def rows_of(pred_probs, rows):
    """Some rows, sorted, as an array in double precision."""
    chosen = np.bincount(rows, minlength=pred_probs.shape[0])
    parts = each_block(_repeated, pred_probs, chosen)
    return np.concatenate([part for _, part in parts]).astype(np.float64)


def _repeated(block, times):
    return np.asarray(block[np.repeat(np.arange(len(times)), times)])


def fit_exponent(y, pred_probs):
    """Exponent of largest likelihood of the given labels, 1 unless it is grossly off.

    Temperature scaling: Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural
    Networks", ICML 2017. Some rows, drawn at random, tell it well enough.

    Returns
    -------
    exponent, floor : float
        What to raise to, and the smallest probability that is raised.
    """
    rows = _sample(len(y), max(MIN_ROWS, MAX_CELLS // pred_probs.shape[1]))
    codes, probs = y[rows], along_rows(rows_of(pred_probs, rows))
    floor = min(max(1e-12, probs[probs > 0].min() / 2), 0.1)
    logs = np.log(np.maximum(probs, floor))
    logs -= logs.max(axis=1, keepdims=True)
    given = own(logs, codes).mean()

    def slope(log_exponent):
        """Derivative of the mean negative log-likelihood, which is convex."""
        raised = np.exp(np.exp(log_exponent) * logs)
        total = raised.sum(axis=1)
        raised *= logs
        return (raised.sum(axis=1) / total).mean() - given

    gross = np.log(GROSS)
    if slope(-gross) > 0:
        low, high = np.log(SMALLEST_EXPONENT), -gross
    elif slope(gross) < 0:
        low, high = gross, np.log(LARGEST_EXPONENT)
    else:
        return 1.0, floor
    if slope(low) >= 0:
        return float(np.exp(low)), floor
    if slope(high) <= 0:
        return float(np.exp(high)), floor
    return float(np.exp(brentq(slope, low, high, xtol=1e-6))), floor


def fit_share(own, prior):
    """Share of the prior in a mixture with the model, of largest likelihood.

    Parameters
    ----------
    own : ndarray of shape (n_samples,)
        Probability that the model gives the given label.

    prior : ndarray of shape (n_samples,)
        Probability of the given label among all labels.

    Returns
    -------
    share : float
        In [0.001, 0.999].
    """
    rows = _sample(len(own), MAX_ROWS)
    own = np.maximum(own[rows], 1e-12).astype(np.float64)
    difference = prior[rows] - own

    def slope(share):
        """Derivative of the mean log-likelihood, which is concave."""
        return np.mean(difference / (own + share * difference))

    low, high = SHARES
    if slope(low) <= 0:
        return low
    if slope(high) >= 0:
        return high
    return float(brentq(slope, low, high, xtol=TOLERANCE))


def fit_rescaling(y, pred_probs, self_confidence):
    """Fit exponent and share on codes, probabilities and their value at the given label."""
    n_classes = pred_probs.shape[1]
    prior = (np.bincount(y, minlength=n_classes) + 1) / (len(y) + n_classes)
    exponent, floor = fit_exponent(y, pred_probs)
    if exponent != 1:
        raising = Rescaling(exponent, floor, 0.0, prior)
        self_confidence = own_probs(y, pred_probs, raising)
    return Rescaling(exponent, floor, fit_share(self_confidence, prior[y]), prior)


def own_probs(y, pred_probs, rescale):
    """Rescaled probability of the given labels, by blocks of rows."""
    found = np.empty(len(y), dtype=pred_probs.dtype)
    for rows, part in each_block(partial(_own_raised, rescale), pred_probs, y):
        found[rows] = part
    return found


def _own_raised(rescale, block, codes):
    return own(rescale.raised(block), codes)
