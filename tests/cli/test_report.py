"""``skclean audit`` with a page, as JSON, quietly, and after a review."""

import csv
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

AUDIT = ["--label", "kind", "--id", "name", "--model", "knn"]


def decisions_of(report, frame, path, n):
    """Decide on the worst rows by what is true, as the page would save it."""
    truth = {True: "accept", False: "keep"}
    rows = []
    for row in report["rows"][:n]:
        accept = truth[row["suggested_label"] == frame["true"][row["row"]]]
        new = row["suggested_label"] if accept == "accept" else row["given_label"]
        rows.append([row["row"], row["id"], "kind", row["given_label"], accept, new])
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        header = ["row", "id", "column", "given_label", "decision", "new_label"]
        csv.writer(file).writerows([header, *rows])
    return path


def test_json_is_all_that_is_printed_and_rows_count_those_without_a_label(run, mixed):
    done = run("audit", mixed.path, *AUDIT, "--json")
    assert done.code == 0
    report = json.loads(done.out)
    assert report["label"] == "kind"
    assert report["title"] == "wine.csv"
    assert mixed.finds_errors(row["row"] for row in report["rows"])
    for row in report["rows"]:
        assert row["given_label"] == mixed.frame["kind"][row["row"]]
        assert row["id"] == f"wine {row['row']}"
    (aside,) = report["unjudged"]
    assert aside["rows"] == mixed.unlabelled


