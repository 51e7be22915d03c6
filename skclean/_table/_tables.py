"""Read a table, write its issues, write its cleaned copy: whatever its format."""

import numpy as np

from skclean._table._csv import read_csv, read_csv_labels, rewrite_csv
from skclean._table._files import compressed, table_kind, whole_file
from skclean._table._parquet import read_parquet, read_parquet_labels, rewrite_parquet


def read_table(path, label, *, id=None, group=None, sep=None, ignore=()):
    """Read a table for the audit of its labels.

    Parameters
    ----------
    path : path-like
        A CSV file in UTF-8, plain or compressed, or a Parquet file.

    label : str
        Name of the column with the labels.

    id, group : str, default=None
        Columns that name and group the rows; they are no features.

    sep : str, default=None
        Delimiter of a CSV file; None is a comma, for .tsv a tab.

    ignore : collection of str, default=()
        Columns that are no features.

    Returns
    -------
    table : Table
        The labelled rows.

    Raises
    ------
    TableError
        If the file cannot be read or does not hold what was asked for.
    """
    if table_kind(path) == "parquet":
        return read_parquet(path, label, id=id, group=group, ignore=ignore)
    return read_csv(path, label, id=id, group=group, sep=sep, ignore=ignore)


def read_labels(path, label, *, id=None, sep=None):
    """Read the labels of a table and nothing else, so they need no company.

    Parameters are those of :func:`read_table`.
    """
    if table_kind(path) == "parquet":
        return read_parquet_labels(path, label, id=id)
    return read_csv_labels(path, label, id=id, sep=sep)


def issues_frame(table, issues):
    """Flagged rows, worst first, with their positions and names in the table."""
    flagged = issues.ranked_indices()[: issues.n_issues]
    frame = issues.to_frame().drop(columns="is_issue").iloc[flagged]
    if table.ids is not None:
        name = f"{table.id}_" if table.id in [*frame.columns, "row"] else table.id
        frame.insert(0, name, table.ids[flagged])
    frame.insert(0, "row", table.rows[flagged])
    return frame


def write_issues(path, table, issues):
    """Write the flagged rows, worst first, as CSV or Parquet."""
    frame = issues_frame(table, issues)
    with whole_file(path) as file:
        if table_kind(path) == "parquet":
            frame.to_parquet(file, index=False)
            return
        with compressed(file, path) as out:
            out.write(frame.to_csv(index=False, lineterminator="\n").encode())


def changes_to_make(table, issues, action):
    """What cleaning does to each row that it changes.

    In a class that would vanish, the row of the best quality stays as it is.

    Parameters
    ----------
    table : Table
        The labelled rows.

    issues : LabelIssues
        The findings, aligned with them. Labels that a review changed are changes as well.

    action : {"drop", "relabel"}
        Leave the flagged rows out, or give them the suggested labels.

    Returns
    -------
    changes : dict
        The new label by the position of the row, None to leave the row out.
    """
    from skclean.strategies import Prune, Relabel

    labels = table.y
    dropped = np.zeros(len(labels), dtype=bool)
    if action == "drop":
        dropped = ~Prune().apply(table.y, issues).keep
    else:
        labels = Relabel().apply(table.y, issues).y
    labels = np.where(dropped, None, labels)
    changed = labels != table.y_given
    return dict(zip(table.rows[changed].tolist(), labels[changed].tolist(), strict=True))


def clean_table(source, target, table, changes, *, sep=None):
    """Write a copy of a table with some rows left out or labelled anew.

    Parameters
    ----------
    source, target : path-like
        The file, which is only read, and its copy, of the same kind.

    table : Table
        What was read of `source`.

    changes : dict
        The new label by the position of the row, None to leave the row out.

    sep : str, default=None
        Delimiter of a CSV file; None is a comma, for .tsv a tab.
    """
    with whole_file(target) as file:
        if table_kind(source) == "parquet":
            rewrite_parquet(source, file, table, changes)
        else:
            rewrite_csv(source, file, target, table, changes, sep)
