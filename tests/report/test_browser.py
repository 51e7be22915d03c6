"""The page in a real browser: Chromium, driven by playwright."""

import csv
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skclean.detectors import ConfidentLearning
from skclean.report import Audit
from skclean.report._html import page_of
from skclean.simulation import flip_labels, make_noise_matrix
from tests.report.standin import make_audit

REQUIRED = bool(os.environ.get("SKCLEAN_BROWSER"))
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>\"'&",
    "\u05e9\u05dc\u05d5\u05dd \U0001f600",
)


@pytest.fixture(scope="module")
def chromium():
    if not REQUIRED:
        pytest.importorskip("playwright")
        if CHROMIUM is None:
            pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def digits():
    """Audit of real data with every part of the page: figures, images, slices, duplicates."""
    X, y_true = load_digits(return_X_y=True, as_frame=True)
    X, y_true = X[:600], np.array([f"digit {k}" for k in y_true[:600]])
    y, _ = flip_labels(y_true, make_noise_matrix("pair", 10, 0.2), random_state=0)
    X["writer"] = np.where(y == y_true, "A", "B")
    X.iloc[1], y[:2] = X.iloc[0], ["digit 1", "digit 2"]
    images = X.to_numpy()[:, :64].reshape(-1, 8, 8).astype(float)
    classifier = LogisticRegression(max_iter=1000)
    detector = ConfidentLearning(classifier).fit(images.reshape(-1, 64) / 16, y)
    return Audit(detector.issues_, X, images=images, title="Digits", label="digit")


@contextmanager
def opened(chromium, path, **options):
    """Page opened from disk; at the end nothing was asked of a network or complained of."""
    context = chromium.new_context(**options)
    page = context.new_page()
    asked, complaints = [], []
    context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    yield page
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert complaints == []
    assert page.evaluate("window.pwned") is None
    context.close()


def written(folder, audit):
    path = Path(folder) / "report.html"
    path.write_text(page_of(audit), encoding="utf-8")
    return path


def press(page, keys):
    for key in keys:
        page.keyboard.press(key)


def downloaded(page, button, folder):
    """Path of the file that a button downloads."""
    with page.expect_download() as download:
        page.click(button)
    path = Path(folder) / download.value.suggested_filename
    download.value.save_as(path)
    return path


def review(page, keys, folder):
    """Review rows by keyboard alone, from the worst on, and download the decisions."""
    press(page, ["r", *keys])
    return downloaded(page, "#save-csv", folder)


def expected_line(row, decision, label):
    new = {"accept": row["suggested_label"], "keep": row["given_label"], "unsure": ""}[decision]
    named = "name, of the row"
    return [str(row["row"]), row["id"] or "", label, row["given_label"], decision, new, named]


def test_twenty_rows_are_reviewed_by_keyboard_reloaded_undone_and_downloaded(chromium, tmp_path):
    audit = make_audit(ids=[f'id "{i % 3}", x' for i in range(40)], label="kind")
    words = ["accept", "keep", "unsure", "accept", "keep"] * 4
    with opened(chromium, written(tmp_path, audit)) as page:
        press(page, ["r", *[word[0] for word in words]])
        page.reload()
        assert page.inner_text("#progress-text").startswith("20 of 40 decided: 8 accepted, 8 kept")
        press(page, ["r", "z"])
        assert page.inner_text("#progress-text").startswith("19 of 40")
        text = downloaded(page, "#save-csv", tmp_path).read_bytes()
        decisions = json.loads(downloaded(page, "#save-json", tmp_path).read_text("utf-8"))
    assert text.startswith(
        b"\xef\xbb\xbfrow,id,column,given_label,decision,new_label,id_column\r\n"
    )
    lines = list(csv.reader(text.decode("utf-8-sig").splitlines()))
    rows = audit.to_dict()["rows"]
    expected = [expected_line(r, w, "kind") for r, w in zip(rows, words[:19], strict=False)]
    assert lines[1:] == expected
    assert decisions["schema"] == "skclean.decisions/1"
    assert [d["row"] for d in decisions["decisions"]] == [row["row"] for row in rows[:19]]


