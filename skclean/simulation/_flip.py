"""Draw given labels from true ones."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skclean.utils._encoding import encode_labels
from skclean.utils._sklearn import validate_params
from skclean.utils._typing import Mask, Seed
from skclean.utils._validation import check_noise_matrix

ROUNDING = 1e-9  # what is short of a whole number by less is one


def draw_from(row, draws):
    """Class of each uniform draw under one distribution; classes of probability 0 never."""
    reachable = np.flatnonzero(row)  # rounding in the sum must never reach a zero
    edges = np.cumsum(row[reachable])[:-1]
    return reachable[np.searchsorted(edges, draws, side="right")]


def expected_counts(n_samples, noise_matrix):
    """Round the counts that each class expects of each label.

    Every count is the expected one rounded down or up, and so is every number of flips, of one
    class and of all the classes up to any one: many small ones do not come to nothing. What a
    class flips beyond its counts rounded down goes to the largest remainders; among equal ones
    to the classes that got the fewest flips so far, from the next one on.

    Parameters
    ----------
    n_samples : ndarray of shape (n_classes,)
        Number of samples of each class.

    noise_matrix : ndarray of shape (n_classes, n_classes)
        p(given = j | true = i).

    Returns
    -------
    counts : ndarray of shape (n_classes, n_classes), dtype intp
        By [true, given].
    """
    expected = n_samples[:, np.newaxis] * noise_matrix
    np.fill_diagonal(expected, 0)
    counts = np.floor(expected + ROUNDING)
    remainders = np.round(np.maximum(expected - counts, 0), 9)
    up_to = np.floor(np.cumsum(remainders.sum(axis=1)) + 0.5 + ROUNDING)
    others, received = np.arange(len(counts)), counts.sum(axis=0)
    for code, n_left in enumerate(np.diff(up_to, prepend=0).astype(int)):
        order = (others - code - 1) % len(counts), received, -remainders[code]
        more = np.lexsort(order)[: min(n_left, np.count_nonzero(remainders[code]))]
        counts[code, more] += 1
        received[more] += 1
    np.fill_diagonal(counts, n_samples - counts.sum(axis=1))
    return counts.astype(np.intp)


@validate_params(
    {
        "y": ["array-like"],
        "noise_matrix": ["array-like"],
        "random_state": ["random_state"],
        "exact": ["boolean"],
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def flip_labels(
    y: ArrayLike,
    noise_matrix: ArrayLike,
    random_state: Seed = None,
    *,
    exact: bool = False,
    classes: ArrayLike | None = None,
) -> tuple[Any, Mask]:
    """Replace true labels by given ones drawn from a noise matrix.

    The noise depends on the class alone. The confusion matrix of an annotator, with rows
    that sum to 1, is such a matrix: the result is what this annotator would have said.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        True labels.

    noise_matrix : array-like of shape (n_classes, n_classes)
        p(given = j | true = i), rows and columns in the order of the sorted classes or
        of `classes`; each row sums to 1.

    random_state : int, RandomState instance or None, default=None
        Pass an int for the same flips at every call.

    exact : bool, default=False
        Flip as many samples as the matrix expects, of all classes together and of each one
        to each other, rounded up or down: only which samples are flipped is random. With
        False the label of each sample is drawn by itself, and the counts vary.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the matrix, where `y` lacks one.

    Returns
    -------
    y_given : ndarray of shape (n_samples,)
        Given labels, in the dtype of `y`.

    flipped : ndarray of shape (n_samples,), dtype bool
        True where the given label differs from the true one.

    Raises
    ------
    ValueError
        If `noise_matrix` does not match the classes or a row is no distribution; the
        message names the first such row.

    See Also
    --------
    make_noise_matrix : Noise matrices of the usual kinds.
    flip_labels_by_instance : Noise near the boundary between the classes.
    flip_labels_by_proba : Noise with a distribution for each sample.

    Examples
    --------
    >>> from skclean.simulation import flip_labels, make_noise_matrix
    >>> y = ["cat", "dog"] * 50
    >>> noise_matrix = make_noise_matrix("uniform", 2, 0.2)
    >>> y_given, flipped = flip_labels(y, noise_matrix, random_state=0)
    >>> int(flipped.sum())
    25
    >>> y_given, flipped = flip_labels(y, noise_matrix, random_state=0, exact=True)
    >>> int(flipped.sum())
    20
    """
    random_state = check_random_state(random_state)
    classes, codes = encode_labels(y, classes)
    noise_matrix = check_noise_matrix(noise_matrix, n_classes=len(classes))
    draws = random_state.uniform(size=len(codes))
    given = np.empty_like(codes)
    counts = None
    if exact:
        counts = expected_counts(np.bincount(codes, minlength=len(classes)), noise_matrix)
    for code, row in enumerate(noise_matrix):
        members = np.flatnonzero(codes == code)
        if exact:
            labels = np.repeat(np.arange(len(row)), counts[code])
            given[members[np.argsort(draws[members], kind="stable")]] = labels
        else:
            given[members] = draw_from(row, draws[members])
    return classes[given], given != codes
