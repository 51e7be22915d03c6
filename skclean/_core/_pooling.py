"""Pool several opinions on p(label | x) into one, (n_samples, n_classes) each."""

import numpy as np
from scipy.optimize import brentq

TINY = 1e-12
LEAST_WEIGHT = 0.05  # no member is silenced altogether
TOLERANCE = 1e-5


def pool_weights(y, members):
    """Weights of the mixture of two `members` under which the given labels are most likely.

    A member that knows nothing gets next to no weight.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    members : list of two ndarrays of shape (n_samples, n_classes)
        Out-of-sample probabilities.

    Returns
    -------
    weights : ndarray of shape (2,)
        At least 0.05 each, they sum to 1.
    """
    rows = np.arange(len(y))
    first, second = (member[rows, y] + TINY for member in members)
    difference = first - second

    def slope(weight):
        """Derivative of the mean log-likelihood, which is concave."""
        return np.mean(difference / (second + weight * difference), dtype=np.float64)

    low, high = LEAST_WEIGHT, 1 - LEAST_WEIGHT
    if slope(low) <= 0:
        weight = low
    elif slope(high) >= 0:
        weight = high
    else:
        weight = brentq(slope, low, high, xtol=TOLERANCE)
    return np.array([weight, 1 - weight])


def pool(members, weights):
    """Weighted geometric mean of probabilities, rows scaled to sum 1."""
    logs = sum(
        weight * np.log(np.maximum(member, TINY))
        for weight, member in zip(weights, members, strict=True)
    )
    pooled = np.exp(logs - logs.max(axis=1, keepdims=True))
    return pooled / pooled.sum(axis=1, keepdims=True)
