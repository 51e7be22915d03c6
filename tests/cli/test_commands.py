"""The commands end to end, on a mixed table with missing values and string labels."""

import csv
import gzip
import io
import json
import os
import pty
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

QUICK = ["--model", "logistic"]


def raw_records(path):
    """Fields of every record but the header, by the csv module."""
    with open(path, encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


class TestAudit:
    def test_summary_and_ranked_issues(self, run, mixed, tmp_path):
        output = tmp_path / "issues.csv"
        done = run("audit", mixed.path, "--label", "kind", "--id", "name", "-o", output)
        assert done.code == 0
        for text in ["240", "column 'kind', 3 classes", "noise rate", "true \\ given", "barolo"]:
            assert text in done.out
        assert "3 rows have no label and were set aside (rows 7, 50, 51)" in done.out
        issues = pd.read_csv(output)
        assert list(issues.columns) == [
            *[
                "row",
                "name",
                "given_label",
                "label_quality",
                "suggested_label",
                "suggested_proba",
                "is_ambiguous",
            ]
        ]
        assert mixed.finds_errors(issues["row"])
        assert (np.diff(issues["label_quality"]) >= 0).all()
        rows = mixed.frame.loc[issues["row"]]
        assert issues["name"].tolist() == rows["name"].tolist()
        assert issues["given_label"].tolist() == rows["kind"].tolist()
        worst = [line for line in done.out.splitlines() if " wine " in line]
        assert len(worst) == min(10, len(issues))

    def test_in_a_process_of_its_own(self, run_fresh, mixed, tmp_path):
        args = ["audit", mixed.path, "--label", "kind", "--id", "name", *QUICK]
        done = run_fresh(*args, "--output", "issues.csv")
        assert (done.returncode, done.stderr) == (0, "")
        assert "240" in done.stdout
        assert sorted(os.listdir(tmp_path)) == ["issues.csv", "wine.csv"]

    def test_names_of_rows_are_no_feature(self, run, mixed):
        done = run("audit", mixed.path, "--label", "kind", *QUICK)
        assert "'name' has another text in nearly every row" in done.err
        assert "pass --id 'name'" in done.err
        named = run("audit", mixed.path, "--label", "kind", "--id", "name", *QUICK)
        assert named.err == ""
        assert "judged by 8 other columns" in named.out
        assert "judged by 8 other columns" in done.out

    def test_names_that_repeat_and_counted_rows_are_no_feature(self, run, mixed, tmp_path):
        path, frame = tmp_path / "counted.csv", mixed.frame
        frame.loc[1, "name"] = frame.loc[0, "name"]
        frame.insert(0, "number", range(1, len(frame) + 1))
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", *QUICK)
        assert "'name' has another text in nearly every row" in done.err
        assert "'number' counts the rows" in done.err
        assert "judged by 9 other columns" in done.out

    def test_labels_that_look_alike_are_named(self, run, mixed, tmp_path):
        path, frame = tmp_path / "untidy.csv", mixed.frame
        kinds = frame["kind"].astype(str)
        other = kinds.unique()[0]
        frame["kind"] = kinds.where(np.arange(len(kinds)) % 7 > 0, kinds.str.upper() + " ")
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", *QUICK)
        assert "classes differ from others in blanks, capitals or zeros alone" in done.err
        assert repr(other) in done.err
        assert repr(other.upper() + " ") in done.err

    def test_labels_that_read_as_gaps_are_named(self, run, mixed, tmp_path):
        path, frame = tmp_path / "gaps.csv", mixed.frame
        frame["kind"] = frame["kind"].astype(str).where(np.arange(len(frame)) % 9 > 0, "NA")
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", *QUICK)
        n_gaps = (frame["kind"] == "NA").sum()
        assert f"{n_gaps} labels read 'NA', which counts as no label" in done.err

    def test_a_table_as_spreadsheets_write_it_is_read_as_the_same_numbers(
        self, run, mixed, tmp_path
    ):
        path, frame = tmp_path / "commas.csv", mixed.frame.drop(columns="name")
        before = run("audit", mixed.path, "--label", "kind", "--id", "name", *QUICK, "--json")
        frame.insert(0, "name", mixed.frame["name"])
        frame["bottled"] = pd.to_datetime(frame["bottled"]).dt.strftime("%d.%m.%Y")
        frame.to_csv(path, index=False, sep=";", decimal=",")
        args = ["audit", path, "--label", "kind", "--id", "name", "--sep", ";", *QUICK, "--json"]
        done = run(*args)
        assert "the column 'alcohol' holds numbers with decimal commas" in done.err
        assert json.loads(done.out)["rows"] == json.loads(before.out)["rows"]

    def test_a_few_texts_among_numbers_are_gaps_and_named(self, run, mixed, tmp_path):
        path, frame = tmp_path / "texts.csv", mixed.frame
        frame["alcohol"] = frame["alcohol"].astype(object)
        frame.loc[[3, 9], "alcohol"] = ["n/v", "{-}"]
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", "--id", "name", *QUICK)
        assert "'alcohol' holds numbers but for 'n/v', '{-}' (in 2 rows), which count" in done.err
        assert "judged by 8 other columns" in done.out

    def test_a_text_column_with_gaps_that_names_rows_is_left_out(self, run, mixed, tmp_path):
        path, frame = tmp_path / "gaps.csv", mixed.frame
        frame.loc[::7, "name"] = None
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", *QUICK)
        assert "'name' has another text in nearly every row" in done.err
        assert "judged by 8 other columns" in done.out

    def test_numbers_written_in_two_ways_are_two_classes_and_named(self, run, tmp_path):
        path = tmp_path / "numbers.csv"
        labels = np.where(np.arange(60) % 3 == 0, "1", np.where(np.arange(60) % 3 == 1, "1.0", "2"))
        pd.DataFrame({"x": np.arange(60) % 3 + 0.5, "y": labels}).to_csv(path, index=False)
        done = run("audit", path, "--label", "y", *QUICK)
        assert "differ from others in blanks, capitals or zeros alone ('1', '1.0')" in done.err

    def test_rows_that_are_alike_but_for_their_label_are_counted(self, run, mixed, tmp_path):
        path, frame = tmp_path / "twice.csv", mixed.frame
        again = frame.iloc[[20, 31, 41, 41]].assign(name=["w", "x", "y", "z"])
        again["kind"] = [frame["kind"][20], *frame["kind"].iloc[[32, 42]], frame["kind"][41]]
        pd.concat([frame, again]).to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", "--id", "name", *QUICK)
        assert "5 rows have the values of others but not their label (2 groups)" in done.out
        assert "such as rows 41, 242, 243." in done.out
        assert "values of others" not in run("audit", mixed.path, "--label", "kind", *QUICK).out

    def test_columns_that_tell_the_labels_are_named_and_can_be_ignored(self, run, mixed, tmp_path):
        path, frame = tmp_path / "leak.csv", mixed.frame
        frame["code"] = pd.factorize(frame["kind"])[0]
        frame["upper"] = frame["kind"].astype(str).str.upper()
        frame.to_csv(path, index=False)
        args = ["audit", path, "--label", "kind", "--id", "name", *QUICK]
        done = run(*args)
        assert "the columns 'code', 'upper' alone tell the label of every row" in done.err
        done = run(*args, "--ignore", "code", "--ignore", "upper")
        assert (done.code, done.err) == (0, "")
        assert "judged by 8 other columns" in done.out
        done = run(*args, "--ignore", "kode")
        assert "no column 'kode' for --ignore: did you mean 'code'?" in done.err
        assert "--label and --ignore name the same" in run(*args, "--ignore", "kind").err

    @pytest.mark.parametrize("order", [1, -1])
    def test_ids_that_were_given_label_by_label_are_named(self, run, mixed, tmp_path, order):
        path, frame = tmp_path / "sorted.csv", mixed.frame
        frame["name"] = np.empty(len(frame), dtype=int)
        sorted_rows = np.argsort(frame["kind"].fillna("").to_numpy(), kind="stable")
        frame.loc[sorted_rows, "name"] = 1000 + 10 * np.arange(len(frame))[::order]
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", *QUICK)
        assert "'name' holds another whole number in nearly every row, as ids do" in done.err
        rng = np.random.default_rng(0)
        frame["name"] = rng.permutation(10 * len(frame))[: len(frame)]
        frame.to_csv(path, index=False)
        assert "as ids do" not in run("audit", path, "--label", "kind", *QUICK).err

    def test_columns_of_digits_that_were_not_read_are_named(self, run, mixed, tmp_path):
        path, frame = tmp_path / "times.csv", mixed.frame
        frame["time"] = [f"{i % 24:02d}:{i % 5}0" for i in range(len(frame))]
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", "--id", "name", *QUICK)
        assert "'time' was taken for texts, though most of them hold digits" in done.err

    def test_a_column_made_from_the_labels_is_named_despite_gaps(self, run, mixed, tmp_path):
        path, frame = tmp_path / "leak.csv", mixed.frame
        frame["code"] = frame["kind"].where(np.arange(len(frame)) % 3 > 0)
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", "--id", "name", *QUICK)
        assert "the column 'code' alone tells the label of every row" in done.err

    def test_a_column_without_a_name_can_be_ignored(self, run, mixed, tmp_path):
        path, frame = tmp_path / "nameless.csv", mixed.frame
        frame.insert(2, "", np.random.default_rng(0).normal(size=len(frame)))
        frame.to_csv(path, index=False)
        args = ["audit", path, "--label", "kind", "--id", "name", *QUICK]
        assert "judged by 9 other columns" in run(*args).out
        assert "judged by 8 other columns" in run(*args, "--ignore", "").out

    def test_texts_of_digits_stay_texts_where_the_file_tells_types(self, run, mixed, tmp_path):
        path, frame = tmp_path / "typed.parquet", mixed.frame
        frame["zip"] = [f"{i % 7:05d}" for i in range(len(frame))]
        frame["number"] = [str(i) for i in range(len(frame))]
        frame.to_parquet(path)
        done = run("audit", path, "--label", "kind", "--id", "name", *QUICK)
        assert "'number' has another text in nearly every row" in done.err
        assert "judged by 9 other columns" in done.out

    def test_numbers_written_as_texts_that_count_the_rows_are_named(self, run, mixed, tmp_path):
        path, frame = tmp_path / "counted.csv", mixed.frame
        frame["number"] = [f"{i:,}" for i in range(1000, 1000 + len(frame))]
        frame.loc[0, "number"] = "1,000.0"
        frame.to_csv(path, index=False)
        done = run("audit", path, "--label", "kind", "--id", "name", *QUICK)
        assert "'number' counts the rows" in done.err

    def test_an_unnamed_column_that_counts_is_no_feature_of_few_rows_either(self, run, tmp_path):
        path = tmp_path / "few.csv"
        x = np.tile([0.0, 1.0], 9) + np.arange(18) / 100
        pd.DataFrame({"x": x, "z": x[::-1], "y": np.tile(["a", "b"], 9)}).to_csv(path)
        done = run("audit", path, "--label", "y", *QUICK)
        assert "a column without a name only counts the rows and was left out" in done.err
        assert "judged by 2 other columns" in done.out

    def test_a_page_of_clean_labels(self, run, tmp_path):
        path, page = tmp_path / "clean.csv", tmp_path / "report.html"
        y = np.tile([0, 1], 30)
        X = 9.0 * y[:, np.newaxis] + np.random.default_rng(0).normal(size=(60, 2))
        pd.DataFrame(X, columns=["a", "b"]).assign(y=y).to_csv(path, index=False)
        done = run("audit", path, "--label", "y", *QUICK, "--html", page)
        assert done.code == 0
        assert "No label is flagged." in done.out
        assert "-0" not in done.out
        text = page.read_text(encoding="utf-8")
        assert "No label is flagged" in text
        assert "About 0 of 60 labels are wrong." in text

    def test_numbers_as_labels_are_noted(self, run, tmp_path):
        rng = np.random.default_rng(0)
        y = np.repeat(np.arange(30), 4)
        path = tmp_path / "numbers.csv"
        pd.DataFrame({"x": y + rng.normal(size=120), "y": y}).to_csv(path, index=False)
        done = run("audit", path, "--label", "y", *QUICK)
        assert done.code == 0
        assert "holds 30 different values in 120 rows, fewer than 5 rows for each" in done.err

    @pytest.mark.parametrize("name", ["wine.csv.gz", "wine.tsv", "wine.parquet", "wine.txt"])
    def test_formats_agree(self, run, mixed, tmp_path, name):
        path, frame = tmp_path / "other" / name, mixed.frame
        path.parent.mkdir()
        options = []
        if name == "wine.parquet":
            frame.assign(remark=frame["remark"].replace("", None)).to_parquet(path)
        elif name == "wine.txt":
            frame.to_csv(path, index=False, sep=";")
            options = ["--sep", ";"]
        else:
            frame.to_csv(path, index=False, sep="\t" if name == "wine.tsv" else ",")
        outputs = [tmp_path / "a.csv", tmp_path / "b.csv.gz"]
        assert run("audit", mixed.path, "--label", "kind", *QUICK, "-o", outputs[0]).code == 0
        done = run("audit", path, "--label", "kind", *QUICK, "-o", outputs[1], *options)
        assert done.code == 0
        assert gzip.decompress(outputs[1].read_bytes()) == outputs[0].read_bytes()

    def test_issues_as_parquet(self, run, mixed, tmp_path):
        output = tmp_path / "issues.parquet"
        assert run("audit", mixed.path, "--label", "kind", *QUICK, "-o", output).code == 0
        assert mixed.finds_errors(pd.read_parquet(output)["row"])

    def test_budget_and_false_discovery_rate(self, run, mixed, tmp_path):
        output = tmp_path / "issues.csv"
        args = ["audit", mixed.path, "--label", "kind", *QUICK, "-o", output]
        done = run(*args, "--budget", 3)
        assert done.code == 0
        assert "of the flags should be right (nine times out of ten" in done.out
        assert len(pd.read_csv(output)) == 3
        assert run(*args, "--budget", 10**6).code == 0
        found = pd.read_csv(output)
        assert 24 <= len(found) < len(mixed.frame) / 2
        assert (found["given_label"] != found["suggested_label"]).all()
        done = run(*args, "--max-fdr", 0)
        assert done.code == 0
        assert "No label is flagged." in done.out
        assert len(pd.read_csv(output)) == 0

    def test_groups_share_a_fold_and_are_no_feature(self, run, mixed, tmp_path, monkeypatch):
        (tmp_path / "watching.py").write_text(WATCHING)
        monkeypatch.chdir(tmp_path)
        done = run(
            *["audit", mixed.path, "--label", "kind", "--group", "cellar", "--id", "name"],
            *["--model", "watching.make_model"],
        )
        assert done.code == 0
        lines = (tmp_path / "seen.txt").read_text().splitlines()
        seen = [{int(float(serial)) for serial in line.split(",")} for line in lines]
        groups = mixed.frame.set_index("serial")["cellar"]
        assert len(seen) == 6
        for trained in seen[:3]:  # the second round also leaves out what the first flagged
            left_out = set(groups.index) - trained - set(groups.index[mixed.unlabelled])
            assert not set(groups[list(trained)]) & set(groups[list(left_out)])

    @pytest.mark.parametrize(
        "model",
        ["hist-gradient-boosting", "knn", "random-forest", "sklearn.naive_bayes.GaussianNB"],
    )
    def test_models(self, run, mixed, tmp_path, model):
        output = tmp_path / "issues.csv"
        done = run("audit", mixed.path, "--label", "kind", "--model", model, "-o", output)
        assert done.code == 0
        assert mixed.finds_errors(pd.read_csv(output)["row"])

    def test_seed_makes_results_repeatable(self, run, mixed, tmp_path):
        outputs = [tmp_path / "a.csv", tmp_path / "b.csv"]
        for output, n_jobs in zip(outputs, [1, 2], strict=True):
            args = [*QUICK, "--seed", 7, "--n-jobs", n_jobs, "-o", output]
            assert run("audit", mixed.path, "--label", "kind", *args).code == 0
        assert outputs[0].read_bytes() == outputs[1].read_bytes()

    def test_warnings_become_notes(self, run, tmp_path):
        path = tmp_path / "rare.csv"
        rows = [f"{i},{'ab'[i % 2]}" for i in range(60)] + ["1,rare"]
        path.write_text("x,y\n" + "\n".join(rows) + "\n")
        done = run("audit", path, "--label", "y", *QUICK)
        assert done.code == 0
        notes = done.err.splitlines()
        assert len(notes) == len(set(notes))
        assert all(note.startswith("skclean: note: ") for note in notes)
        assert any("fewer rows than there are folds" in note for note in notes)

    def test_progress_is_for_terminals(self, mixed, tmp_path):
        reader, terminal = pty.openpty()
        command = ["audit", str(mixed.path), "--label", "kind", *QUICK]
        done = subprocess.run(
            [sys.executable, "-m", "skclean", *command],
            stderr=terminal,
            stdout=subprocess.PIPE,
            check=True,
        )
        os.close(terminal)
        shown = os.read(reader, 100_000)
        os.close(reader)
        assert shown
        assert b"\x1b" not in done.stdout

    def test_real_table(self, run, reference_data, tmp_path):
        path = reference_data / "tab_credit_g.csv.gz"
        output = tmp_path / "issues.csv"
        done = run("audit", path, "--label", "target", "-o", output)
        assert done.code == 0
        assert "1,000" in done.out
        assert "judged by 20 other columns" in done.out
        assert len(pd.read_csv(output)) > 0


WATCHING = """
from sklearn.linear_model import LogisticRegression

class Watching(LogisticRegression):
    def fit(self, X, y):
        assert "cellar" not in X and "name" not in X
        with open("seen.txt", "a") as file:
            print(",".join(X["serial"].astype(str)), file=file)
        return super().fit(X[["year"]], y)

    def predict_proba(self, X):
        return super().predict_proba(X[["year"]])

def make_model():
    return Watching()
"""


class TestClean:
    def test_dropping(self, run, mixed, tmp_path):
        output, before = tmp_path / "cleaned.csv", mixed.path.read_bytes()
        issues = tmp_path / "issues.csv"
        run("audit", mixed.path, "--label", "kind", *QUICK, "-o", issues)
        done = run("clean", mixed.path, "--label", "kind", *QUICK, "-o", output)
        assert done.code == 0
        dropped = set(pd.read_csv(issues)["row"])
        assert f"Left out {len(dropped)} of 240 rows" in done.out
        kept = [record for i, record in enumerate(raw_records(mixed.path)) if i not in dropped]
        assert raw_records(output) == kept
        assert mixed.finds_errors(dropped)
        assert not dropped & set(mixed.unlabelled)
        assert mixed.path.read_bytes() == before

    def test_relabelling(self, run, mixed, tmp_path):
        output, before = tmp_path / "cleaned.csv.gz", mixed.path.read_bytes()
        args = ["--label", "kind", *QUICK, "-o", output, "--action", "relabel"]
        assert run("clean", mixed.path, *args).code == 0
        cleaned = gzip.decompress(output.read_bytes())
        old, new = (
            list(csv.reader(io.StringIO(raw.decode(), newline=""))) for raw in (before, cleaned)
        )
        assert [row[:-1] for row in old] == [row[:-1] for row in new]
        changed = {i for i in range(240) if old[i + 1][-1] != new[i + 1][-1]}
        assert mixed.finds_errors(changed)
        assert not changed & set(mixed.unlabelled)
        lines = dict(zip(before.splitlines(), cleaned.splitlines(), strict=True))
        assert sum(old != new for old, new in lines.items()) == len(changed)
        assert mixed.path.read_bytes() == before

    @pytest.mark.parametrize("categorical", [False, True])
    @pytest.mark.parametrize("action", ["drop", "relabel"])
    def test_parquet_keeps_types_and_metadata(self, run, mixed, tmp_path, action, categorical):
        frame = mixed.frame.assign(when=pd.Timestamp("2020-01-01", tz="UTC"))
        if categorical:
            frame["kind"] = pd.Categorical(
                frame["kind"], [*"zyx", *sorted(set(frame["kind"].dropna()))]
            )
        arrow = pa.Table.from_pandas(frame)
        arrow = arrow.replace_schema_metadata({**arrow.schema.metadata, b"origin": b"cellar"})
        path, output = tmp_path / "wine.parquet", tmp_path / "cleaned.parquet"
        parquet.write_table(arrow, path, row_group_size=50)
        before, arrow = path.read_bytes(), parquet.read_table(path)
        args = ["--label", "kind", *QUICK, "-o", output, "--action", action]
        assert run("clean", path, *args).code == 0
        cleaned = parquet.read_table(output)
        assert cleaned.schema.equals(arrow.schema, check_metadata=True)
        if action == "relabel":
            assert cleaned.drop_columns("kind").equals(arrow.drop_columns("kind"))
            pairs = zip(arrow["kind"].to_pylist(), cleaned["kind"].to_pylist(), strict=True)
            assert mixed.finds_errors(i for i, (old, new) in enumerate(pairs) if old != new)
        else:
            kept = cleaned["name"].to_pylist()
            rows = [i for i in range(240) if f"wine {i}" in set(kept)]
            assert cleaned.equals(arrow.take(rows))
            assert mixed.finds_errors(set(range(240)) - set(rows))
        assert path.read_bytes() == before

    def test_number_labels_stay_numbers(self, run, tmp_path):
        rng = np.random.default_rng(0)
        y = np.arange(80) % 2 * 5 - 1
        frame = pd.DataFrame({"x": y + rng.normal(scale=0.1, size=80), "y": y.astype("int8")})
        frame.loc[4, "y"] = 4
        path, output = tmp_path / "t.parquet", tmp_path / "c.parquet"
        frame.to_parquet(path)
        args = ["--label", "y", *QUICK, "-o", output, "--action", "relabel"]
        assert run("clean", path, *args).code == 0
        frame.loc[4, "y"] = -1
        pd.testing.assert_frame_equal(pd.read_parquet(output), frame)

    def test_class_is_never_removed_whole(self, run, tmp_path):
        path, output = tmp_path / "t.csv", tmp_path / "c.csv"
        rows = [f"{i % 50 + 100 * (i % 2)},{'ab'[i % 2]}" for i in range(200)]
        rows[10] = rows[10].replace("a", "c")
        rows[60] = rows[60].replace("a", "c")
        path.write_text("x,y\n" + "\n".join(rows) + "\n")
        for action in ["drop", "relabel"]:
            args = ["--label", "y", "--budget", 200, "-o", output, "--action", action]
            assert run("clean", path, *args, *QUICK).code == 0
            assert {row[1] for row in raw_records(output)} == {"a", "b", "c"}

    def test_text_and_parquet_do_not_mix(self, run, mixed, tmp_path):
        done = run("clean", mixed.path, "--label", "kind", "-o", tmp_path / "cleaned.parquet")
        assert done.code == 2
        assert "csv table" in done.err


class TestDemo:
    def test_noise_aware_training_beats_plain(self, run):
        done = run("demo")
        assert done.code == 0
        for text in ["pair noise", "precision", "recall", "plain", "noise-aware"]:
            assert text in done.out
        assert run("demo").out == done.out

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_gain_holds_for_other_seeds(self, seed):
        from skclean._demo import run_demo

        result = run_demo(seed)
        assert result.noise_aware_accuracy > result.plain_accuracy + 0.02
        assert min(result.precision, result.recall) > 0.7


class TestText:
    def test_nothing_in_the_table_is_interpreted(self, run, tmp_path, monkeypatch):
        classes = ["[red]evil[/red]", "\x1b[31mansi\x1b[0m", "right\u202eleft", "日本語" * 20]
        rng = np.random.default_rng(0)
        codes = np.arange(160) % 4
        frame = pd.DataFrame({"x": codes + rng.normal(scale=0.2, size=160)})
        frame["\x1b]0;id\x07"] = [f"bell\x07{i}" for i in range(160)]
        frame["y"] = np.array(classes, dtype=object)[np.where(np.arange(160) < 8, 3 - codes, codes)]
        path = tmp_path / "\x1b[2Jevil.csv"
        frame.to_csv(path, index=False)
        for width in [20, 45, 80, 200]:
            monkeypatch.setenv("COLUMNS", str(width))
            args = ["--id", "\x1b]0;id\x07", "--model", "logistic"]
            done = run("audit", path, "--label", "y", *args)
            assert done.code == 0
            printed = done.out + done.err
            assert not {char for char in printed if not char.isprintable()} - {"\n"}
        assert "[red]evil[/red]" in done.out
        assert "\\x1b[31mansi\\x1b[0m" in done.out

    def test_tables_fit_the_terminal(self, monkeypatch):
        from skclean._cli_summary import format_table

        rows = [[i, "a long name of a class " * 3, "y" * 60] for i in range(3)]
        for width in [30, 50, 120]:
            monkeypatch.setenv("COLUMNS", str(width))
            text = format_table(["row", "given", "suggested"], rows, left={1, 2})
            assert max(map(len, text.splitlines())) <= width
            assert len(text.splitlines()) == 4

    def test_many_classes_show_the_largest_noise(self, run, tmp_path, monkeypatch):
        monkeypatch.setenv("COLUMNS", "80")
        rng = np.random.default_rng(0)
        codes = np.repeat(np.arange(26), 20)
        given = np.where(rng.random(520) < 0.1, (codes + 1) % 26, codes)
        frame = pd.DataFrame(rng.normal(scale=0.1, size=(520, 2)), columns=["u", "v"])
        frame += np.column_stack([codes % 6, codes // 6])
        frame["y"] = [f"class {code}" for code in given]
        frame.to_csv(tmp_path / "t.csv", index=False)
        done = run("audit", tmp_path / "t.csv", "--label", "y", "--model", "knn")
        assert done.code == 0
        assert "Largest of the 26 x 26 noise matrix" in done.out
        assert "6 smaller classes" in done.out
        assert max(map(len, done.out.splitlines()[5:])) <= 80

    def test_any_encoding_of_the_terminal(self, run_fresh, tmp_path):
        rows = "".join(f"{i % 2 + i / 1e4},{'éß'[i % 2]}\n" for i in range(40))
        (tmp_path / "t.csv").write_text("x,y\n" + rows, encoding="utf-8")
        env = {**os.environ, "PYTHONIOENCODING": "ascii"}
        done = run_fresh("audit", "t.csv", "--label", "y", *QUICK, env=env)
        assert done.returncode == 0
        assert "\\xe9" in done.stdout
