"""What the command line says when data, files or options are no good."""

import gzip
import os
import sys

import numpy as np
import pandas as pd
import pytest

GOOD = "id,x,y\n" + "".join(f"{i},{i % 2 + i / 100},{'ab'[i % 2]}\n" for i in range(40))
AUDIT = ["--label", "y", "--model", "logistic"]


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    return path


def refused(done, code=1):
    """The one line on stderr; nothing on stdout, no traceback."""
    assert done.code == code
    assert done.out == ""
    *notes, error = done.err.splitlines()
    assert all(note.startswith("skclean: note: ") for note in notes)
    assert error.startswith("skclean: error: ")
    return error


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("id,x,y\n", "a header but no rows"),
        ("x,y\n1,a\n2,a\n3,a\n", "the one class 'a'"),
        ("x,y\n1,\n2,?\n3,NA\n", "none of the 3 rows has a label"),
        ("y\na\nb\n", "no column beside"),
        ("x,y\n,a\n,b\n", "are empty"),
        ("x,y,y\n1,a,b\n", "several columns are called 'y'"),
        ("x;y\n1;a\n2;b\n", "the only column is 'x;y'; does --sep"),
        ("x,Y\n1,a\n2,b\n", "did you mean 'Y'?"),
        ("x,target\n1,a\n2,b\n", "the columns are 'x', 'target'"),
        ("x,y\n1,a\n2,b,3\n", "row 1 (counted from 0 below the header) has 3 fields"),
        ('x,y\n1,a\n2,b\n3,"a\n', "quotes"),
        ("x,y\n" + "".join(f"1,{i}\n" for i in range(30)), "30 different values in 30 rows"),
        ("x,y\n1,a\n2,b\n3,c\n", "cannot be judged"),
    ],
)
def test_table_that_cannot_be_audited(run, tmp_path, content, says):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    assert says in refused(run("audit", path, *AUDIT))
    assert says in refused(run("clean", path, *AUDIT, "-o", tmp_path / "cleaned.csv"))
    assert os.listdir(tmp_path) == ["bad.csv"]


def test_file_that_is_not_there(run, tmp_path):
    assert "there is no file" in refused(run("audit", tmp_path / "none.csv", *AUDIT))


