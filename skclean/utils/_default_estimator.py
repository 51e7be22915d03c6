"""The classifier that stands in where the user names none."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from sklearn.utils.validation import validate_data

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


class EmptyColumnsFilled(TransformerMixin, BaseEstimator):
    """Numbers as floats, with zeros in the columns that hold none at all.

    Gradient boosting takes gaps, but fails on a column of nothing else, which a sparse
    column easily is in one training fold.
    """

    def fit(self, X, y=None):
        """Find the empty columns."""
        self.empty_ = np.isnan(self._validated(X, reset=True)).all(axis=0)
        return self

    def transform(self, X):
        """Fill them."""
        return np.where(self.empty_, 0.0, self._validated(X, reset=False))

    def _validated(self, X, reset):
        return validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


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
    classifier : Pipeline
        Unfitted, the same at every call: its seed is fixed.
    """
    columns = categorical_columns(X)
    boosting = HistGradientBoostingClassifier(
        categorical_features=list(range(len(columns))) or None, random_state=0
    )
    if _routing_enabled():
        boosting.set_fit_request(sample_weight=True)
    if not columns:
        return make_pipeline(EmptyColumnsFilled(), boosting)
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=MAX_CATEGORIES
    )
    encoded = make_column_transformer((encoder, columns), remainder=EmptyColumnsFilled())
    return make_pipeline(encoded, boosting)
