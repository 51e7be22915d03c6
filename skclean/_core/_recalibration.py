"""What reviewed labels say of labels that look alike: chances of being wrong, recalibrated."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

SPREAD = 1.0  # standard deviation of the log-odds of actual about expected shares
REACH = 1.5  # log-odds over which what is seen of some labels is likely so of others
BIN = 0.25  # log-odds that are taken together
JITTER = 1e-6  # of the covariance, so that it can be factored


def local_shift(odds, trusted, wrong):
    """What to add to the log-odds of labels to be wrong, by those that were reviewed.

    The shift is a smooth function of the log-odds, a Gaussian process about 0, and the one of
    the largest posterior given which of the reviewed labels were wrong [1]_. So where only
    labels that are surely wrong were reviewed, they say something of each other, and
    nothing of the doubtful ones: which labels are chosen for their odds does no harm.

    Parameters
    ----------
    odds : ndarray of shape (n_samples,)
        Log-odds of each label to be wrong, as expected before the review.

    trusted : ndarray of shape (n_samples,), dtype bool
        Reviewed labels.

    wrong : ndarray of shape (n_samples,), dtype bool
        Labels that the review changed, among `trusted`.

    Returns
    -------
    shift : ndarray of shape (n_samples,)
        0 where no label of such odds was reviewed.

    References
    ----------
    .. [1] Rasmussen & Williams, "Gaussian Processes for Machine Learning", section 3.4,
       MIT Press, 2006.
    """
    bins = np.round(odds / BIN).astype(np.intp)
    lowest = bins.min()
    bins -= lowest
    n_bins = bins.max() + 1
    n_reviewed = np.bincount(bins[trusted], minlength=n_bins)
    n_wrong = np.bincount(bins[trusted & wrong], minlength=n_bins)
    centers = (np.arange(n_bins) + lowest) * BIN
    distances = (centers[:, np.newaxis] - centers) / REACH
    covariance = SPREAD**2 * np.exp(-(distances**2) / 2)
    root = np.linalg.cholesky(covariance + JITTER * np.eye(n_bins))

    def loss(whitened):
        shifted = centers + root @ whitened
        misfit = n_reviewed @ np.logaddexp(0, shifted) - n_wrong @ shifted
        slope = root.T @ (n_reviewed * expit(shifted) - n_wrong)
        return misfit + whitened @ whitened / 2, slope + whitened

    return (root @ minimize(loss, np.zeros(n_bins), jac=True, method="L-BFGS-B").x)[bins]