def test_folder_is_no_table(run, tmp_path):
    assert "not a regular file" in refused(run("audit", tmp_path, *AUDIT))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", GOOD.encode("utf-16"), "not UTF-8"),
        ("t.csv", "x,y\n1,é\n2,a\n".encode("latin-1"), "not UTF-8"),
        ("t.csv.gz", GOOD.encode(), "gzip"),
        ("t.csv.gz", gzip.compress(os.urandom(5000))[:2000], "gzip"),
        ("t.csv.gz", gzip.compress(GOOD.encode())[:-20], "gzip"),
        ("t.parquet", GOOD.encode(), "not a readable Parquet file"),
    ],
)
def test_unreadable_file(run, tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    message = refused(run("audit", tmp_path / name, *AUDIT))
    assert says in message or "UTF-8" in message


def test_file_that_may_not_be_read(run, good, monkeypatch):
    from skclean._table import _csv

    def forbidden(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(_csv, "open", forbidden, raising=False)
    assert "Permission denied" in refused(run("audit", good, *AUDIT))


def test_roles_of_columns_must_differ(run, good):
    assert "same column" in refused(run("audit", good, *AUDIT, "--id", "y"))
    assert "no column 'z' for --group" in refused(run("audit", good, *AUDIT, "--group", "z"))


class TestOutput:
    def test_folder_that_is_not_there(self, run, good, tmp_path):
        output = tmp_path / "none" / "issues.csv"
        message = refused(run("audit", good, *AUDIT, "-o", output))
        assert "cannot write" in message
        assert str(output) in message

    def test_folder_that_is_a_file(self, run, good):
        assert "cannot write" in refused(run("audit", good, *AUDIT, "-o", good / "issues.csv"))

    def test_output_that_is_a_folder(self, run, good, tmp_path):
        (tmp_path / "out.csv").mkdir()
        message = refused(run("audit", good, *AUDIT, "-o", tmp_path / "out.csv"))
        assert "not a regular file" in message

    def test_write_protected_output(self, run, good, tmp_path, monkeypatch):
        output = tmp_path / "out.csv"
        output.write_text("old")
        monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
        assert "write-protected" in refused(run("audit", good, *AUDIT, "-o", output))
        assert output.read_text() == "old"

    @pytest.mark.parametrize("link", ["same", "symbolic", "hard"])
    def test_input_is_never_overwritten(self, run, good, tmp_path, link):
        output = good if link == "same" else tmp_path / "link.csv"
        if link == "symbolic":
            output.symlink_to(good)
        elif link == "hard":
            output.hardlink_to(good)
        for command in ["audit", "clean"]:
            assert "is the input" in refused(run(command, good, *AUDIT, "-o", output))
        assert good.read_text() == GOOD

    def test_failure_while_writing_leaves_nothing_behind(self, run, good, tmp_path, monkeypatch):
        output = tmp_path / "issues.csv"
        output.write_text("old")

        def full(*args, **kwargs):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(pd.DataFrame, "to_csv", full)
        message = refused(run("audit", good, *AUDIT, "-o", output))
        assert "No space left on device" in message
        assert sorted(os.listdir(tmp_path)) == ["good.csv", "issues.csv"]
        assert output.read_text() == "old"

    def test_output_is_checked_before_the_long_work(self, run, good, tmp_path, monkeypatch):
        from skclean.detectors import ConfidentLearning

        monkeypatch.setattr(ConfidentLearning, "fit", None)
        refused(run("audit", good, *AUDIT, "-o", tmp_path / "none" / "issues.csv"))

    def test_replaces_an_old_output_and_follows_links(self, run, good, tmp_path):
        (tmp_path / "old.csv").write_text("old")
        (tmp_path / "link.csv").symlink_to("old.csv")
        assert run("audit", good, *AUDIT, "-o", tmp_path / "link.csv").code == 0
        assert (tmp_path / "link.csv").is_symlink()
        assert (tmp_path / "old.csv").read_text().startswith("row,")

    def test_permissions_are_the_usual_ones(self, run, good, tmp_path):
        assert run("audit", good, *AUDIT, "-o", tmp_path / "issues.csv").code == 0
        assert (tmp_path / "issues.csv").stat().st_mode == good.stat().st_mode


class TestUsage:
    """Exit status 2: the command was used wrongly."""

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            (["--max-fdr", "0.1", "--budget", "5"], "--max-fdr and --budget"),
            (["--model", "boosting"], "hist-gradient-boosting, logistic, random-forest, knn"),
            (["--model", "no.such.model"], "cannot be imported"),
            (["--model", "sklearn.svm.NoSuchModel"], "cannot be imported"),
            (["--model", "sklearn.svm.LinearSVC"], "predict_proba"),
            (["--model", "sklearn.svm"], "is a module; name a classifier in it"),
            (["--model", "sklearn.pipeline.Pipeline"], "without arguments"),
            (["--sep", "||"], "single character"),
            (["-o", "issues.xlsx"], "ends in .csv"),
        ],
    )
    def test_options_that_make_no_sense(self, run, good, options, says):
        assert says in refused(run("audit", good, "--label", "y", *options), code=2)

    @pytest.mark.parametrize(
        "options",
        [["--nonsense"], ["--cv", "1"], ["--max-fdr", "2"], ["--budget", "0"], ["--seed", "x"]],
    )
    def test_options_that_are_none(self, run, good, options):
        done = run("audit", good, *AUDIT, *options)
        assert done.code == 2
        assert options[0] in done.err
        assert "Traceback" not in done.err

    def test_missing_arguments(self, run, good):
        assert run("audit", good).code == 2
        assert run("clean", good, *AUDIT).code == 2
        assert run("nonsense").code == 2

    def test_what_cannot_be_done_is_said_before_the_work(self, run, good, tmp_path, monkeypatch):
        same = tmp_path / "both.csv"
        done = run("audit", good, *AUDIT, "-o", same, "--html", tmp_path / "." / "both.csv")
        assert done.code == 2
        assert "name the same file" in done.err
        assert "--n-jobs must be" in run("audit", good, *AUDIT, "--n-jobs", 0).err
        done = run("clean", good, *AUDIT, "-o", tmp_path / "copy.tsv")
        assert done.code == 2
        assert "name it 'copy.csv'" in done.err
        for source, target, sep, name in [
            ("t.tsv", "copy.csv", [], "copy.tsv"),
            ("t.tsv", "copy.csv", ["--sep", "tab"], "copy.tsv"),
            ("t.csv.gz", "copy.tsv.gz", [], "copy.csv"),
        ]:
            done = run("clean", tmp_path / source, *AUDIT, "-o", tmp_path / target, *sep)
            assert f"name it {name!r}" in done.err
        sheet = tmp_path / "sheet.xlsx"
        sheet.write_bytes(b"PK")
        assert "save the sheet as 'CSV UTF-8'" in run("audit", sheet, *AUDIT).err
        monkeypatch.setitem(sys.modules, "jinja2", None)
        done = run("audit", good, *AUDIT, "-o", same, "--html", tmp_path / "report.html")
        assert "needs jinja2 and matplotlib" in done.err
        assert not same.exists()

    def test_help(self, run):
        for command in [[], ["audit"], ["clean"], ["demo"]]:
            done = run(*command, "--help")
            assert done.code == 0
            assert "Usage: skclean" in done.out


class TestOddTables:
    """Tables that are no error."""

    def test_counting_and_empty_columns_are_left_out(self, run, tmp_path):
        path = tmp_path / "t.csv"
        frame = pd.read_csv(pd.io.common.StringIO(GOOD)).assign(empty=np.nan)
        frame.to_csv(path)
        done = run("audit", path, *AUDIT, "--id", "id")
        assert done.code == 0
        assert "judged by 1 other column\n" in done.out
        assert "only counts the rows" in done.err
        assert "'empty' is empty" in done.err

    def test_infinite_values_are_missing_values(self, run, tmp_path):
        path = tmp_path / "t.csv"
        path.write_text(GOOD.replace("3,1.03", "3,inf"))
        assert run("audit", path, *AUDIT).code == 0

    def test_labels_stay_as_they_are_written(self, run, tmp_path):
        path, output = tmp_path / "t.csv", tmp_path / "issues.csv"
        rows = [f"{i % 2 + i / 1000},{['01', '1.0'][i % 2]}" for i in range(80)]
        rows[:8] = [f"{i % 2},{['1.0', '01'][i % 2]}" for i in range(8)]
        path.write_text("x,y\n" + "\n".join(rows))
        assert run("audit", path, *AUDIT, "--budget", 8, "-o", output).code == 0
        given = set(pd.read_csv(output, dtype=str)["given_label"])
        assert given == {"01", "1.0"}


def test_missing_packages_are_named(monkeypatch):
    from skclean.__main__ import main

    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as stop:
        main()
    assert str(stop.value.code).endswith("pip install typer")
