"""Distributions of given labels that depend on the features."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, softmax
from sklearn.preprocessing import scale
from sklearn.utils import check_array, check_consistent_length, check_random_state

from skclean.utils._encoding import encode_labels
from skclean.utils._sklearn import Interval, validate_params
from skclean.utils._typing import FloatArray, Seed

SPREAD = 0.1  # standard deviation of the rates before they are truncated


def draw_rates(noise_rate, n_samples, random_state):
    """Flip probability of each sample: normal around `noise_rate`, within [0, 1].

    The normal is cut off at the same distance on both sides, so that its mean stays.
    """
    reach = min(noise_rate, 1 - noise_rate) / SPREAD
    quantiles = random_state.uniform(ndtr(-reach), ndtr(reach), size=n_samples)
    return np.clip(noise_rate + SPREAD * ndtri(quantiles), 0, 1)


@validate_params(
    {
        "X": ["array-like"],
        "y": ["array-like"],
        "noise_rate": [Interval(Real, 0, 1, closed="both")],
        "random_state": ["random_state"],
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def make_feature_dependent_proba(
    X: ArrayLike,
    y: ArrayLike,
    noise_rate: float = 0.2,
    random_state: Seed = None,
    *,
    classes: ArrayLike | None = None,
) -> FloatArray:
    """Make distributions p(given | sample) that depend on the features.

    This is the generator of instance-dependent noise of [1]_: each sample has a flip
    probability of its own, drawn from a truncated normal around `noise_rate` with
    standard deviation 0.1, and each class has a random projection of the features, whose
    softmax shares that probability out among the other classes. Features are
    standardised first. The normal is truncated symmetrically, so that its mean is
    `noise_rate`; the paper truncates it to [0, 1], where the mean of small rates rises.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Data: finite numbers.

    y : array-like of shape (n_samples,)
        True labels.

    noise_rate : float, default=0.2
        Expected share of flipped labels, in [0, 1].

    random_state : int, RandomState instance or None, default=None
        Draws rates and projections. Pass an int for the same rows at every call.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns, where `y` lacks one.

    Returns
    -------
    proba : ndarray of shape (n_samples, n_classes)
        p(given = j | sample i) for :func:`flip_labels_by_proba`; rows sum to 1.

    Raises
    ------
    ValueError
        If `X` holds anything but finite numbers, does not match `y`, or there is one
        class only.

    See Also
    --------
    flip_labels_by_proba : Draw given labels from it.
    flip_labels_by_instance : Noise near the boundary between the classes.

    References
    ----------
    .. [1] Xia, Liu, Han, Wang, Gong, Liu, Niu, Tao & Sugiyama, "Part-dependent Label
       Noise: Towards Instance-dependent Label Noise", Advances in Neural Information
       Processing Systems 33, 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skclean.simulation import flip_labels_by_proba, make_feature_dependent_proba
    >>> X, y = load_iris(return_X_y=True)
    >>> proba = make_feature_dependent_proba(X, y, noise_rate=0.3, random_state=0)
    >>> proba.shape
    (150, 3)
    >>> y_given, flipped = flip_labels_by_proba(y, proba, random_state=0)
    """
    random_state = check_random_state(random_state)
    X = check_array(X, dtype=np.float64)
    check_consistent_length(X, y)
    classes, codes = encode_labels(y, classes)
    if len(classes) < 2:
        raise ValueError(
            "The number of classes has to be greater than one; got 1 class "
            f"{classes.tolist()}; pass classes= if a class is absent from y."
        )
    X = scale(X)
    # the projections come first: a flip by the same seed then meets other draws than the rates
    projections = random_state.standard_normal((len(classes), X.shape[1], len(classes)))
    rates = draw_rates(noise_rate, len(codes), random_state)
    proba = np.empty((len(codes), len(classes)))
    for code, projection in enumerate(projections):
        members = codes == code
        scores = X[members] @ projection
        scores[:, code] = -np.inf
        proba[members] = rates[members, np.newaxis] * softmax(scores, axis=1)
        proba[members, code] = 1 - rates[members]
    return proba
