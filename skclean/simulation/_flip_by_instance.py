"""Draw given labels that are wrong where the classes meet."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import rankdata
from sklearn.utils import check_random_state, indexable

from skclean.utils._cross_val import (
    check_judged,
    make_splits,
    out_of_sample_pred_probs,
    seeded_clone,
)
from skclean.utils._default_estimator import default_classifier
from skclean.utils._encoding import encode_labels
from skclean.utils._out_of_bag import CV_CONSTRAINT, is_out_of_bag
from skclean.utils._probabilities import HasProbabilities
from skclean.utils._sklearn import Interval, validate_params
from skclean.utils._typing import Mask, Seed

DECAY = 4.0  # the flip probability falls by exp(-4) from the first rank to the last
LARGEST = 0.5  # no sample is more likely wrong than right


def flip_probabilities(margin, noise_rate):
    """Flip probability of each margin, (n_samples,): falling with the rank, mean `noise_rate`."""
    decay = np.exp(-DECAY * (rankdata(margin) - 1) / len(margin))

    def excess(scale):
        return np.minimum(scale * decay, LARGEST).mean() - noise_rate

    largest = LARGEST / decay.min()  # here all samples have reached the cap
    scale = largest if excess(largest) <= 0 else brentq(excess, 0, largest, xtol=1e-14)
    return np.minimum(scale * decay, LARGEST)


@validate_params(
    {
        "y": ["array-like"],
        "noise_rate": [Interval(Real, 0, 1, closed="both")],
        "random_state": ["random_state"],
        "estimator": [HasProbabilities(), None],
        "cv": CV_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def flip_labels_by_instance(
    X: Any,
    y: ArrayLike,
    noise_rate: float = 0.2,
    random_state: Seed = None,
    *,
    estimator: Any = None,
    cv: Any = 5,
) -> tuple[Any, Mask]:
    """Replace true labels by given ones that are wrong near the class boundary.

    A classifier is cross-validated on the true labels. Its margin, the probability of
    the true class less that of the best other one, orders the samples: with rank r of n
    (0 for the smallest margin) a label is flipped with probability
    ``min(c * exp(-4 * r / n), 0.5)``, where c makes the expected share of flips
    `noise_rate`. A flipped label becomes the best other class. No noise matrix describes
    such noise [1]_.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Data, in any form that `estimator` takes.

    y : array-like of shape (n_samples,)
        True labels, of at least two classes.

    noise_rate : float, default=0.2
        Expected share of flipped labels, in [0, 0.5].

    random_state : int, RandomState instance or None, default=None
        Shuffles the folds, seeds the classifier and draws the flips. Pass an int for the
        same flips at every call.

    estimator : classifier with `predict_proba`, default=None
        What finds the boundary; it is cloned. None takes gradient boosting on numbers,
        gaps and columns of text.

    cv : int, cross-validation generator, iterable or "oob", default=5
        Folds of the out-of-sample probabilities; "oob" takes those of the members of a
        bagging `estimator` that left each sample out.

    Returns
    -------
    y_given : ndarray of shape (n_samples,)
        Given labels, in the dtype of `y`.

    flipped : ndarray of shape (n_samples,), dtype bool
        True where the given label differs from the true one.

    Raises
    ------
    ValueError
        If `noise_rate` is above 0.5 or `y` has one class only.

    Warns
    -----
    UserWarning
        If no fold can judge some samples, as the only one of a class; they keep their
        labels.

    See Also
    --------
    flip_labels : Noise that depends on the class alone.
    make_feature_dependent_proba : Noise that depends on the features at random.

    References
    ----------
    .. [1] Menon, van Rooyen & Natarajan, "Learning from binary labels with
       instance-dependent noise", Machine Learning 107, 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skclean.simulation import flip_labels_by_instance
    >>> X = np.linspace(-1, 1, 200).reshape(-1, 1)
    >>> y = np.where(X[:, 0] < 0, "cat", "dog")
    >>> y_given, flipped = flip_labels_by_instance(
    ...     X, y, noise_rate=0.1, random_state=0, estimator=LogisticRegression()
    ... )
    >>> bool(abs(X[flipped]).mean() < abs(X[~flipped]).mean())
    True
    """
    random_state = check_random_state(random_state)
    X, y = indexable(X, y)
    classes, codes = encode_labels(y)
    if len(classes) < 2:
        raise ValueError(
            "The number of classes has to be greater than one; got 1 class "
            f"{classes.tolist()}. A boundary lies between classes."
        )
    y = classes[codes]
    estimator = seeded_clone(
        default_classifier(X) if estimator is None else estimator, random_state
    )
    splits = make_splits(cv, X, y, codes, random_state=random_state)
    proba, _ = out_of_sample_pred_probs(
        estimator, X, y, splits, classes, {}, out_of_bag=is_out_of_bag(cv)
    )
    judged = ~np.isnan(proba[:, 0])
    check_judged(y, judged)
    if noise_rate > LARGEST * judged.mean():
        raise ValueError(
            f"noise_rate must be at most {LARGEST * judged.mean():g}, since no label is flipped "
            f"with a probability above {LARGEST}. Got {noise_rate!r}; flip_labels allows more."
        )
    proba, own = proba[judged], codes[judged]
    each = np.arange(len(own))
    of_own = proba[each, own]
    proba[each, own] = -np.inf
    flip_proba = flip_probabilities(of_own - proba.max(axis=1), noise_rate / judged.mean())
    flips = random_state.uniform(size=len(own)) < flip_proba
    given = codes.copy()
    given[judged] = np.where(flips, proba.argmax(axis=1), own)
    return classes[given], given != codes
