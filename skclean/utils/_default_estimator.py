"""The classifier that stands in where the user names none."""

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder
from sklearn.utils import check_array

from skclean.utils._sklearn import _routing_enabled

MAX_CATEGORIES = 254  # with the missing value, what one histogram holds


def _is_numeric(dtype):
    if hasattr(dtype, "is_numeric"):  # polars
        return dtype.is_numeric() or str(dtype) == "Boolean"
    return getattr(dtype, "kind", "O") in "biuf"  # numpy and pandas


def categorical_columns(X):
    """Names of the columns of a dataframe that hold no numbers; none for an array."""
    if not (hasattr(X, "columns") and hasattr(X, "dtypes")):
        return []
    return [name for name, dtype in zip(X.columns, X.dtypes, strict=True) if not _is_numeric(dtype)]


def default_classifier(X=None):
    """Gradient boosting for numbers with gaps and for tables with text columns.

    Columns of strings and categories are coded as categories; beyond the 254 most
    frequent values of a column the rest count as one.

    Parameters
    ----------
    X : array-like or dataframe of shape (n_samples, n_features), default=None
        The data to be fitted.

    Returns
    -------
    classifier : estimator
        Unfitted, the same at every call: its seed is fixed.
    """
    columns = categorical_columns(X)
    boosting = HistGradientBoostingClassifier(
        categorical_features=list(range(len(columns))) or None, random_state=0
    )
    if _routing_enabled():
        boosting.set_fit_request(sample_weight=True)
    if not columns:
        return boosting
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=MAX_CATEGORIES
    )
    # unlike "passthrough" it turns pandas.NA in columns of numbers into NaN
    numbers = FunctionTransformer(
        check_array, kw_args={"dtype": np.float64, "ensure_all_finite": "allow-nan"}
    )
    return make_pipeline(make_column_transformer((encoder, columns), remainder=numbers), boosting)