def test_quiet_writes_the_files_and_prints_nothing(run, mixed, tmp_path):
    page, table = tmp_path / "report.html", tmp_path / "issues.csv"
    done = run("audit", mixed.path, *AUDIT, "--html", page, "-o", table, "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert "wine.csv" in page.read_text(encoding="utf-8")
    assert len(pd.read_csv(table))


def test_the_page_shows_texts_that_no_model_can_use_and_pictures(run, tmp_path):
    from PIL import Image

    rng = np.random.default_rng(0)
    kinds = np.array(["day", "night"])[np.arange(60) % 2]
    given = np.where(np.arange(60) < 4, kinds[::-1], kinds)
    for i in range(60):
        Image.new("L", (4, 4), 255 * (i % 2)).save(tmp_path / f"{i}.png")
    pd.DataFrame(
        {
            "text": [f"what was said on occasion {i}" for i in range(60)],
            "photo": [str(tmp_path / f"{i}.png") for i in range(60)],
            "light": rng.normal(size=60) + 5 * (kinds == "day"),
            "kind": given,
        }
    ).to_csv(tmp_path / "t.csv", index=False)
    page = tmp_path / "report.html"
    options = ["--label", "kind", "--model", "knn", "--html", page, "--images", "photo"]
    assert run("audit", tmp_path / "t.csv", *options).code == 0
    text = page.read_text(encoding="utf-8")
    assert "what was said on occasion 0" in text
    assert "data:image/png" in text


def test_the_summary_says_how_to_go_on(run, mixed, tmp_path):
    page = tmp_path / "report.html"
    done = run("audit", mixed.path, *AUDIT, "--html", page)
    assert "skclean apply" in done.out
    assert str(page) in done.out


def test_a_review_is_trusted_in_the_next_audit(run, mixed, tmp_path):
    mixed.frame["true"] = np.array(["barolo", "grignolino, red", 'the "barbera"'])[
        np.arange(len(mixed.frame)) % 3
    ]
    before = json.loads(run("audit", mixed.path, *AUDIT, "--json").out)
    review = decisions_of(before, mixed.frame, tmp_path / "decisions.csv", 20)
    after = json.loads(run("audit", mixed.path, *AUDIT, "--review", review, "--json").out)
    summary = run("audit", mixed.path, *AUDIT, "--review", review).out
    assert "20 labels were reviewed and are trusted as they are now; of their flags" in summary
    assert "noise rate before the review" in summary
    assert 10 < after["summary"]["n_changed"] <= 20
    assert "were wrong before the review" in after["words"][0]
    assert after["words"][1].startswith("The review changed")
    reviewed = {row["row"] for row in before["rows"][:20]}
    assert after["summary"]["n_trusted"] == 20
    assert after["summary"]["measured_precision"] > 0.5
    assert not reviewed & {row["row"] for row in after["rows"]}
    assert any("reviewed" in sentence for sentence in after["words"])


@pytest.mark.parametrize("action", ["drop", "relabel"])
def test_cleaning_leaves_what_was_reviewed(run, mixed, tmp_path, action):
    mixed.frame["true"] = np.array(["barolo", "grignolino, red", 'the "barbera"'])[
        np.arange(len(mixed.frame)) % 3
    ]
    before = json.loads(run("audit", mixed.path, *AUDIT, "--json").out)
    review = decisions_of(before, mixed.frame, tmp_path / "decisions.csv", 20)
    reviewed, cleaned = tmp_path / "reviewed.csv", tmp_path / "cleaned.csv"
    assert run("apply", mixed.path, "--review", review, "-o", reviewed).code == 0
    args = ["clean", mixed.path, *AUDIT, "--review", review, "-o", cleaned, "--action", action]
    done = run(*args)
    assert done.code == 0
    settled = pd.read_csv(review).row
    wanted = pd.read_csv(reviewed)
    n_changed = (wanted.kind.fillna("") != mixed.frame.kind.fillna("")).sum()
    assert n_changed > 10
    assert f"Changed {n_changed} labels as reviewed" in done.out
    found = pd.read_csv(cleaned)
    if action == "drop":
        assert len(found) < len(wanted)
        assert f"Left out {len(wanted) - len(found)} of 240 rows" in done.out
        assert set(wanted.serial[settled]) <= set(found.serial)
        wanted = wanted.set_index("serial").loc[found.serial].reset_index()[found.columns]
        assert found.equals(wanted)
    else:
        assert (found.kind[settled] == wanted.kind[settled]).all()
        n_relabelled = (found.kind.fillna("") != wanted.kind.fillna("")).sum()
        assert f"Relabelled {n_relabelled} of 240 rows" in done.out
        assert found.drop(columns="kind").equals(wanted.drop(columns="kind"))


def test_the_summary_says_how_to_apply_a_second_review(run, mixed, tmp_path):
    before = json.loads(run("audit", mixed.path, *AUDIT, "--json").out)
    mixed.frame["true"] = mixed.frame.kind
    review = decisions_of(before, mixed.frame, tmp_path / "first round.csv", 5)
    args = ["audit", mixed.path, *AUDIT, "--review", review, "--html", tmp_path / "a.html"]
    assert f"--review '{review}' --review decisions-2.csv -o reviewed.csv" in run(*args).out
    second = review.rename(review.with_name("decisions-2.csv"))
    args[args.index(review)] = second
    assert "--review decisions-3.csv -o reviewed.csv" in run(*args).out


def refused(done, code=1):
    assert done.code == code
    (line,) = done.err.splitlines()
    return line


def test_what_cannot_be_written_or_shown_is_said_before_the_work(run, mixed, tmp_path):
    missing = tmp_path / "no folder" / "report.html"
    line = refused(run("audit", mixed.path, *AUDIT, "--html", missing))
    assert "cannot write" in line
    line = refused(run("audit", mixed.path, *AUDIT, "--html", mixed.path))
    assert "is the input" in line
    line = refused(run("audit", mixed.path, *AUDIT, "--images", "color"), 2)
    assert "--html" in line
    page = tmp_path / "report.html"
    line = refused(run("audit", mixed.path, *AUDIT, "--html", page, "--images", "photo"))
    assert "'photo'" in line
    assert not page.exists()


def test_a_table_is_no_review(run, mixed):
    line = refused(run("audit", mixed.path, *AUDIT, "--review", mixed.path))
    assert "they have 'alcohol', 'bottled'" in line


def test_a_review_that_does_not_fit_is_refused(run, mixed, tmp_path):
    review = tmp_path / "decisions.csv"
    review.write_text("row,given_label,decision,new_label\n0,nobody,keep,nobody\n")
    line = refused(run("audit", mixed.path, *AUDIT, "--review", review))
    assert "nobody" in line


@pytest.mark.parametrize(("quiet", "seen"), [([], True), (["--quiet"], False)])
def test_a_terminal_sees_what_goes_on_unless_told_to_be_quiet(mixed, tmp_path, quiet, seen):
    terminal, stderr = os.openpty()
    command = [sys.executable, "-m", "skclean", "audit", mixed.path, *AUDIT, *quiet]
    done = subprocess.run(
        [*map(str, command), "--html", str(tmp_path / "report.html")],
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        env={**os.environ, "TERM": "xterm"},
        timeout=300,
        check=True,
    )
    os.close(stderr)
    written = b""
    try:
        while part := os.read(terminal, 1 << 16):
            written += part
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    assert done.returncode == 0
    assert (b"writing the page" in written) == (b"reading the table" in written) == seen
