"""``skclean apply``: decisions go into a copy of the table, and nothing else does."""

import csv
import gzip
import json
import os

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

CONTENT = (
    b'\xef\xbb\xbfname,kind,x\r\nn0,a,"two\r\nlines"\r\nn1,,1\r\n'
    b'n2,"b",2\r\n\r\nn3,"c, ""d""",3\r\nn4,b,4'
)
HEADER = ["row", "id", "column", "given_label", "decision", "new_label"]
NAMED = [*HEADER, "id_column"]
DECISIONS = [
    [2, "n2", "kind", "b", "accept", 'c, "d"'],
    [4, "n4", "kind", "b", "pick", "a"],
    [0, "n0", "kind", "a", "keep", "a"],
    [3, "n3", "kind", 'c, "d"', "unsure", ""],
]
EXPECTED = CONTENT.replace(b'n2,"b"', b'n2,"c, ""d"""').replace(b"n4,b", b"n4,a")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def decide(tmp_path):
    """Save decisions as the page does."""

    def decide(rows=DECISIONS, header=HEADER):
        path = tmp_path / "decisions.csv"
        with open(path, "w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return decide


def named(rows):
    """Decisions that say which column holds their ids."""
    return [[*row, "name"] for row in rows]


def refused(done, code=1):
    assert done.code == code
    assert done.out == ""
    (line,) = done.err.splitlines()
    assert line.startswith("skclean: error: ")
    return line


def test_only_the_decided_labels_change(run, table, decide, tmp_path):
    output = tmp_path / "reviewed.csv"
    review = decide(named(DECISIONS), NAMED)
    done = run("apply", table, "--review", review, "-o", output)
    assert (done.code, done.err) == (0, "")
    assert output.read_bytes() == EXPECTED
    assert table.read_bytes() == CONTENT
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    for text in [
        "Changed 2 (suggestion accepted 1, another label picked 1)",
        "Kept 1",
        "Unsure 1, left as they were",
        "Wrong 2 of 3 settled labels (66.7%)",
        f"Wrote {output}",
    ]:
        assert text in lines


def test_json_compressed_tables_and_ids(run, tmp_path):
    path, output = tmp_path / "data.csv.gz", tmp_path / "reviewed.csv.gz"
    path.write_bytes(gzip.compress(CONTENT))
    review = tmp_path / "decisions.json"
    entries = [dict(zip(HEADER, row, strict=True)) for row in DECISIONS]
    content = {"schema": "skclean.decisions/1", "label": "kind", "decisions": entries}
    review.write_text(json.dumps(content))
    assert run("apply", path, "--review", review, "--id", "name", "-o", output).code == 0
    assert gzip.decompress(output.read_bytes()) == EXPECTED


def test_rows_are_found_by_id(run, table, decide, tmp_path):
    output = tmp_path / "reviewed.csv"
    review = decide([row[1:] for row in DECISIONS[::-1]], HEADER[1:])
    assert "--id" in refused(run("apply", table, "--review", review, "-o", output))
    assert run("apply", table, "--review", review, "--id", "name", "-o", output).code == 0
    assert output.read_bytes() == EXPECTED


def other_rows(table, tmp_path, kind):
    """The table with two rows of like labels exchanged."""
    content = CONTENT.replace(b'n2,"b",2\r\n', b"n4,b,4\r\n").replace(
        b",3\r\nn4,b,4", b",3\r\nn2,b,2"
    )
    assert content.count(b"n2") == content.count(b"n4") == 1
    path = tmp_path / "sorted.csv"
    path.write_bytes(content)
    if kind == "csv":
        return path
    pd.read_csv(path).to_parquet(path.with_suffix(".parquet"), index=False)
    return path.with_suffix(".parquet")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_ids_are_checked_by_the_column_that_the_page_named(run, table, decide, tmp_path, kind):
    path, output = other_rows(table, tmp_path, kind), tmp_path / f"reviewed.{kind}"
    moved = [*DECISIONS[:1], *DECISIONS[2:]]  # the rows of n2 and n4 hold the same labels
    review = decide(named(moved), NAMED)
    line = refused(run("apply", path, "--review", review, "-o", output))
    assert "ids differ in rows 2 ('n4', decided on as 'n2')" in line
    assert not output.exists()
    done = run("apply", path, "--review", decide(moved), "-o", output)
    assert done.code == 0
    assert "the ids of the review were not checked" in done.err
    review = decide([[*row, "color"] for row in moved], NAMED)
    args = ["apply", path, "--review", review, "-o", output]
    assert "no column 'color' for --id" in refused(run(*args))
    assert "ids differ" in refused(run(*args, "--id", "name"))


def test_several_files_of_decisions_are_one_review(run, table, decide, tmp_path):
    paths, output = [], tmp_path / "reviewed.csv"
    for i, rows in enumerate([DECISIONS[:1], DECISIONS[1:]]):
        paths.append(decide(named(rows), NAMED).rename(tmp_path / f"round-{i}.csv"))
    reviews = [word for path in paths for word in ("--review", path)]
    done = run("apply", table, *reviews, "-o", output)
    assert done.code == 0
    assert "round-0.csv and" in done.out
    assert output.read_bytes() == EXPECTED
    decide([[2, "n2", "kind", "b", "keep", "", "name"]], NAMED)
    args = ["apply", table, *reviews, "--review", tmp_path / "decisions.csv", "-o", output]
    assert "different decisions on the same rows 2" in refused(run(*args))
    decide([[2, "n2", "color", "b", "keep", "", "name"]], NAMED)
    assert "one column of labels" in refused(run(*args))
    assert "holds the decisions" in refused(run("apply", table, *reviews, "-o", paths[1]))


@pytest.mark.parametrize("sep", [";", "\t"])
def test_table_of_labels_alone(run, decide, tmp_path, sep):
    path, output = tmp_path / "labels.csv", tmp_path / "reviewed.csv"
    path.write_text("kind\na\na\nb\n")
    review = decide([[1, "", "", "a", "accept", "b"]])
    args = ["apply", path, "--review", review, "-o", output, "--sep", sep]
    assert "pass --label" in refused(run(*args), code=2)
    assert run(*args, "--label", "kind").code == 0
    assert output.read_text() == "kind\na\nb\nb\n"


def test_another_column_than_the_decisions_were_made_on_is_named(run, table, decide, tmp_path):
    review = decide([[0, "", "sort", "a", "accept", "b"]])
    args = ["--review", review, "--label", "kind", "-o", tmp_path / "reviewed.csv"]
    done = run("apply", table, *args)
    assert done.code == 0
    assert "made on the column 'sort', and are applied to 'kind'" in done.err
    done = run("audit", table, *args)  # which has too few rows, and says so after this
    assert "made on the column 'sort', and are applied to 'kind'" in done.err


def test_parquet_keeps_types(run, decide, tmp_path):
    path, output = tmp_path / "data.parquet", tmp_path / "reviewed.parquet"
    frame = pd.DataFrame({"y": pd.array([3, None, 5], dtype="Int8"), "x": [1.5, 2.5, 3.5]})
    parquet.write_table(pa.Table.from_pandas(frame), path)
    review = decide([[2, "", "y", "5", "accept", "3"]])
    assert run("apply", path, "--review", review, "-o", output).code == 0
    frame.loc[2, "y"] = 3
    before, after = parquet.read_table(path), parquet.read_table(output)
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after["y"].to_pylist() == [3, None, 3]
    assert after["x"].to_pylist() == [1.5, 2.5, 3.5]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ([4, "", "kind", "a", "accept", "b"], "differ in rows 4 ('b', decided on as 'a')"),
        ([1, "", "kind", "a", "accept", "b"], "rows 1 (no label"),
        ([9, "", "kind", "a", "accept", "b"], "no rows 9"),
        ([4, "", "kind", "b", "accept", "e"], "Got 'e' (row 4)"),
        ([4, "", "kind", "b", "perhaps", "a"], "Got 'perhaps' (row 4)"),
        ([4, "n3", "kind", "b", "accept", "a"], "ids differ in rows 4"),
        ([1, "n1", "kind", "a", "accept", "b"], "rows 1 (no label"),
        ([2, "", "kind", "b", "keep", ""], "different decisions on the same rows 2"),
        ([4, "", "color", "b", "keep", ""], "one column of labels"),
    ],
)
def test_review_that_does_not_fit_writes_nothing(run, table, decide, tmp_path, row, says):
    output = tmp_path / "reviewed.csv"
    output.write_text("old")
    review = decide([DECISIONS[0], row])
    args = ["apply", table, "--review", review, "-o", output, "--id", "name"]
    assert says in refused(run(*args))
    assert output.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["data.csv", "decisions.csv", "reviewed.csv"]


