"""Checks that the metrics of label issues share."""

import numpy as np
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted, column_or_1d

from skclean._issues import NoiseEstimate
from skclean.utils._sklearn import HasMethods

NOISE_MATRIX = ["array-like", NoiseEstimate, HasMethods(["fit"])]


def noise_matrix_of(noise):
    """The matrix of an estimate or of a fitted estimator of the noise, and its classes.

    A matrix comes back as it is, without classes.
    """
    if isinstance(noise, NoiseEstimate):
        return noise.noise_matrix, noise.classes
    if not hasattr(noise, "fit"):
        return noise, None
    check_is_fitted(noise)
    if getattr(noise, "noise_matrix_", None) is None:
        raise ValueError(
            f"This {type(noise).__name__} has estimated no noise matrix; pass a fitted "
            "NoiseMatrixEstimator, or a matrix."
        )
    return noise.noise_matrix_, noise.classes_


def numpy_bools(values):
    """Bools of pandas and of Python as an array of bools; all else as an array."""
    array = np.asarray(values)
    if array.dtype == object and all(isinstance(value, (bool, np.bool_)) for value in array.flat):
        return array.astype(bool)
    return array


def check_mask(mask, name, way_out):
    """Validate a mask: one-dimensional, bool, not empty."""
    mask = column_or_1d(numpy_bools(mask))
    if mask.dtype != bool:
        raise ValueError(f"{name} must be a mask of dtype bool. Got dtype {mask.dtype}; {way_out}.")
    if len(mask) == 0:
        raise ValueError(f"{name} must hold at least one sample. Got 0 samples.")
    return mask


def check_wrong(wrong):
    """Validate the mask of wrong labels."""
    return check_mask(wrong, "wrong", "pass y_true != y")


def check_label_quality(label_quality, wrong):
    """Validate label qualities: one number in [0, 1] for each label."""
    label_quality = column_or_1d(label_quality, dtype=np.float64)
    check_consistent_length(wrong, label_quality)
    good = (label_quality >= 0) & (label_quality <= 1)  # NaN, which compares false, is bad
    if not good.all():
        row = int(good.argmin())
        raise ValueError(
            f"label_quality must lie in [0, 1]. Got {label_quality[row]} in row {row}; lower is "
            "more likely wrong."
        )
    return label_quality


def table(columns, index, needed_by):
    """Columns as a pandas.DataFrame, or an error that says who needs pandas."""
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(f"{needed_by} needs pandas: pip install pandas") from error
    return pd.DataFrame(columns, index=index)
