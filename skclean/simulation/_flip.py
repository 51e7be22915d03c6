"""Draw given labels from true ones."""

import numpy as np
from sklearn.utils import check_random_state

from skclean.utils._encoding import encode_labels
from skclean.utils._sklearn import validate_params
from skclean.utils._validation import check_noise_matrix


@validate_params(
    {
        "y": ["array-like"],
        "noise_matrix": ["array-like"],
        "random_state": ["random_state"],
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def flip_labels(y, noise_matrix, random_state=None, *, classes=None):
    """Replace true labels by given ones drawn from a noise matrix.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        True labels.

    noise_matrix : array-like of shape (n_classes, n_classes)
        p(given = j | true = i), rows and columns in the order of the sorted classes or
        of `classes`; each row sums to 1.

    random_state : int, RandomState instance or None, default=None
        Pass an int for the same flips at every call.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the matrix, where `y` lacks one.

    Returns
    -------
    y_given : ndarray of shape (n_samples,)
        Given labels, in the dtype of `y`.

    flipped : ndarray of shape (n_samples,), dtype bool
        True where the given label differs from the true one.

    See Also
    --------
    make_noise_matrix : Noise matrices of the usual kinds.

    Examples
    --------
    >>> from skclean.simulation import flip_labels, make_noise_matrix
    >>> y_given, flipped = flip_labels(
    ...     ["cat", "dog"] * 50, make_noise_matrix("uniform", 2, 0.2), random_state=0
    ... )
    >>> int(flipped.sum())
    25
    """
    random_state = check_random_state(random_state)
    classes, codes = encode_labels(y, classes)
    noise_matrix = check_noise_matrix(noise_matrix, n_classes=len(classes))
    draws = random_state.uniform(size=len(codes))
    given = np.empty_like(codes)
    for code, row in enumerate(noise_matrix):
        of_class = codes == code
        reachable = np.flatnonzero(row)  # rounding in the sum must never reach a zero
        edges = np.cumsum(row[reachable])[:-1]
        given[of_class] = reachable[np.searchsorted(edges, draws[of_class], side="right")]
    return classes[given], given != codes