def test_files_that_are_in_the_way(run, table, decide, tmp_path):
    review = decide()
    for output, says in [(table, "is the input"), (review, "holds the decisions of a review")]:
        before = output.read_bytes()
        assert says in refused(run("apply", table, "--review", review, "-o", output))
        assert output.read_bytes() == before
    for text in ['"row";"id";"given_label";"decision"', "Given label\tDecision\trow"]:
        for encoding in ("utf-8-sig", "utf-16"):
            saved = tmp_path / "saved.csv"
            saved.write_text(text + "\n1\t2\n", encoding=encoding)
            done = run("audit", table, "--label", "kind", "-o", saved)
            assert "holds the decisions of a review" in refused(done)
    none = tmp_path / "none.csv"
    assert "there is no file" in refused(run("apply", table, "--review", none, "-o", "c.csv"))
    parquet_copy = tmp_path / "c.parquet"
    args = ["apply", table, "--review", review, "-o", parquet_copy]
    assert "csv table" in refused(run(*args), code=2)
    assert run("apply", table, "-o", "c.csv").code == 2


@pytest.mark.parametrize("command", ["apply", "audit", "clean"])
def test_quiet_prints_errors_alone(run, mixed, decide, tmp_path, command):
    output = tmp_path / "out.csv"
    options = {
        "apply": ["--review", decide([[0, "", "kind", mixed.frame["kind"][0], "keep", ""]])],
        "audit": ["--label", "kind", "--model", "logistic"],
        "clean": ["--label", "kind", "--model", "logistic"],
    }[command]
    done = run(command, mixed.path, *options, "-o", output, "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert output.exists()
    assert "there is no file" in refused(run(command, "none.csv", *options, "-o", output, "-q"))
