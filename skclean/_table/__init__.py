"""Tables in files: read them, find their label issues, write cleaned copies."""

from skclean._table._files import (
    TableError,
    UsageError,
    check_file,
    check_input,
    check_output,
    check_target,
    is_gzip,
    same_kind,
)
from skclean._table._frame import Table
from skclean._table._models import find_table_issues, make_model
from skclean._table._tables import (
    changes_to_make,
    clean_table,
    read_labels,
    read_table,
    write_issues,
)

__all__ = [
    "Table",
    "TableError",
    "UsageError",
    "changes_to_make",
    "check_file",
    "check_input",
    "check_output",
    "check_target",
    "clean_table",
    "find_table_issues",
    "is_gzip",
    "make_model",
    "read_labels",
    "read_table",
    "same_kind",
    "write_issues",
]
