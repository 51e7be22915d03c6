"""Matrices from given labels and probabilities, without a model."""

from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from skclean._core import _joint
from skclean._issues import NoiseEstimate
from skclean.noise_matrix._averaged_joint import AveragedJoint
from skclean.noise_matrix._base import BaseJoint, estimate_noise
from skclean.utils._encoding import encode_labels
from skclean.utils._parts import resolve_part
from skclean.utils._sklearn import Interval, StrOptions, validate_params
from skclean.utils._typing import Collision, FloatArray, IntArray, Probabilities, Seed
from skclean.utils._validation import check_evidence, check_pred_probs


def _evidence(y, pred_probs, thresholds, collision, classes):
    classes, codes = encode_labels(y, classes)
    if thresholds is not None:
        thresholds = np.asarray(thresholds, dtype=np.float64)
        if thresholds.shape != (len(classes),) or not np.isfinite(thresholds).all():
            raise ValueError(
                f"thresholds must hold one finite value for each of the {len(classes)} classes. "
                f"Got {thresholds.tolist()}."
            )
    return check_evidence(codes, pred_probs, classes, thresholds=thresholds, collision=collision)


@validate_params(
    {
        "y": ["array-like"],
        "thresholds": ["array-like", None],
        "calibrate": ["boolean"],
        "collision": [StrOptions(set(_joint.COLLISIONS))],
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def confident_joint(
    y: ArrayLike,
    pred_probs: Probabilities,
    *,
    thresholds: ArrayLike | None = None,
    calibrate: bool = True,
    collision: Collision = "restricted",
    classes: ArrayLike | None = None,
) -> IntArray:
    """Count the samples that are confidently of one class and given another.

    A sample is confident for a class when its probability reaches the threshold of
    that class, the mean self-confidence of the samples given it [1]_.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Given labels.

    pred_probs : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities, columns in the order of the sorted classes or of
        `classes`; rows sum to 1.

    thresholds : array-like of shape (n_classes,), default=None
        Threshold of each class, in [0, 1]; None takes the mean self-confidence.

    calibrate : bool, default=True
        Scale the counts so that column j sums to the number of samples given j, and
        the matrix to n_samples. A class that is absent from `y` has a zero column.

    collision : {"restricted", "unrestricted"}, default="restricted"
        Where a sample goes that is confident for several classes: the most probable
        of those (the paper), or of all classes.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns, where `y` lacks one.

    Returns
    -------
    confident_joint : ndarray of shape (n_classes, n_classes), dtype int
        Counts by [true, given]. Without calibration each diagonal entry is at least 1.
        Rounding keeps every column total; among equal remainders the entry further
        down gets the larger count.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from skclean import confident_joint
    >>> y = ["cat"] * 4 + ["dog"] * 4
    >>> pred_probs = [[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5
    >>> confident_joint(y, pred_probs)
    array([[3, 0],
           [1, 4]])
    """
    evidence = _evidence(y, pred_probs, thresholds, collision, classes)
    counts = evidence.calibrated_counts if calibrate else evidence.confident_counts
    return counts.toarray()


@validate_params(
    {
        "y": ["array-like"],
        "thresholds": ["array-like", None],
        "collision": [StrOptions(set(_joint.COLLISIONS))],
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def estimate_joint(
    y: ArrayLike,
    pred_probs: Probabilities,
    *,
    thresholds: ArrayLike | None = None,
    collision: Collision = "restricted",
    classes: ArrayLike | None = None,
) -> FloatArray:
    """Estimate p(true, given) by confident learning [1]_.

    It is the calibrated confident joint over n_samples. For other estimates see
    :func:`estimate_noise_matrix`, whose record holds their joint too.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Given labels.

    pred_probs : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities, columns in the order of the sorted classes or of
        `classes`; rows sum to 1.

    thresholds : array-like of shape (n_classes,), default=None
        Threshold of each class, in [0, 1]; None takes the mean self-confidence.

    collision : {"restricted", "unrestricted"}, default="restricted"
        Where a sample goes that is confident for several classes: the most probable
        of those (the paper), or of all classes.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns, where `y` lacks one.

    Returns
    -------
    joint : ndarray of shape (n_classes, n_classes)
        p(true = i, given = j); sums to 1.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from skclean import estimate_joint
    >>> y = ["cat"] * 4 + ["dog"] * 4
    >>> pred_probs = [[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5
    >>> estimate_joint(y, pred_probs)
    array([[0.375, 0.   ],
           [0.125, 0.5  ]])
    """
    return _evidence(y, pred_probs, thresholds, collision, classes).joint


@validate_params(
    {
        "y": ["array-like"],
        "method": [BaseJoint, str, None],
        "n_bootstrap": [Interval(Integral, 1, None, closed="left"), None],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def estimate_noise_matrix(
    y: ArrayLike,
    pred_probs: Probabilities,
    *,
    method: BaseJoint | str | None = None,
    n_bootstrap: int | None = None,
    confidence_level: float = 0.95,
    random_state: Seed = None,
    classes: ArrayLike | None = None,
) -> NoiseEstimate:
    """Estimate how given labels depend on true ones.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Given labels.

    pred_probs : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities, columns in the order of the sorted classes or of
        `classes`; rows sum to 1.

    method : BaseJoint or str, default=None
        A method of :mod:`skclean.noise_matrix` or its name; None is `AveragedJoint()`.

    n_bootstrap : int, default=None
        Number of bootstrap samples for intervals of the noise rate and of each entry of
        the noise matrix; some hundreds give steady ends. Each costs one more estimate,
        no model is fitted. None makes no intervals.

    confidence_level : float, default=0.95
        Nominal coverage of the intervals, in (0, 1).

    random_state : int, RandomState instance or None, default=None
        Draws the bootstrap samples.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns, where `y` lacks one.

    Returns
    -------
    noise : NoiseEstimate
        Joint, noise matrix, inverse noise matrix, priors and noise rate, and the
        intervals where they are asked for.

    Notes
    -----
    The intervals are percentiles of estimates from rows drawn with replacement, widened
    where needed to hold the estimate itself. They cover the chance of which rows are in
    the data, and nothing else: the probabilities stay as they are, so neither the errors
    of the model nor the bias of the method is in them, and both may be larger. Each
    entry has its own interval; together they hold the true matrix less often. They are
    too narrow where rows are no independent draws (duplicates, groups), and unreliable
    for an estimate that hangs on single samples (`AnchorPoints(quantile=1)`, `DualT()`).

    Examples
    --------
    >>> from skclean import estimate_noise_matrix
    >>> y = ["cat"] * 4 + ["dog"] * 4
    >>> pred_probs = [[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5
    >>> noise = estimate_noise_matrix(y, pred_probs, method="confident_joint")
    >>> noise.noise_matrix
    array([[1. , 0. ],
           [0.2, 0.8]])
    >>> noise.noise_rate
    0.125
    >>> noise = estimate_noise_matrix(y * 50, pred_probs * 50, n_bootstrap=50, random_state=0)
    >>> low, high = noise.noise_rate_interval
    >>> f"{noise.noise_rate:.2f}, from {low:.2f} to {high:.2f}"
    '0.13, from 0.10 to 0.18'
    """
    classes, codes = encode_labels(y, classes)
    method = resolve_part(AveragedJoint() if method is None else method, BaseJoint, "method")
    scan = None
    if method._takes_scan:
        evidence = check_evidence(codes, pred_probs, classes)
        pred_probs, scan = evidence.pred_probs, evidence.scan
    else:
        pred_probs = check_pred_probs(pred_probs, len(codes), classes)
    return estimate_noise(
        method,
        codes,
        pred_probs,
        classes,
        n_bootstrap=n_bootstrap,
        confidence_level=confidence_level,
        random_state=random_state,
        scan=scan,
    )
