import csv
import gzip
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skclean._table import TableError, clean_table
from skclean._table._csv import csv_records, replace_field
from skclean._table._frame import Table

AWKWARD = [
    b'id,label,x\r\n1,a,"two\r\nlines"\r\n2,b,"said ""no"""\r\n3,a,5" pipe\r\n4,b,"x, y"\r\n',
    b'\xef\xbb\xbf"id","label",x\n"1","a", 1\n\n"2","b",\'2\'\n  \n3,"a",\n4,b,"x"y"z',
    b"id,label,x\r1,a,1\r2,b,2\r3,a,3\r4,b,\xc3\xa9\r",
    b"\nid,label,x\n1,a\n2,b,2\n3,a,3\r\n4,b,",
]


def table_of(labels):
    """A table that only knows the labels of the column "label"."""
    rows = np.arange(len(labels))
    return Table(len(rows), rows, pd.DataFrame(), np.array(labels, dtype=object), "label")


def rewrite(path, labels, changes, target=None):
    target = path.with_name("clean.csv") if target is None else target
    clean_table(path, target, table_of(labels), changes)
    return target.read_bytes()


def fields_of(text, sep=","):
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=sep) if row]


@pytest.mark.parametrize("content", AWKWARD)
class TestAwkwardFiles:
    """Quoted newlines, doubled and stray quotes, blank lines, short rows, all line endings."""

    LABELS = ("a", "b", "a", "b")

    def test_nothing_to_change_copies_every_byte(self, tmp_path, content):
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        assert rewrite(path, self.LABELS, {}) == content
        assert path.read_bytes() == content

    def test_dropping_leaves_out_the_bytes_of_the_row_alone(self, tmp_path, content):
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        texts = list(csv_records(io.StringIO(content.decode("utf-8-sig"), newline=""), ","))
        records = [text for text, fields in texts if fields]
        without = content.replace(records[2].encode(), b"")
        assert rewrite(path, self.LABELS, {1: None}) == without

    def test_relabelling_changes_the_bytes_of_the_label_alone(self, tmp_path, content):
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        cleaned = rewrite(path, self.LABELS, {1: "new"})
        old, new = (b'"b"', b'"new"') if b'"b"' in content else (b",b", b",new")
        assert cleaned == content.replace(old, new, 1)

    def test_compressed_copy_holds_the_same_bytes(self, tmp_path, content):
        path = tmp_path / "table.csv.gz"
        path.write_bytes(gzip.compress(content))
        assert rewrite(path, self.LABELS, {}) == content
        packed = rewrite(path, self.LABELS, {}, tmp_path / "clean.csv.gz")
        assert gzip.decompress(packed) == content


def test_label_is_quoted_where_it_has_to_be():
    assert replace_field("1,a,2\r\n", 1, 'b, "c"', ",") == '1,"b, ""c""",2\r\n'
    assert replace_field("1\ta, b", 1, "c, d", "\t") == "1\tc, d"


CELL = st.text(alphabet=st.sampled_from("ab ,;\"'\r\n\té\u2028x"), max_size=5)


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    position=st.integers(0, 2),
    value=CELL.filter(lambda text: text.strip()),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    sep=st.sampled_from([",", ";", "\t"]),
    data=st.data(),
)
def test_only_label_cells_change_in_any_table(rows, position, value, quoting, ending, sep, data):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sep, quoting=quoting, lineterminator=ending).writerows(rows)
    raw = text.getvalue()
    assume(fields_of(raw, sep) == rows)  # csv.writer leaves foreign line endings unquoted
    records = list(csv_records(io.StringIO(raw, newline=""), sep))
    assert "".join(text for text, _ in records) == raw
    assert [fields for _, fields in records] == rows
    chosen = data.draw(st.integers(0, len(records) - 1))
    text, fields = records[chosen]
    changed = replace_field(text, position, value, sep)
    wanted = [*fields[:position], value, *fields[position + 1 :]]
    assert fields_of(changed, sep) == [wanted]
    assert changed.endswith(ending)
    unchanged = [text for text, _ in records]
    unchanged[chosen] = changed
    after = fields_of("".join(unchanged), sep)
    assert after == [*rows[:chosen], wanted, *rows[chosen + 1 :]]


@pytest.mark.parametrize("now", ["id,label,x\n1,a,1\n", "id,label,x\n1,b,1\n2,b,2\n"])
def test_file_that_changed_meanwhile_is_not_written(tmp_path, now):
    path, target = tmp_path / "table.csv", tmp_path / "clean.csv"
    path.write_text(now)
    with pytest.raises(TableError, match="changed while it was being audited"):
        clean_table(path, target, table_of(["a", "b"]), {0: None})
    assert list(tmp_path.iterdir()) == [path]
