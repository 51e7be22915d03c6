"""The classifier that stands in where the user names none."""

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder
from sklearn.utils.validation import validate_data

from skclean.utils._sklearn import _routing_enabled

REFUSED = (
    "The default classifier takes numbers and dataframes. Got {}; pass a classifier with "
    "predict_proba that takes them, such as {}."
)
TEXT_MODEL = "make_pipeline(TfidfVectorizer(), LogisticRegression()), or a dataframe"
MAX_CATEGORIES = 254  # with the missing value, what one histogram holds


def _is_numeric(dtype):
    if hasattr(dtype, "is_numeric"):  # polars
        return dtype.is_numeric() or str(dtype) == "Boolean"
    return getattr(dtype, "kind", "O") in "biuf"  # numpy and pandas


def _is_time(dtype):
    if hasattr(dtype, "is_temporal"):  # polars
        return dtype.is_temporal()
    return getattr(dtype, "kind", "O") in "mM"


def _as_texts(X):
    """Columns as an array of strings, with NaN where a value is missing."""
    texts = np.empty(X.shape, dtype=object)
    for i, name in enumerate(X.columns):
        column = X[name]
        missing = np.asarray(column.isna() if hasattr(column, "isna") else column.is_null())
        values = np.where(missing, "", np.asarray(column, dtype=object)).astype(str)
        texts[:, i] = np.where(missing, np.nan, values.astype(object))
    return texts


def _as_seconds(X):
    """Columns of dates, times or durations as seconds, with NaN where one is missing."""
    seconds = np.empty(X.shape)
    for i, name in enumerate(X.columns):
        values = X[name].to_numpy()
        if values.dtype.kind == "O":  # pandas with a time zone
            values = X[name].dt.tz_convert(None).to_numpy()
        unit = "timedelta64[s]" if values.dtype.kind == "m" else "datetime64[s]"
        values = values.astype(unit)
        seconds[:, i] = np.where(np.isnat(values), np.nan, values.astype(np.int64))
    return seconds


def encode_table(X, texts, numbers):
    """Transformer that makes numbers of data of any kind.

    Parameters
    ----------
    X : array-like or dataframe of shape (n_samples, n_features)
        The data to be fitted.

    texts : transformer
        For columns of strings and categories of a dataframe, as strings with NaN for
        gaps; they come first in the output.

    numbers : transformer
        For all other columns; dates and times come to it as seconds.

    Returns
    -------
    encoder : transformer
        Unfitted; `numbers` alone for an array.
    """
    if not (hasattr(X, "columns") and hasattr(X, "dtypes")):
        return numbers
    dtypes = dict(zip(X.columns, X.dtypes, strict=True))
    times = [name for name, dtype in dtypes.items() if _is_time(dtype)]
    others = [name for name, dtype in dtypes.items() if not (_is_numeric(dtype) or _is_time(dtype))]
    if not times and not others:
        return numbers
    encoder = make_column_transformer(
        (make_pipeline(FunctionTransformer(_as_texts), texts), others),
        (make_pipeline(FunctionTransformer(_as_seconds), clone(numbers)), times),
        remainder=numbers,
    )
    return encoder.set_output(transform="default")  # arrays, whatever scikit-learn is set to


def _holds_text(X):
    """Does the first row hold a string?"""
    first = np.array([X.iloc[0] if hasattr(X, "iloc") else X[0]], dtype=object)
    return any(isinstance(cell, str) for cell in first.ravel())


def refuse_texts(X):
    """Refuse texts that are no columns of a dataframe, for which there is no default."""
    if X is None or issparse(X) or hasattr(X, "columns") or not _holds_text(X):
        return
    try:
        np.asarray(X, dtype=np.float64)  # numbers may be written as texts
    except (TypeError, ValueError) as error:
        raise ValueError(REFUSED.format("texts", TEXT_MODEL)) from error


class EmptyColumnsFilled(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Numbers as floats, with zeros in the columns that hold none at all.

    Gradient boosting takes gaps, but fails on a column of nothing else, which a sparse
    column easily is in one training fold.
    """

    def fit(self, X, y=None):
        """Find the empty columns."""
        if issparse(X):
            raise ValueError(REFUSED.format("a sparse matrix", "LogisticRegression()"))
        try:
            numbers = self._validated(X, reset=True)
        except ValueError as error:
            if not _holds_text(X):
                raise
            raise ValueError(REFUSED.format("texts", TEXT_MODEL)) from error
        self.empty_ = np.isnan(numbers).all(axis=0)
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
    frequent values of a column the rest count as one. Dates and times become seconds.

    Parameters
    ----------
    X : array-like or dataframe of shape (n_samples, n_features), default=None
        The data to be fitted.

    Returns
    -------
    classifier : Pipeline
        Unfitted, the same at every call: its seed is fixed.
    """
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=MAX_CATEGORIES,  # of one value and gaps, boosting uses neither
        max_categories=MAX_CATEGORIES,
    )
    encoded = encode_table(X, encoder, EmptyColumnsFilled())
    n_texts = len(encoded.transformers[0][2]) if hasattr(encoded, "transformers") else 0
    boosting = HistGradientBoostingClassifier(
        categorical_features=list(range(n_texts)) or None, random_state=0
    )
    if _routing_enabled():
        boosting.set_fit_request(sample_weight=True)
    return make_pipeline(encoded, boosting)
