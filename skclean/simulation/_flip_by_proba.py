"""Draw given labels from a distribution for each sample."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skclean._core._blocks import row_blocks
from skclean.utils._encoding import encode_labels
from skclean.utils._sklearn import validate_params
from skclean.utils._typing import Mask, Seed
from skclean.utils._validation import check_pred_probs


def check_proba(proba, n_samples, classes):
    """Validate rows as those of `pred_probs`, under the name that they have here."""
    try:
        return check_pred_probs(proba, n_samples, classes)
    except ValueError as error:
        raise ValueError(str(error).replace("pred_probs", "proba")) from None


def draw_rows(proba, draws):
    """Class of each row drawn by its uniform draw, (n_rows,); zeros are never drawn."""
    edges = np.cumsum(proba, axis=1, dtype=np.float64)
    return (edges > draws[:, np.newaxis] * edges[:, -1:]).argmax(axis=1)


@validate_params(
    {"y": ["array-like"], "random_state": ["random_state"], "classes": ["array-like", None]},
    prefer_skip_nested_validation=True,
)
def flip_labels_by_proba(
    y: ArrayLike, proba: ArrayLike, random_state: Seed = None, *, classes: ArrayLike | None = None
) -> tuple[Any, Mask]:
    """Replace true labels by given ones drawn from a distribution for each sample.

    This is the general form of label noise: with ``proba = noise_matrix[codes]`` it is
    that of :func:`flip_labels`, and rows that depend on the features make the noise
    depend on them.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        True labels.

    proba : array-like of shape (n_samples, n_classes)
        p(given = j | sample i), columns in the order of the sorted classes or of
        `classes`; rows sum to 1 within 1e-3 and are renormalised.

    random_state : int, RandomState instance or None, default=None
        Pass an int for the same flips at every call.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns, where `y` lacks one.

    Returns
    -------
    y_given : ndarray of shape (n_samples,)
        Given labels, in the dtype of `y`.

    flipped : ndarray of shape (n_samples,), dtype bool
        True where the given label differs from the true one.

    Raises
    ------
    ValueError
        If `y` and `proba` do not match or a row of `proba` is no distribution; the
        message names the first such row.

    See Also
    --------
    flip_labels : Noise that depends on the class alone.
    make_feature_dependent_proba : Rows that depend on the features.

    Examples
    --------
    >>> from skclean.simulation import flip_labels_by_proba
    >>> y = ["cat", "cat", "dog"]
    >>> proba = [[1, 0], [0, 1], [0, 1]]
    >>> y_given, flipped = flip_labels_by_proba(y, proba, random_state=0)
    >>> y_given.tolist()
    ['cat', 'dog', 'dog']
    >>> flipped
    array([False,  True, False])
    """
    random_state = check_random_state(random_state)
    classes, codes = encode_labels(y, classes)
    proba = check_proba(proba, len(codes), classes)
    draws = random_state.uniform(size=len(codes))
    given = np.empty_like(codes)
    for rows in row_blocks(proba):
        given[rows] = draw_rows(proba[rows], draws[rows])
    return classes[given], given != codes
