"""Pool several opinions on p(label | x) into one, (n_samples, n_classes) each."""

import numpy as np

N_ITER = 100
TINY = 1e-12
LEAST_WEIGHT = 0.05  # no member is silenced altogether


def pool_weights(y, members):
    """Weights of the mixture of `members` under which the given labels are most likely.

    A member that knows nothing gets next to no weight.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    members : list of ndarray of shape (n_samples, n_classes)
        Out-of-sample probabilities.

    Returns
    -------
    weights : ndarray of shape (n_members,)
        By expectation-maximisation; at least about 0.05 each, they sum to 1.
    """
    rows = np.arange(len(y))
    own = np.stack([member[rows, y] for member in members], axis=1) + TINY
    weights = np.full(len(members), 1 / len(members))
    for _ in range(N_ITER):
        shares = own * weights
        weights = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
    weights = np.maximum(weights, LEAST_WEIGHT)
    return weights / weights.sum()


def pool(members, weights):
    """Weighted geometric mean of probabilities, rows scaled to sum 1."""
    logs = sum(
        weight * np.log(np.maximum(member, TINY))
        for weight, member in zip(weights, members, strict=True)
    )
    pooled = np.exp(logs - logs.max(axis=1, keepdims=True))
    return pooled / pooled.sum(axis=1, keepdims=True)
