"""Bring the decisions of earlier reviews into a table."""

import warnings
from contextlib import contextmanager
from dataclasses import replace

from skclean._table import TableError, check_file


def read_reviews(paths):
    """Read the decisions of one or several reviews."""
    from skclean.report._decisions import join_decisions, read_decisions

    for path in paths:
        check_file(path, holds="a review has a header, even without decisions")
    reviews = []
    for path in paths:
        with refusals(path):
            reviews.append(read_decisions(path))
    with refusals():
        return join_decisions(reviews)


def named_by(decisions, id):
    """The column that names the rows: as given, or else as the review names it."""
    if id is not None or decisions.id_column is not None:
        return decisions.id_column if id is None else id
    if any(entry.id and entry.row is not None for entry in decisions.entries):
        warnings.warn(
            "the ids of the review were not checked; name the column that holds them by --id",
            stacklevel=2,
        )
    return None


def same_column(decisions, label):
    """Say if decisions were made on another column of labels."""
    if decisions.column not in (None, label):
        warnings.warn(
            f"the decisions were made on the column {decisions.column!r}, and are applied to "
            f"{label!r}",
            stacklevel=2,
        )


def with_review(table, decisions):
    """The table with the labels of a review, and what detectors are told of it."""
    import numpy as np

    checked = reviewed(table, decisions)
    settled = checked.is_reviewed
    rows = np.searchsorted(table.rows, checked.rows[settled])
    trusted, y = np.zeros(len(table.y), dtype=bool), table.y.copy()
    trusted[rows] = True
    y[rows] = checked.classes[checked.new[settled]]
    table = replace(table, y=y, y_before=table.y)
    return table, {"trusted": trusted, "y_before": table.y_before}


@contextmanager
def refusals(path=None):
    """Decisions that are refused are an error of the file, which is named if it is known."""
    try:
        yield
    except ValueError as error:
        where = "" if path is None or repr(str(path)) in str(error) else f"{str(path)!r}: "
        raise TableError(where + str(error).rstrip(".")) from error


def reviewed(table, decisions):
    """Check that decisions fit a table, rows without a label included in the count."""
    import numpy as np

    from skclean.report._review import check_review

    labels = np.full(table.n_rows, None, dtype=object)
    labels[table.rows] = table.y
    with refusals():
        return check_review(labels, decisions, ids=table.ids_of_all)
