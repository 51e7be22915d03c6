"""Data sets with labels that are wrong in a known way."""

from math import ceil, log2
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.datasets import make_classification
from sklearn.utils import Bunch, check_random_state

from skclean._core._algebra import normalize_rows
from skclean.simulation._feature_dependent import make_feature_dependent_proba
from skclean.simulation._flip import flip_labels
from skclean.simulation._flip_by_instance import flip_labels_by_instance
from skclean.simulation._flip_by_proba import flip_labels_by_proba
from skclean.simulation._noise_matrices import KINDS, make_noise_matrix
from skclean.utils._sklearn import Interval, StrOptions, validate_params
from skclean.utils._typing import Seed
from skclean.utils._validation import check_noise_matrix


def _flips(X, y_true, n_classes, noise, noise_rate, random_state):
    """Given labels, flipped mask and noise matrix of one kind of noise."""
    classes = np.arange(n_classes)
    if not isinstance(noise, str) or noise in KINDS:
        matrix = noise
        if isinstance(noise, str):
            matrix = make_noise_matrix(noise, n_classes, noise_rate, random_state=random_state)
        matrix = check_noise_matrix(matrix, n_classes)
        return *flip_labels(y_true, matrix, random_state, classes=classes), matrix
    if np.ndim(noise_rate):
        raise ValueError(
            f"noise_rate must be one number for noise={noise!r}, which has no rate by class. Got "
            f"{noise_rate!r}."
        )
    if noise == "instance":
        y, flipped = flip_labels_by_instance(X, y_true, noise_rate, random_state)
    else:
        proba = make_feature_dependent_proba(X, y_true, noise_rate, random_state, classes=classes)
        y, flipped = flip_labels_by_proba(y_true, proba, random_state, classes=classes)
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (y_true, y), 1)
    return y, flipped, normalize_rows(counts)


def _defaults(n_features, n_classes, params):
    """Defaults of `make_classification` that suit the numbers of features and of classes."""
    n_clusters = params.get("n_clusters_per_class")
    if n_clusters is None:  # 2 need one more feature than 1
        n_clusters = 2 if 2 * n_classes <= 2 ** min(n_features, 62) else 1
    n_informative = params.get("n_informative")
    if n_informative is None:
        n_informative = min(n_features, max(2, ceil(log2(n_classes * n_clusters))))
    left = n_features - n_informative - params.get("n_repeated", 0)
    return {
        "n_classes": n_classes,
        "n_clusters_per_class": n_clusters,
        "n_informative": n_informative,
        "n_redundant": max(0, min(2, left)),
        "flip_y": 0,
    }


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "n_features": [Interval(Integral, 1, None, closed="left")],
        "noise": [StrOptions({*KINDS, "instance", "feature"}), "array-like"],
        "noise_rate": [Interval(Real, 0, 1, closed="both"), "array-like"],
        "random_state": ["random_state"],
        "return_X_y": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def make_noisy_classification(
    n_samples: int = 100,
    n_features: int = 20,
    *,
    noise: str | ArrayLike = "uniform",
    noise_rate: float = 0.2,
    random_state: Seed = None,
    return_X_y: bool = True,
    **params: Any,
) -> Any:
    """Generate a classification problem with wrong labels.

    The data are those of :func:`sklearn.datasets.make_classification`, the noise that of
    this module.

    Parameters
    ----------
    n_samples : int, default=100
        Number of samples.

    n_features : int, default=20
        Number of features.

    noise : {"uniform", "pair", "block", "random", "instance", "feature"} or array-like of \
            shape (n_classes, n_classes), default="uniform"
        - "uniform", "pair", "block", "random": the noise matrix of that kind, see
          :func:`make_noise_matrix`;
        - "instance": near the class boundary, see :func:`flip_labels_by_instance`;
        - "feature": by features at random, see :func:`make_feature_dependent_proba`;
        - an array is the noise matrix itself; `noise_rate` then has no part in it.

    noise_rate : float or array-like of shape (n_classes,), default=0.2
        Expected share of wrong labels, in [0, 1]; for the kinds that are matrices, of
        all classes or of each.

    random_state : int, RandomState instance or None, default=None
        Draws data and noise. Pass an int for the same data set at every call.

    return_X_y : bool, default=True
        If True, return arrays, else a :class:`~sklearn.utils.Bunch`.

    **params : dict
        Further keywords of :func:`~sklearn.datasets.make_classification`, such as
        `n_classes`, `weights` or `class_sep`. Some of its defaults differ here:
        ``flip_y=0``, so that true labels are right; `n_informative` is as large as the
        number of clusters needs; a given noise matrix sets `n_classes`; and where
        features are few, there are fewer redundant ones and clusters.

    Returns
    -------
    (X, y, y_true) : tuple of ndarrays if `return_X_y` is True
        Data of shape (n_samples, n_features), given labels and true labels of shape
        (n_samples,), the labels being 0 to n_classes - 1.

    data : Bunch otherwise
        `X`, `y` and `y_true` as above, and

        flipped : ndarray of shape (n_samples,), dtype bool
            True where the given label differs from the true one.
        noise_matrix : ndarray of shape (n_classes, n_classes)
            p(given = j | true = i): the matrix drawn from, or, for "instance" and
            "feature", the shares that came about.
        feature_info : list of length n_features
            What each feature is.
        parameter : dict
            The arguments of this function.
        DESCR : str
            A description of the data set.

    See Also
    --------
    flip_labels : Noise for data of your own.

    Examples
    --------
    >>> from skclean.simulation import make_noisy_classification
    >>> X, y, y_true = make_noisy_classification(200, noise_rate=0.1, random_state=0)
    >>> X.shape
    (200, 20)
    >>> data = make_noisy_classification(
    ...     200, n_classes=3, noise="pair", random_state=0, return_X_y=False
    ... )
    >>> data.noise_matrix
    array([[0.8, 0.2, 0. ],
           [0. , 0.8, 0.2],
           [0.2, 0. , 0.8]])
    """
    parameter = {
        "n_samples": n_samples,
        "n_features": n_features,
        "noise": noise,
        "noise_rate": noise_rate,
        "random_state": random_state,
        **params,
    }
    random_state = check_random_state(random_state)
    n_classes = params.get("n_classes", 2 if isinstance(noise, str) else len(noise))
    data = make_classification(
        n_samples,
        n_features,
        **(_defaults(n_features, n_classes, params) | params),
        random_state=random_state,
        return_X_y=False,
    )
    y, flipped, noise_matrix = _flips(data.X, data.y, n_classes, noise, noise_rate, random_state)
    if return_X_y:
        return data.X, y, data.y
    kind = noise if isinstance(noise, str) else "a given noise matrix"
    return Bunch(
        X=data.X,
        y=y,
        y_true=data.y,
        flipped=flipped,
        noise_matrix=noise_matrix,
        feature_info=data.feature_info,
        parameter=parameter,
        DESCR=f"Simulated classification problem with wrong labels. Noise: {kind}.",
    )