def run_skclean(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "skclean", *map(str, arguments)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_loop_from_a_table_to_the_browser_and_back(chromium, tmp_path):
    rng = np.random.RandomState(0)
    kinds = np.array(["pear, ripe", 'the "fig"'])[np.arange(300) % 2]
    given = np.where(np.isin(np.arange(300), rng.choice(300, 40, replace=False)), kinds[1], kinds)
    numbers = rng.randn(300) + 4 * (kinds == kinds[0])
    table = tmp_path / "fruit.csv"
    with open(table, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["name", "size", "kind"])
        out.writerows(zip([f"f{i}" for i in range(300)], numbers.round(3), given, strict=True))
    page = tmp_path / "report.html"
    run_skclean("audit", table, "--label", "kind", "--id", "name", "--model", "knn", "--html", page)
    with opened(chromium, page) as opened_page:
        press(opened_page, ["r", *"aakau" * 4])
        opened_page.reload()
        press(opened_page, ["r", "z"])
        review_file = downloaded(opened_page, "#save-csv", tmp_path)
    decisions = list(csv.DictReader(review_file.read_text("utf-8-sig").splitlines()))
    assert [row["decision"][0] for row in decisions] == list("aakau" * 4)[:19]
    expected = list(csv.reader(table.read_text("utf-8").splitlines()))
    for row in decisions:
        line = expected[int(row["row"]) + 1]
        assert (line[0], line[2]) == (row["id"], row["given_label"])
        assert row["id_column"] == "name"
        if row["decision"] == "accept":
            assert row["new_label"] != line[2]
            line[2] = row["new_label"]
    reviewed = tmp_path / "reviewed.csv"
    run_skclean("apply", table, "--review", review_file, "-o", reviewed)
    text = StringIO(newline="")
    csv.writer(text).writerows(expected)
    assert reviewed.read_bytes() == text.getvalue().encode()
    lines = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join([lines[0], *lines[:0:-1]]), encoding="utf-8")  # sorted since
    other = tmp_path / "other.csv"
    done = subprocess.run(
        [sys.executable, "-m", "skclean", "apply", table, "--review", review_file, "-o", other],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "ids differ in rows" in done.stderr
    assert not other.exists()


def test_another_label_is_picked_among_a_thousand(chromium, tmp_path):
    audit = make_audit(5, classes=tuple(f"class {k:03d}" for k in range(1000)))
    with opened(chromium, written(tmp_path, audit)) as page:
        press(page, ["r", "p", *"777", "Enter"])
        path = downloaded(page, "#save-csv", tmp_path)
    assert path.read_text("utf-8-sig").splitlines()[1].endswith(",pick,class 777,")


@pytest.mark.parametrize(
    ("typed", "picked"),
    [("male", "male"), ("MALE", "MALE"), ("mal", "male"), ("ema", "female"), ("Tomcat", "tomcat")],
)
def test_a_whole_name_is_picked_before_one_that_holds_it(chromium, tmp_path, typed, picked):
    audit = make_audit(5, classes=("female", "male", "MALE", "bobtomcat", "tomcat"))
    with opened(chromium, written(tmp_path, audit)) as page:
        press(page, ["r", "p", *typed])
        assert (
            page.eval_on_selector("#pick-class", "list => list.selectedOptions[0].text") == picked
        )
        press(page, ["Enter"])
        path = downloaded(page, "#save-csv", tmp_path)
    decision = next(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert decision["new_label"] == picked


def test_hostile_text_is_shown_and_does_not_run(chromium, tmp_path):
    import pandas as pd

    X = pd.DataFrame({HOSTILE[0]: [HOSTILE[1]] * 80, HOSTILE[2]: [HOSTILE[2]] * 80})
    audit = make_audit(
        classes=HOSTILE,
        X=X,
        ids=[HOSTILE[1]] * 40,
        title=HOSTILE[0],
        label=HOSTILE[1],
        reason=HOSTILE[0],
    )
    with opened(chromium, written(tmp_path, audit)) as page:
        press(page, ["r", "a", "p", "Enter"])
        shown = page.inner_text("#rows")
        assert all(text in shown for text in HOSTILE)
        assert page.inner_text("h1") == HOSTILE[0]


def test_a_page_without_flags_opens(chromium, tmp_path):
    with opened(chromium, written(tmp_path, make_audit(0))) as page:
        assert "nothing to review" in page.inner_text("#review")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation_of_wcag(chromium, digits, tmp_path, scheme, width):
    axe = os.environ.get("SKCLEAN_AXE")
    if not axe:
        assert not REQUIRED, "SKCLEAN_AXE must name axe.min.js"
        pytest.skip("SKCLEAN_AXE is not set")
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with opened(chromium, written(tmp_path, digits), **options) as page:
        page.evaluate(Path(axe).read_text(encoding="utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        for keys in (["r", "a", "k", "u"], ["p"], ["Escape", "?"]):
            press(page, keys)
            found = page.evaluate("(tags) => axe.run({runOnly: tags})", tags)
            assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


FILTER_TIME = """([id, value]) => {
  const times = [];
  for (let k = 0; k < 5; k++) {
    byId("filters").reset(); refilter();
    const start = performance.now();
    byId(id).value = value;
    byId("filters").dispatchEvent(new Event("input"));
    document.body.offsetHeight;
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}"""
PAGING_TIME = """() => {
  const times = [];
  for (let k = 0; k < 5; k++) {
    const start = performance.now();
    byId("next").click();
    document.body.offsetHeight;
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}"""


def test_a_hundred_thousand_rows_stay_small_and_quick(chromium, tmp_path):
    X = np.random.default_rng(0).normal(size=(200_000, 30))
    path = written(tmp_path, make_audit(100_000, X=X, ids=[f"sample {i}" for i in range(100_000)]))
    assert path.stat().st_size < 60e6
    with opened(chromium, path) as page:
        while not page.evaluate("haystacks.length === nRows"):  # searchable texts are made
            page.wait_for_timeout(50)
        filters = [
            ("f-text", "ple 99"),
            ("f-given", "1"),
            ("f-standing", "1"),
            ("f-decision", "open"),
        ]
        times = {id: page.evaluate(FILTER_TIME, [id, value]) for id, value in filters}
        times["paging"] = page.evaluate(PAGING_TIME)
    assert max(times.values()) < 200, times


def test_letters_decide_on_a_row_in_sight_and_go_to_one_that_is_not(chromium, tmp_path):
    with opened(chromium, written(tmp_path, make_audit())) as page:
        press(page, ["a"])  # the rows are below what is seen
        assert page.inner_text("#progress-text") == "0 of 40 decided"
        press(page, ["a"])
        assert page.inner_text("#progress-text").startswith("1 of 40 decided: 1 accepted")
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(500)  # until it has scrolled
        press(page, ["k"])
        assert page.inner_text("#progress-text").startswith("2 of 40 decided: 1 accepted, 1 kept")


def test_a_class_that_is_not_there_is_said_to_be_missing(chromium, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(page_of(make_audit(), decisions="decisions-2"), encoding="utf-8")
    with opened(chromium, path) as page:
        press(page, ["r", "p", *"zebra"])
        assert "No label has this name" in page.inner_text("#pick")
        press(page, ["Enter"])
        page.click("#pick-cancel")
        press(page, ["k"])
        assert downloaded(page, "#save-csv", tmp_path).name == "decisions-2.csv"
