"""How far an estimated noise matrix is from the true one."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import column_or_1d

from skclean.metrics._validation import NOISE_MATRIX, noise_matrix_of
from skclean.utils._sklearn import validate_params
from skclean.utils._validation import check_noise_matrix


@validate_params(
    {
        "noise_matrix_true": NOISE_MATRIX,
        "noise_matrix": NOISE_MATRIX,
        "class_prior": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def noise_matrix_error(
    noise_matrix_true: ArrayLike, noise_matrix: Any, *, class_prior: ArrayLike | None = None
) -> float:
    """Mean total variation between the rows of two noise matrices.

    The total variation of two rows is half the sum of their absolute differences: the
    share of the samples of a true class that one matrix labels differently from the other.

    Parameters
    ----------
    noise_matrix_true : array-like of shape (n_classes, n_classes), NoiseEstimate or estimator
        True p(given = j | true = i); each row sums to 1.

    noise_matrix : array-like of shape (n_classes, n_classes), NoiseEstimate or estimator
        Estimated p(given = j | true = i), such as
        :func:`~skclean.estimate_noise_matrix` returns; each row sums to 1.

    class_prior : array-like of shape (n_classes,), default=None
        p(true = i), which weighs the rows; non-negative, sums to 1. None weighs all
        classes alike.

    Returns
    -------
    error : float
        Mean total variation in [0, 1]; 0 for equal matrices.

    Raises
    ------
    ValueError
        If a row is no distribution or the shapes differ.

    Examples
    --------
    >>> from skclean.metrics import noise_matrix_error
    >>> noise_matrix_error([[0.9, 0.1], [0, 1]], [[0.7, 0.3], [0, 1]])
    0.1
    """
    true = check_noise_matrix(noise_matrix_of(noise_matrix_true)[0])
    estimated = check_noise_matrix(noise_matrix_of(noise_matrix)[0], n_classes=len(true))
    variation = np.abs(true - estimated).sum(axis=1) / 2
    if class_prior is None:
        return float(variation.mean())
    prior = column_or_1d(class_prior, dtype=np.float64)
    if prior.shape != (len(true),):
        raise ValueError(
            f"class_prior must hold one value per class. Got {len(prior)} values for "
            f"{len(true)} classes."
        )
    if not ((prior >= 0).all() and abs(prior.sum() - 1) <= 1e-6):
        raise ValueError(
            "class_prior must be a distribution over the classes: values in [0, 1] that sum to "
            f"1. Got {prior.tolist()}; divide counts by their sum."
        )
    return float(prior @ variation)
