"""Decisions come back into labels of any type, whatever a spreadsheet made of the file."""

import csv
import io
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skclean.report import apply_review

Y = ["cat", "cat", "dog", "dog", "bird"]
COLUMNS = ["row", "id", "column", "given_label", "decision", "new_label"]
TABLE = [
    [3, "", "kind", "dog", "accept", "cat"],
    [0, "", "kind", "cat", "keep", "cat"],
    [2, "", "kind", "dog", "pick", "bird"],
    [1, "", "kind", "cat", "unsure", ""],
]
AFTER = ["cat", "cat", "bird", "cat", "bird"]
REVIEWED = [True, False, True, True, False]


def as_csv(rows, header=COLUMNS, sep=",", ending="\r\n"):
    """Text as the page writes it: quotes where needed."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sep, lineterminator=ending).writerows([header, *rows])
    return text.getvalue()


def decided(**changes):
    """One good decision, changed."""
    return {"row": 2, "given_label": "dog", "decision": "accept", "new_label": "cat", **changes}


@pytest.fixture
def saved(tmp_path):
    """Write a file of decisions."""

    def saved(content, name="decisions.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8-sig"))
        return path

    return saved


def check_applied(source, **options):
    y_reviewed, mask = apply_review(Y, source, **options)
    assert y_reviewed == AFTER
    assert mask.dtype == bool
    assert mask.tolist() == REVIEWED


class TestSources:
    def test_the_file_that_the_page_writes(self, saved):
        path = saved(as_csv(TABLE))
        check_applied(path)
        check_applied(str(path))

    def test_json(self, saved):
        entries = [dict(zip(COLUMNS, row, strict=True)) for row in TABLE]
        content = {"schema": "skclean.decisions/1", "label": "kind", "decisions": entries}
        check_applied(content)
        check_applied(entries)
        check_applied(saved(json.dumps(content), "decisions.json"))

    @pytest.mark.parametrize("frame", [pd.DataFrame, lambda rows, columns: pl.DataFrame(
        rows, schema=columns, orient="row")])  # fmt: skip
    def test_dataframes(self, frame):
        check_applied(frame(TABLE, columns=COLUMNS))

    def test_file_read_by_pandas(self, saved):
        y = [1, 1, 2, 2, 3]
        numbers = {"cat": 1, "dog": 2, "bird": 3, "": ""}
        rows = [[*row[:3], numbers[row[3]], row[4], numbers[row[5]]] for row in TABLE]
        frame = pd.read_csv(saved(as_csv(rows)))
        assert frame["new_label"].dtype == float
        assert apply_review(y, frame)[0] == [1, 1, 3, 1, 3]

    def test_no_decisions_change_nothing(self, saved):
        for source in [saved(as_csv([])), [], {"decisions": []}, pd.DataFrame(columns=COLUMNS)]:
            y_reviewed, mask = apply_review(Y, source)
            assert y_reviewed == Y
            assert not mask.any()


class TestSpreadsheets:
    @pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_delimiters_line_ends_and_encodings(self, saved, sep, ending, encoding):
        check_applied(saved(as_csv(TABLE, sep=sep, ending=ending).encode(encoding)))

    def test_moved_and_added_columns_and_rows(self, saved):
        rows = [["", "note, with comma", *row[::-1], "", ""] for row in TABLE[::-1]]
        header = ["", "My note", *[f" {name.upper()} " for name in COLUMNS[::-1]], "", ""]
        blank = [""] * len(header)
        check_applied(saved(as_csv([rows[0], blank, *rows[1:], blank, []], header)))

    def test_header_in_words(self, saved):
        header = [name.replace("_", " ").title() for name in COLUMNS]
        check_applied(saved(as_csv(TABLE, header)))

    @pytest.mark.parametrize("number", ["{}.0", "{},0", "{},00", " {} "])
    def test_row_numbers(self, saved, number):
        rows = [[number.format(row[0]), *row[1:]] for row in TABLE]
        check_applied(saved(as_csv(rows, sep=";")))

    def test_row_without_a_decision_is_left_out(self, saved):
        rows = [*TABLE, [4, "", "kind", "bird", "", "cat"]]
        check_applied(saved(as_csv(rows)))

    @pytest.mark.parametrize(
        ("y", "given", "new"),
        [
            ([True, True, False], "TRUE", "FALSE"),
            ([1.0, 1.0, 2.0], "1", "2"),
            ([1, 1, 2], "1.0", "2,0"),
            (["01", "01", "2.50"], "1", "2.5"),
            (["a\r\nb", "a\r\nb", "c  d"], "a\nb", "c d"),
        ],
    )
    def test_labels_as_spreadsheets_write_them(self, y, given, new):
        entry = decided(row=1, given_label=given, new_label=new)
        assert apply_review(y, [entry])[0] == [y[0], y[2], y[2]]

    def test_labels_that_only_spreadsheets_confuse_are_told_apart(self):
        y = ["1", "01", "Cat", "cat"]
        entries = [
            decided(row=0, given_label="1", new_label="01"),
            decided(row=2, given_label="Cat", new_label="cat"),
        ]
        assert apply_review(y, entries)[0] == ["01", "01", "cat", "cat"]
        with pytest.raises(ValueError, match=r"differ in rows 0 \('1', decided on as '1.0'\)"):
            apply_review(y, [decided(row=0, given_label="1.0", new_label="01")])


class TestContainers:
    @pytest.mark.parametrize(
        "y",
        [
            np.array(Y),
            np.array(Y, dtype=object),
            pd.Series(Y, index=[5, 5, 7, 8, 9], name="kind"),
            pd.Series(Y, dtype="category"),
            pd.Series([*Y, None], dtype="string"),
            pd.Categorical(Y),
            pl.Series("kind", Y),
            pl.Series("kind", Y, dtype=pl.Enum(["bird", "cat", "dog"])),
        ],
        ids=lambda y: f"{type(y).__module__}.{type(y).__name__}-{y.dtype}"[:40],
    )
    def test_strings_come_back_in_what_they_came_in(self, y):
        before = y.copy() if not isinstance(y, pl.Series) else y.clone()
        y_reviewed, mask = apply_review(y, pd.DataFrame(TABLE, columns=COLUMNS))
        assert type(y_reviewed) is type(y)
        assert y_reviewed.dtype == y.dtype
        assert list(y_reviewed)[:5] == AFTER
        assert mask[:5].tolist() == REVIEWED
        assert list(y)[:5] == list(before)[:5] == Y
        if isinstance(y, pd.Series):
            assert y_reviewed.index.equals(y.index)
            assert y_reviewed.name == y.name

    @pytest.mark.parametrize(
        "y",
        [
            np.array([-1, 4, 4, 100], dtype="int8"),
            pd.Series([-1, 4, 4, 100], dtype="Int64"),
            pd.Series([-1, 4, 4, None], dtype="Int64"),
            np.array([-1, 4, 4, np.nan]),
            pl.Series([-1, 4, 4, 100]),
            np.array([False, True, True, True]),
            [False, True, True, True],
        ],
        ids=lambda y: f"{type(y).__name__}-{getattr(y, 'dtype', '')}",
    )
    def test_numbers_and_truth_values(self, y):
        entry = decided(row=2, given_label=str(y[2]), new_label=str(y[0]))
        y_reviewed, _ = apply_review(y, [entry])
        assert type(y_reviewed) is type(y)
        assert getattr(y_reviewed, "dtype", None) == getattr(y, "dtype", None)
        assert list(y_reviewed)[:3] == [y[0], y[1], y[0]]

    def test_class_that_is_not_in_y(self):
        entry = decided(new_label="elephant")
        with pytest.raises(
            ValueError, match=r"Got 'elephant' \(row 2\).*apply_review\(..., classes=\)"
        ):
            apply_review(Y, [entry])
        classes = ["bird", "cat", "dog", "elephant"]
        for y in [Y, np.array(Y), pd.Series(Y, dtype="category")]:
            y_reviewed, _ = apply_review(y, [entry], classes=classes)
            assert list(y_reviewed) == ["cat", "cat", "elephant", "dog", "bird"]

    def test_categories_are_classes(self):
        y = pd.Series(Y, dtype=pd.CategoricalDtype(["bird", "cat", "dog", "eel"]))
        y_reviewed, _ = apply_review(y, [decided(new_label="eel")])
        assert y_reviewed.dtype == y.dtype
        assert y_reviewed[2] == "eel"


class TestIds:
    NAMES = ("a", "b", "c", "d", "007")

    def test_rows_are_found_by_id_alone(self):
        entries = [decided(row=None, id="c"), decided(row="", id="7", given_label="bird")]
        for y, ids in [(Y, self.NAMES), (pd.Series(Y, index=self.NAMES), None)]:
            y_reviewed, mask = apply_review(y, entries, ids=ids)
            assert list(y_reviewed) == ["cat", "cat", "cat", "dog", "cat"]
            assert mask.tolist() == [False, False, True, False, True]

    def test_ids_have_to_agree_where_they_are_known(self):
        entry = decided(id="d")
        assert apply_review(Y, [entry])[1].sum() == 1
        with pytest.raises(ValueError, match=r"ids differ in rows 2 \('c', decided on as 'd'\)"):
            apply_review(Y, [entry], ids=self.NAMES)
        with pytest.raises(ValueError, match="ids differ"):
            apply_review(pd.Series(Y, index=self.NAMES), [entry])
        assert apply_review(Y, [decided(id="c")], ids=self.NAMES)[1].sum() == 1

    @pytest.mark.parametrize(
        ("ids", "says"),
        [
            (["a", "a", "c", "c", "e"], "Several rows have the ids 'c'"),
            (["a", "b", "x", "d", "e"], "no rows with the ids 'c'"),
            (None, r"1 decisions name no row.*ids="),
            (["a"], "ids must name each row. Got 1 for 5 rows"),
        ],
    )
    def test_ids_that_find_no_row(self, ids, says):
        with pytest.raises(ValueError, match=says):
            apply_review(Y, [decided(row=None, id="c")], ids=ids)


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"decision": "yes"}, r"must be accept, keep, pick, unsure. Got 'yes' \(row 2\)"),
            ({"row": "-1"}, r"Got '-1' \(entry 1, counted from 1\)"),
            ({"row": "1.5"}, "rows must be numbers"),
            ({"row": "1,000"}, "rows must be numbers"),
            ({"row": "1E+05"}, "rows must be numbers"),
            ({"row": "9" * 30}, "rows must be numbers"),
            ({"row": 5}, "There are no rows 5; there are 5 labels, counted from 0"),
            ({"given_label": "cat"}, r"differ in rows 2 \('dog', decided on as 'cat'\)"),
            ({"given_label": "cow"}, "given labels differ in rows 2"),
            ({"new_label": ""}, "on rows 2 need a new_label"),
            ({"new_label": "cow"}, r"classes 'bird', 'cat', 'dog'. Got 'cow' \(row 2\)"),
            ({"decision": "keep"}, r"contradict each other. Got new labels in rows 2 \('cat'\)"),
        ],
    )
    def test_decision_that_makes_no_sense(self, changes, says):
        good = decided(row=0, given_label="cat", new_label="dog")
        y = np.array(Y)
        with pytest.raises(ValueError, match=says):
            apply_review(y, [decided(**changes), good][:: 1 if "row" in changes else -1])
        assert y.tolist() == Y

    def test_only_the_first_rows_are_named(self):
        entries = [decided(row=i, given_label="b") for i in range(30)]
        with pytest.raises(ValueError, match=r"rows 0 .* 9 \('a', decided on as 'b'\) and 20 more"):
            apply_review(["a"] * 30 + ["b"], entries)

    def test_different_decisions_on_a_row(self):
        entries = [decided(), decided(new_label="bird"), decided()]
        with pytest.raises(ValueError, match="different decisions on the same rows 2"):
            apply_review(Y, entries)
        assert apply_review(Y, entries[::2])[1].sum() == 1

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_row_left_unsure_may_be_settled_in_another_round(self, order):
        unsure, settled = decided(decision="unsure", new_label=""), decided()
        y, mask = apply_review(Y, [unsure, settled, unsure][::order])
        assert (y[2], mask.tolist()) == ("cat", [False, False, True, False, False])
        with pytest.raises(ValueError, match="different decisions on the same rows 2"):
            apply_review(Y, [unsure, settled, decided(new_label="bird")][::order])

    def test_row_without_a_label(self):
        y = np.array(["cat", "dog", None], dtype=object)
        with pytest.raises(ValueError, match=r"rows 2 \(no label, decided on as 'dog'\)"):
            apply_review(y, [decided()])

    def test_decisions_on_two_columns(self):
        entries = [decided(column="kind"), decided(row=3, column="color")]
        with pytest.raises(ValueError, match="one column of labels. Got 'color', 'kind'"):
            apply_review(Y, entries)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            ("naïve,row\n".encode("latin-1"), "not UTF-8 text.*save it as UTF-8"),
            (as_csv(TABLE) + '4,,"kind', "quotes balanced"),
            ("", "no column 'row', 'decision', 'given_label'|no column"),
            ("x,y\n1,2\n", "no column"),
            ("row,given_label\n1,cat\n", "no column 'decision'"),
            (as_csv(TABLE, [*COLUMNS[:5], "row"]), "several columns 'row'"),
            (as_csv([[*TABLE[0], "x"], TABLE[1]]), r"more fields than its header in entries 1 "),
            ("{", "not JSON"),
            ('{"schema": "skclean.decisions/2", "decisions": []}', "must be of the schema"),
            ('{"label": "kind"}', "no list 'decisions'"),
            ("[1, 2]", "decisions must be a file, a dataframe or a list of dicts"),
        ],
    )
    def test_file_that_is_no_decisions(self, saved, content, says):
        with pytest.raises(ValueError, match=says):
            apply_review(Y, saved(content))

    def test_classes_of_the_same_text(self):
        class Grade(str):
            def __str__(self):
                return "good"

        with pytest.raises(ValueError, match="several of 'good'"):
            apply_review(np.array([Grade("a"), Grade("b")], dtype=object), [])

    def test_what_is_no_source(self):
        with pytest.raises(ValueError, match="Got int"):
            apply_review(Y, 3)


# numpy strings lose a NUL at their end
LABEL = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6
)
NUMBERS = ["01", "1", "1.0", "=1+1", "TRUE", "True", "nan", "None"]
MARKS = ["<script>", '"', ",", ";", "\r\n", "\n", "\t", " ", "a\x00b", "\ufeff"]
HOSTILE = st.sampled_from([*NUMBERS, *MARKS, "é", "e\u0301", "\u202egnp", "😀", "row", "keep"])


@given(
    y=st.lists(LABEL | HOSTILE, min_size=1, max_size=12),
    as_json=st.booleans(),
    kind=st.sampled_from([list, lambda y: np.array(y, dtype=object), pl.Series]),
    data=st.data(),
)
def test_whatever_is_decided_comes_back(tmp_path_factory, y, as_json, kind, data):
    n, classes = len(y), sorted(set(y))
    rows = data.draw(st.lists(st.integers(0, n - 1), unique=True))
    words = [data.draw(st.sampled_from(["accept", "keep", "pick", "unsure"])) for _ in rows]
    wanted, reviewed, table = list(y), np.zeros(n, dtype=bool), []
    for row, word in zip(rows, words, strict=True):
        new = {"keep": y[row], "unsure": ""}.get(word)
        new = data.draw(st.sampled_from(classes)) if new is None else new
        table.append([row, data.draw(LABEL | HOSTILE), "", y[row], word, new])
        if word != "unsure":
            wanted[row], reviewed[row] = new, True
    path = tmp_path_factory.getbasetemp() / "round_trip"
    if as_json:
        entries = [dict(zip(COLUMNS, entry, strict=True)) for entry in table]
        path.write_text(json.dumps({"decisions": entries}), encoding="utf-8")
    else:
        path.write_bytes(as_csv(table).encode("utf-8-sig"))
    y_reviewed, mask = apply_review(kind(y), path)
    assert list(y_reviewed) == wanted
    assert mask.tolist() == reviewed.tolist()


def test_categoricals_and_indexes_of_pandas_come_back_as_they_are():
    decisions = [{"row": 1, "given_label": "b", "decision": "pick", "new_label": "c"}]
    bare = pd.Categorical(["a", "b"], categories=["a", "b", "c"])
    reviewed, mask = apply_review(bare, decisions)
    assert list(reviewed) == ["a", "c"]
    assert isinstance(reviewed, pd.Categorical)
    assert mask.tolist() == [False, True]
    index = pd.Index(["a", "b", "c"], name="kind")
    reviewed, _ = apply_review(index, decisions)
    assert isinstance(reviewed, pd.Index)
    assert (list(reviewed), reviewed.name) == (["a", "c", "c"], "kind")
