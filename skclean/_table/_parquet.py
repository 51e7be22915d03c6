"""Parquet files: read them for an audit, rewrite them with all else as it was."""

import numpy as np

from skclean._table._files import TableError
from skclean._table._frame import check_features, column_roles, labels_table, make_table


def _open(path):
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise TableError("Parquet files need pyarrow: pip install pyarrow") from error
    try:
        return parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{str(path)!r} is not a readable Parquet file: {error}") from error


def _labels(column):
    """Labels as strings, None where missing."""
    values = [None if value != value else value for value in column.to_pylist()]
    return [None if value is None or not str(value).strip() else str(value) for value in values]


def read_parquet_labels(path, label, *, id=None):
    """Read the labels alone; see :func:`skclean._table._tables.read_labels`."""
    with _open(path) as file:
        arrow = file.read()
    roles = column_roles(arrow.schema.names, label, id, None)
    ids = arrow.column(roles["id"]).to_pylist() if "id" in roles else None
    return labels_table(label, labels=_labels(arrow.column(roles["label"])), ids=ids, id=id)


def read_parquet(path, label, *, id=None, group=None, ignore=()):
    """Read a Parquet file; see :func:`skclean._table._tables.read_table`."""
    with _open(path) as file:
        arrow = file.read()
    names = arrow.schema.names
    roles = column_roles(names, label, id, group, ignore)
    check_features(names, roles)
    columns = {role: arrow.column(position) for role, position in roles.items()}
    index = (arrow.schema.pandas_metadata or {}).get("index_columns", [])
    no_features = {names[position] for position in roles.values()}
    no_features.update(name for name in index if isinstance(name, str) and name in names)
    frame = arrow.drop_columns(sorted(no_features)).to_pandas(
        ignore_metadata=True, date_as_object=False
    )
    groups = columns.get("group")
    return make_table(
        frame,
        label,
        labels=_labels(columns["label"]),
        ids=columns["id"].to_pylist() if "id" in columns else None,
        groups=None if groups is None else _labels(groups),
        id=id,
        ignore=ignore,
        is_typed=True,
    )


def rewrite_parquet(source, file, table, changes):
    """Copy a Parquet file with some rows left out or labelled anew.

    New labels are taken from rows that have them, so the column keeps its type, and
    the schema its metadata.

    Parameters
    ----------
    source : path-like
        The file to copy.

    file : binary file
        Where the copy goes.

    table : Table
        What was read of `source`.

    changes : dict
        The new label by the position of the row, None to leave the row out.

    Raises
    ------
    TableError
        If the file is no longer what was read.
    """
    import pyarrow as pa
    from pyarrow import parquet

    with _open(source) as opened:
        arrow = opened.read()
        compression = opened.metadata.row_group(0).column(0).compression
    position = arrow.schema.names.index(table.label)
    labels = np.array(_labels(arrow.column(position)), dtype=object)
    if len(labels) != table.n_rows or (labels[table.rows] != table.y_given).any():
        raise TableError(f"{str(source)!r} changed while it was being audited; try again")
    given = zip(table.rows[::-1], table.y_given[::-1], strict=True)
    example = {label: row for row, label in given}
    rows = np.arange(table.n_rows)
    keep = np.ones(table.n_rows, dtype=bool)
    for row, value in changes.items():
        keep[row] = value is not None
        rows[row] = example.get(value, row)
    relabelled = arrow.column(position).take(pa.array(rows))
    arrow = arrow.set_column(position, arrow.schema.field(position), relabelled)
    parquet.write_table(arrow.filter(pa.array(keep)), file, compression=compression)
