"""Make noise matrices of the kinds that studies of label noise use."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from sklearn.utils import check_random_state

from skclean.utils._sklearn import Interval, StrOptions, validate_params
from skclean.utils._typing import FloatArray, Seed


def _uniform(n_classes, block_size, random_state):
    return np.ones((n_classes, n_classes))


def _pair(n_classes, block_size, random_state):
    return np.roll(np.eye(n_classes), 1, axis=1)


def _block(n_classes, block_size, random_state):
    block = np.arange(n_classes) // block_size
    return (block[:, np.newaxis] == block).astype(float)


def _random(n_classes, block_size, random_state):
    return random_state.dirichlet(np.ones(n_classes), size=n_classes)


KINDS = {"uniform": _uniform, "pair": _pair, "block": _block, "random": _random}


@validate_params(
    {
        "kind": [StrOptions(set(KINDS))],
        "n_classes": [Interval(Integral, 2, None, closed="left")],
        "noise_rate": [Interval(Real, 0, 1, closed="both"), "array-like"],
        "block_size": [Interval(Integral, 2, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_noise_matrix(
    kind: Literal["uniform", "pair", "random", "block"] = "uniform",
    n_classes: int = 2,
    noise_rate: float = 0.2,
    *,
    block_size: int = 2,
    random_state: Seed = None,
) -> FloatArray:
    """Make a noise matrix p(given = j | true = i).

    Parameters
    ----------
    kind : {"uniform", "pair", "block", "random"}, default="uniform"
        Where the wrong labels of a class go:

        - "uniform": to all other classes alike;
        - "pair": to the next class, from the last one to the first;
        - "block": to the other classes of the same block, alike;
        - "random": to all other classes, in shares drawn uniformly from the simplex.

    n_classes : int, default=2
        Number of classes.

    noise_rate : float or array-like of shape (n_classes,), default=0.2
        Share of wrong labels, in [0, 1], of all classes or of each.

    block_size : int, default=2
        Classes per block, for ``kind="block"``. A last class left alone in its block
        has no noise.

    random_state : int, RandomState instance or None, default=None
        Draws the shares of ``kind="random"``.

    Returns
    -------
    noise_matrix : ndarray of shape (n_classes, n_classes)
        Rows are true classes and sum to 1; the diagonal is 1 - `noise_rate`.

    See Also
    --------
    flip_labels : Draw given labels from it.

    References
    ----------
    .. [1] Frenay & Verleysen, "Classification in the Presence of Label Noise: A
       Survey", IEEE Transactions on Neural Networks and Learning Systems 25, 2014.

    Examples
    --------
    >>> from skclean.simulation import make_noise_matrix
    >>> make_noise_matrix("pair", n_classes=3, noise_rate=0.1)
    array([[0.9, 0.1, 0. ],
           [0. , 0.9, 0.1],
           [0.1, 0. , 0.9]])
    """
    rates = np.asarray(noise_rate, dtype=np.float64)
    if rates.ndim and rates.shape != (n_classes,):
        raise ValueError(
            f"noise_rate must be one number or one per class. Got shape {rates.shape} for "
            f"{n_classes} classes."
        )
    if not ((rates >= 0) & (rates <= 1)).all():
        raise ValueError(f"noise_rate must lie in [0, 1]. Got {noise_rate!r}.")
    targets = KINDS[kind](n_classes, block_size, check_random_state(random_state))
    np.fill_diagonal(targets, 0)
    totals = targets.sum(axis=1)
    rates = np.where(totals > 0, rates, 0)
    noise_matrix = targets * (rates / np.where(totals > 0, totals, 1))[:, np.newaxis]
    np.fill_diagonal(noise_matrix, 1 - rates)
    return noise_matrix
