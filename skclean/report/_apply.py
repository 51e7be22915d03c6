"""Bring the decisions of a review back into the labels."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import column_or_1d

from skclean.report._decisions import read_decisions
from skclean.report._review import check_review


def apply_review(
    y: Any, decisions: Any, *, ids: ArrayLike | None = None, classes: ArrayLike | None = None
) -> tuple[Any, np.ndarray]:
    """Bring the decisions of a review back into the labels.

    Decisions are made on the page that :meth:`Audit.to_html` writes. They say on which
    row and given label they were made, so decisions on other data are refused, whole.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The given labels that were audited, of any type that classifiers take. Labels may
        be missing in rows without a decision.

    decisions : path-like, dataframe, list of dict or dict
        A CSV or JSON file that the page has saved, the rows of one, or what a JSON file
        holds. Columns are row (counted from 0), id, given_label, decision and new_label;
        others are ignored. A decision is "accept" or "pick" (`new_label` shall stand),
        "keep" (the given label is right) or "unsure". Spreadsheets may have sorted the
        file, shortened it, or changed its delimiter, line ends and the way numbers and
        truth values are written.

    ids : array-like of shape (n_samples,), default=None
        Names of the rows. None takes the pandas index of `y`, if it is not a RangeIndex.
        They have to agree with the ids in `decisions`, and find the rows where no
        row is given.

    classes : array-like of shape (n_classes,), default=None
        All classes that a new label may be of. None takes those in `y`, and the
        categories of a pandas categorical.

    Returns
    -------
    y_reviewed : array-like of shape (n_samples,)
        Copy of `y` with the changed labels, in the same container and dtype (of numpy
        strings, as long as the new labels need).

    reviewed_mask : ndarray of shape (n_samples,), dtype bool
        True where a person has settled the label, changed or not. Rows that are unsure
        or that nobody decided on are False. It is what detectors take as `trusted`.

    Raises
    ------
    ValueError
        If decisions cannot be read, contradict each other, or do not fit `y` and `ids`;
        the message names the rows.

    See Also
    --------
    audit : Find label issues and write the page to decide on them.

    Examples
    --------
    >>> from skclean.report import apply_review
    >>> y = ["cat", "cat", "dog", "dog"]
    >>> decisions = [
    ...     {"row": 1, "given_label": "cat", "decision": "accept", "new_label": "dog"},
    ...     {"row": 2, "given_label": "dog", "decision": "keep", "new_label": "dog"},
    ... ]
    >>> y_reviewed, reviewed_mask = apply_review(y, decisions)
    >>> y_reviewed
    ['cat', 'dog', 'dog', 'dog']
    >>> reviewed_mask
    array([False,  True,  True, False])
    """
    y = _one_dimensional(y)
    if hasattr(y, "to_series"):  # an index of pandas cannot be written to
        series = y.to_series(index=range(len(y)))
        changed, mask = apply_review(series, decisions, ids=ids, classes=classes)
        return type(y)(changed, name=y.name), mask
    review = check_review(y, read_decisions(decisions), ids=ids, classes=classes)
    mask = np.zeros(len(y), dtype=bool)
    mask[review.rows[review.is_reviewed]] = True
    changed = review.is_changed
    return _relabelled(y, review.rows[changed], review.classes[review.new[changed]]), mask


def _one_dimensional(y):
    """Lists and one-dimensional data as they are, all else as an array."""
    if isinstance(y, list) or (hasattr(y, "dtype") and getattr(y, "ndim", 1) == 1):
        return y
    return column_or_1d(y, warn=True)


def _relabelled(y, rows, values):
    """Copy of labels with other values in some rows, in the same container and dtype."""
    if isinstance(y, np.ndarray):
        y = y.astype(np.result_type(y.dtype, values.dtype))  # a copy, where strings have room
        y[rows] = values
        return y
    values = values.tolist()
    if isinstance(y, list) or type(y).__module__.startswith("polars"):
        changed = list(y)
        for row, value in zip(rows, values, strict=True):
            changed[row] = value
        return changed if isinstance(y, list) else type(y)(y.name, changed, dtype=y.dtype)
    y = y.copy()
    categorical = getattr(y, "cat", y)
    if hasattr(categorical, "categories"):
        y = categorical.add_categories(sorted({*values}.difference(categorical.categories)))
    getattr(y, "iloc", y)[rows] = values
    return y
