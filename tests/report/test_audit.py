"""The audit says what the findings say, in numbers, words and JSON."""

import itertools
import json
import re
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_array, csc_matrix, csr_array, csr_matrix
from sklearn.datasets import load_iris, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from skclean import find_label_issues
from skclean.detectors import ConfidentLearning, NeighborAgreement
from skclean.report import Audit, audit
from skclean.report._duplicates import row_groups
from skclean.simulation import flip_labels, make_noise_matrix

SCHEMA = Path(__file__).parents[2] / "docs" / "audit_schema.md"
HOSTILE = ['<script>alert("1")</script>', "a,b;\n'c'", "שלום‮abc", "\U0001d49c & </td>", "=1+1"]


@pytest.fixture(scope="module")
def blobs():
    """X, y, y_true: three classes as text, a column of text with a bad site."""
    rng = np.random.RandomState(0)
    y_true = np.repeat(["bird", "cat", "dog"], 200)
    X = pd.DataFrame(rng.randn(600, 3), columns=["a", "b", "c"])
    X["a"] += 6 * (y_true == "cat")
    X["b"] += 6 * (y_true == "dog")
    X["site"] = np.where(np.arange(600) % 6 == 0, "north", "south")
    y = y_true.copy()
    bad = np.flatnonzero(X["site"] == "north")[::2]
    y[bad] = np.where(y_true[bad] == "cat", "dog", "cat")
    return X, y, y_true


@pytest.fixture(scope="module")
def report(blobs):
    X, y, _ = blobs
    issues = ConfidentLearning(LogisticRegression()).fit(X[["a", "b", "c"]], y).issues_
    return Audit(issues, X, title="Animals", label="kind", detector="ConfidentLearning")


def documented(section):
    """Fields that the page on the schema names below a heading, by list where it has lists."""
    text = SCHEMA.read_text(encoding="utf-8")
    part = text.split(f"## {section}\n")[1].split("\n## ")[0] if section else text.split("\n## ")[0]
    fields, current = {}, None
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.replace(r"\|", "").strip("|").split("|")]
        if not line.startswith("|") or cells[0] in ("field", "list") or set(cells[0]) == {"-"}:
            continue
        if section and section.startswith("Entries"):
            current = re.findall("`(.*?)`", cells[0])[0] if cells[0] else current
            fields.setdefault(current, []).extend(re.findall("`(.*?)`", cells[1]))
        else:
            fields.setdefault(None, []).extend(re.findall("`(.*?)`", cells[0]))
    return fields


def test_json_holds_what_the_schema_documents_and_nothing_else(report):
    found = json.loads(report.to_json())
    assert list(found) == documented("")[None]
    assert list(found["summary"]) == documented("`summary`")[None]
    entries = documented("Entries of the lists")
    assert set(entries) == {
        *["class_health", "confused_pairs", "slices", "duplicates", "unjudged", "rows"]
    }
    for name in ("class_health", "confused_pairs", "slices", "rows"):
        assert found[name]
        for entry in found[name]:
            assert list(entry) == entries[name]
    assert found == json.loads(json.dumps(report.to_dict()))


def test_summary_counts_what_the_findings_hold(report, blobs):
    _, y, y_true = blobs
    issues, summary = report.issues, report.summary
    assert summary["n_samples"] == 600
    assert summary["n_issues"] == issues.issue_mask.sum()
    assert summary["n_standing"] + summary["n_ambiguous"] == summary["n_issues"]
    assert summary["n_wrong"] == pytest.approx(600 * issues.noise.noise_rate)
    low, high = summary["n_wrong_interval"]
    assert low < summary["n_wrong"] < high
    assert low <= (y != y_true).sum() <= high
    assert report.words[0].startswith(f"About {summary['n_wrong']:.0f} of 600 labels are wrong")


def test_class_health_agrees_with_the_noise(report, blobs):
    _, y, _ = blobs
    for k, entry in enumerate(report.class_health):
        name = entry["class"]
        assert entry["n_given"] == (y == name).sum()
        assert entry["n_flagged"] == (y[report.issues.issue_mask] == name).sum()
        true = report.noise.inverse_noise_matrix[k]
        assert entry["error_rate"] == pytest.approx(1 - true[k])
        others = np.delete(true, k)
        assert (entry["leaks_to_share"] or 0) == pytest.approx(others.max(), abs=1e-12)
    cat = report.class_health[1]
    assert cat["error_rate"] > 0.05
    assert cat["leaks_to"] in ("bird", "dog")


def test_confused_pairs_are_counts_of_the_joint(report):
    joint = report.noise.joint * 600
    names = report.classes
    for pair in report.confused_pairs:
        expected = joint[names.index(pair["true"]), names.index(pair["given"])]
        assert pair["n_expected"] == pytest.approx(expected)
        assert pair["true"] != pair["given"]
    sizes = [pair["n_expected"] for pair in report.confused_pairs]
    assert sizes == sorted(sizes, reverse=True)


def test_the_bad_site_is_the_first_slice_and_clean_columns_are_none(report):
    first = report.slices[0]
    assert (first["column"], first["value"], first["n_samples"]) == ("site", "north", 100)
    assert first["n_issues"] == report.issues.issue_mask[::6].sum()
    assert first["ratio"] > 5
    assert first["p_value"] < 1e-10
    assert all(entry["column"] == "site" for entry in report.slices[:1])


def test_groups_are_a_column_of_slices(blobs):
    X, y, _ = blobs
    report = audit(X[["a", "b", "c"]], y, LogisticRegression(), groups=np.arange(600) % 6)
    assert (report.slices[0]["column"], report.slices[0]["value"]) == ("group", "0")


def test_equal_rows_with_other_labels_are_found_and_equal_labels_are_not():
    X = pd.DataFrame({"x": [1.0, 1.0, 2.0, 2.0, np.nan, np.nan], "t": [*"aabb", None, None]})
    y = ["p", "q", "p", "p", "q", "p"]
    issues = find_label_issues(y, np.full((6, 2), 0.5))
    found = Audit(issues, X).duplicates
    assert [entry["rows"] for entry in found] == [[0, 1], [4, 5]]
    assert found[0]["labels"] == ["p", "q"]
    assert found[0]["distance"] == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_rows_of_many_columns_are_no_near_rows_as_well(dtype):
    rng = np.random.RandomState(0)
    X = rng.randn(300, 64).astype(dtype)
    X = np.r_[X, X[:5]]
    y = np.r_[np.zeros(300, dtype=int), np.ones(5, dtype=int)]
    probs = np.tile([0.9, 0.1], (305, 1))
    issues = find_label_issues(y, probs, prune="predicted_neq_given")
    assert issues.issue_mask[-5:].all()
    found = Audit(issues, X).duplicates
    assert sorted(entry["rows"] for entry in found) == [[i, 300 + i] for i in range(5)]


@pytest.mark.parametrize("form", [csr_matrix, csc_matrix, csr_array, coo_array])
def test_equal_rows_of_sparse_data_are_found_without_a_flag(form):
    rng = np.random.RandomState(0)
    dense = rng.randint(1, 4, (100, 500)) * (rng.rand(100, 500) < 0.02)
    dense[10] = 0
    dense[20:23], dense[40] = dense[:3], 0
    y = np.arange(100) % 2
    y[20:23], y[40] = 1 - y[:3], 1 - y[10]
    issues = find_label_issues(y, np.where(y[:, None] == [0, 1], 0.9, 0.1))
    assert not issues.issue_mask.any()
    X = form(dense.astype(float))
    before = X.copy()
    found = Audit(issues, X).duplicates
    assert sorted(entry["rows"] for entry in found) == [[0, 20], [1, 21], [2, 22], [10, 40]]
    assert (before != X).nnz == 0


def test_sparse_rows_are_told_apart_by_their_values_and_not_by_how_they_are_stored():
    rng = np.random.RandomState(0)
    cells = rng.randint(0, 3, (4000, 6)).astype(float)
    shuffled = csr_array(cells)
    for start, stop in itertools.pairwise(shuffled.indptr):  # columns out of order, ...
        order = start + rng.permutation(stop - start)
        shuffled.data[start:stop] = shuffled.data[order]
        shuffled.indices[start:stop] = shuffled.indices[order]
    shuffled.has_sorted_indices = False
    halves = csr_array(  # ..., and in two parts each, with a zero that is stored
        (
            np.append(np.repeat(shuffled.data / 2, 2), 0),
            np.append(np.repeat(shuffled.indices, 2), 0),
            np.append(shuffled.indptr[:-1] * 2, shuffled.nnz * 2 + 1),
        ),
        shape=cells.shape,
    )
    expected = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
    for X in (csr_array(cells), shuffled, halves):
        groups = row_groups(X)
        pairs = np.unique(np.c_[expected, groups], axis=0)
        assert len(pairs) == len(np.unique(expected)) == len(np.unique(groups))


def test_sparse_numbers_are_told_apart_as_dense_ones_are():
    negative = np.copysign(np.nan, -1)
    for cells in (
        np.array([[1, np.nan], [1, negative], [1, 2], [-0.0, 2], [0.0, 2]]),
        np.array([[2**53, 1], [2**53 + 1, 1], [2**53, 1]]),
        np.array([[255, 1], [1, 1], [255, 1]], dtype=np.uint8),
        np.array([[True, False], [False, False], [True, False]]),
    ):
        dense, sparse = (
            np.unique(row_groups(X), return_inverse=True)[1] for X in (cells, csr_array(cells))
        )
        assert (np.equal.outer(dense, dense) == np.equal.outer(sparse, sparse)).all()


def test_near_rows_behind_an_equal_one_are_found():
    rng = np.random.RandomState(0)
    X = rng.randn(200, 64)
    X = np.r_[X, X[:1], X[:1] + 1e-2]
    y = np.r_[1, np.zeros(199, dtype=int), 1, 0]
    issues = find_label_issues(y, np.tile([0.9, 0.1], (202, 1)), prune="predicted_neq_given")
    found = [entry["rows"] for entry in Audit(issues, X).duplicates]
    assert sorted(map(sorted, found)) == [[0, 201], [200, 201]]


def test_probabilities_alone_are_read_by_slices():
    y = np.arange(2000) % 2

    class Rows:
        shape, dtype = (2000, 2), np.dtype(np.float64)
        largest = 0

        def __getitem__(self, rows):
            part = np.where(y[rows][:, np.newaxis] == [0, 1], 0.9, 0.1)
            Rows.largest = max(Rows.largest, len(part))
            return part

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skclean._core._blocks.BLOCK_BYTES", 1 << 12)
        assert audit(None, y, pred_probs=Rows()).issues.n_issues == 0
    assert 0 < Rows.largest < 1000


def test_near_rows_with_other_labels_are_found():
    rng = np.random.RandomState(0)
    X = rng.randn(200, 2)
    X[:100] += 8
    X[100] = X[0] + 1e-4
    y = np.repeat(["p", "q"], 100)
    pred_probs = np.where((X[:, 0] > 4)[:, None], [0.95, 0.05], [0.05, 0.95])
    found = Audit(find_label_issues(y, pred_probs), X).duplicates
    assert [sorted(entry["rows"]) for entry in found] == [[0, 100]]
    assert 0 < found[0]["distance"] < 0.1


def test_flagged_rows_come_worst_first_with_their_probabilities(report):
    frame = report.to_frame()
    issues = report.issues
    order = issues.ranked_indices()[: issues.n_issues]
    assert frame["row"].tolist() == order.tolist()
    assert frame["label_quality"].is_monotonic_increasing
    i = order[0]
    k = report.classes.index(issues.given_label[i])
    assert frame["given_proba"][0] == issues.pred_probs[i, k]
    assert frame["suggested_label"][0] == issues.suggested_label[i]


def test_labels_of_any_type_keep_it_in_the_frame_and_are_text_in_json(blobs):
    X, y, _ = blobs
    numbers = np.unique(y, return_inverse=True)[1] * 5 - 3
    report = audit(X[["a", "b", "c"]], numbers, LogisticRegression())
    assert report.to_frame()["given_label"].dtype == numbers.dtype
    assert report.to_dict()["classes"] == ["-3", "2", "7"]
    assert {row["given_label"] for row in report.to_dict()["rows"]} <= {"-3", "2", "7"}


def test_probabilities_alone_are_enough(blobs):
    _, y, y_true = blobs
    pred_probs = 0.85 * (y_true[:, None] == np.unique(y)) + 0.05
    report = audit(None, y, pred_probs=pred_probs)
    assert report.summary["n_features"] is None
    assert report.slices == report.duplicates == []
    assert set(report.to_frame()["row"]) <= set(np.flatnonzero(y != y_true))


def test_a_detector_that_estimates_no_noise_leaves_it_open(blobs):
    X, y, _ = blobs
    report = audit(X[["a", "b", "c"]], y, detector=NeighborAgreement())
    assert report.summary["n_wrong"] is None
    assert report.to_dict()["noise_matrix"] is None
    assert report.confused_pairs == []
    assert report.words[0].startswith("NeighborAgreement does not estimate")
    assert all(entry["error_rate"] is None for entry in report.class_health)


def test_what_could_not_be_judged_is_listed():
    y = np.array(["a"] * 10 + ["b"] * 10 + ["lone"])
    X = np.r_[np.zeros(10), np.ones(10), 5.0][:, None]
    with pytest.warns(UserWarning, match="judged"):
        issues = (
            ConfidentLearning(LogisticRegression(), cv=KFold(3, shuffle=True, random_state=0))
            .fit(X, y)
            .issues_
        )
    report = Audit(issues, X, rows=np.arange(21) + 2, set_aside={"no label": [0, 1]})
    assert [(entry["n"], entry["rows"]) for entry in report.unjudged] == [(1, [22]), (2, [0, 1])]
    assert report.summary["n_unjudged"] == 1
    assert "20 labels" in report.words[0]


def test_index_of_pandas_names_the_rows_unless_it_only_counts(blobs):
    X, y, _ = blobs
    X = X[["a", "b", "c"]]
    assert audit(X, y, LogisticRegression()).ids is None
    named = X.set_index(np.array([f"row {i}" for i in range(600)]))
    report = audit(named, y, LogisticRegression())
    assert report.ids[7] == "row 7"
    row = report.to_dict()["rows"][0]
    assert row["id"] == f"row {row['row']}"
    assert audit(named, y, LogisticRegression(), ids=["x"] * 600).ids[0] == "x"


def test_fingerprint_changes_with_labels_ids_and_rows(blobs):
    _, y, y_true = blobs
    pred_probs = 0.85 * (y_true[:, None] == np.unique(y)) + 0.05
    issues, other = (find_label_issues(labels, pred_probs) for labels in (y, y_true))
    prints = {
        Audit(issues).fingerprint,
        Audit(other).fingerprint,
        Audit(issues, ids=np.arange(600)).fingerprint,
        Audit(issues, rows=np.arange(600) + 1).fingerprint,
        Audit(issues, label="kind").fingerprint,
    }
    assert len(prints) == 5
    assert Audit(issues).fingerprint in prints


def test_index_of_the_data_names_the_rows_where_that_of_the_labels_only_counts(blobs):
    X, y, _ = blobs
    named = X[["a", "b", "c"]].set_index(np.array([f"row {i}" for i in range(600)]))
    assert audit(named, pd.Series(y), LogisticRegression()).ids[7] == "row 7"


def test_pictures_that_do_not_fit_are_refused(report, blobs):
    X = blobs[0]
    assert Audit(report.issues, X, images="site").images == "site"
    assert Audit(report.issues, X, images=np.zeros((600, 2, 2, 3))).images.shape[0] == 600
    for images, says in {
        "photo": "Got 'photo'; the columns are",
        (600, 4): r"Got shape \(600, 4\)",
        (600, 2, 2, 5): r"Got shape \(600, 2, 2, 5\)",
        (599, 2, 2): "each of 600 samples. Got 599",
    }.items():
        with pytest.raises(ValueError, match=says):
            Audit(report.issues, X, images=images if images == "photo" else np.zeros(images))


def test_groups_are_compared_where_the_detector_makes_no_folds(blobs):
    X, y, _ = blobs
    report = audit(X[["a", "b", "c"]], y, detector=NeighborAgreement(), groups=X["site"])
    assert (report.slices[0]["column"], report.slices[0]["value"]) == ("group", "north")


def reviewed(blobs, report):
    """Labels and mask after a review of the worst 30 flags."""
    _, y, y_true = blobs
    trusted = np.isin(np.arange(600), report.flagged[:30])
    return np.where(trusted, y_true, y), trusted


def test_after_a_review_the_words_tell_labels_before_from_labels_now(blobs, report):
    X, y, y_true = blobs
    y_now, trusted = reviewed(blobs, report)
    n_changed = (y_now != y).sum()
    X = X[["a", "b", "c"]]
    after = audit(X, y_now, LogisticRegression(), trusted=trusted, y_before=y)
    summary = after.summary
    assert summary["n_changed"] == n_changed > 20
    n_wrong, n_left = round(summary["n_wrong"]), round(summary["n_wrong"]) - n_changed
    assert after.words[0].startswith(f"About {n_wrong} of 600 labels were wrong before the review")
    assert after.words[1] == (
        f"The review changed {n_changed} of them, so that about {n_left} are still wrong."
    )
    low, high = summary["n_wrong_interval"]
    assert low <= (y != y_true).sum() <= high
    assert [entry["n_given"] for entry in after.class_health] == np.unique(y, return_counts=True)[
        1
    ].tolist()
    assert after.fingerprint == Audit(after.issues, X).fingerprint


def test_without_the_labels_before_a_review_the_words_are_of_labels_now(blobs, report):
    X = blobs[0]
    y_now, trusted = reviewed(blobs, report)
    after = audit(X[["a", "b", "c"]], y_now, LogisticRegression(), trusted=trusted)
    assert after.summary["n_changed"] is None
    assert "before the review" not in " ".join(after.words)
    assert "30 labels were reviewed, and trusted as they are now." in after.words
    assert after.summary["n_wrong"] < report.summary["n_wrong"]


def test_columns_of_too_many_values_are_named(report, blobs):
    X = blobs[0].assign(note=[f"note {i}" for i in range(600)], same=1)
    words = Audit(report.issues, X).words
    assert words[-1] == "Flags were not compared by the values of note: more than 200 differ."
    assert not any("compared" in sentence for sentence in report.words)


def test_one_long_text_does_not_lengthen_all_others():
    texts = ["short"] * 499 + ["long " * 20_000]
    y = np.arange(500) % 2
    issues = find_label_issues(y, np.where(y[:, None] == [0, 1], 0.9, 0.1))
    for X in (texts, pd.DataFrame({"text": texts}), pd.Series(texts)):
        tracemalloc.start()
        found = Audit(issues, X).duplicates
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert [entry["distance"] for entry in found] == [0]
        assert peak < 20e6  # padded, they take 200 MB


def test_columns_of_any_values_are_taken_as_they_come():
    y = np.repeat([0, 1], 100)
    issues = find_label_issues(y, np.where((y == 0)[:, None], [0.9, 0.1], [0.1, 0.9]))
    X = pd.DataFrame(
        {
            "day": pd.date_range("2020-01-01", periods=200),
            "gaps": pd.array([1, None] * 100, dtype="Int64"),
            "kind": pd.Categorical(["a", "b"] * 100),
            "objects": [None, 1, "x", [1]] * 50,
            "infinite": np.where(y == 0, np.inf, 1.0),
        }
    )
    report = Audit(issues, X)
    assert report.slices == report.duplicates == []
    assert report.words[-1].startswith("No label is flagged")
    double = pd.concat([X["objects"], X["objects"]], axis=1)
    assert [len(entry["rows"]) for entry in Audit(issues, double).duplicates] == [20] * 4


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        assert not {name for name, _ in attrs} - {"style"}


def test_hostile_text_is_shown_and_not_obeyed():
    y = np.repeat(HOSTILE, 20)
    pred_probs = np.eye(5)[np.repeat(np.arange(5), 20)] * 0.9 + 0.02
    pred_probs[::20] = np.roll(pred_probs[::20], 1, axis=1)
    X = pd.DataFrame({HOSTILE[0]: y})
    report = Audit(find_label_issues(np.sort(y), pred_probs), X, ids=y, title=HOSTILE[0])
    html = report._repr_html_()
    assert Tags(html).names <= {
        "div",
        "p",
        "strong",
        "br",
        "table",
        "caption",
        "thead",
        "tbody",
    } | {*["tr", "th", "td"]}
    assert "\n'c'" not in str(report)
    assert json.loads(report.to_json())["classes"] == sorted(HOSTILE)


def test_text_fits_the_terminal(report, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = str(report).splitlines()
    assert len(lines) <= 42
    assert max(map(len, lines)) <= 80
    assert repr(report) == str(report)


def test_no_flags_and_constant_columns_are_no_trouble():
    y = np.repeat([0, 1], 50)
    pred_probs = np.where((y == 0)[:, None], [0.9, 0.1], [0.1, 0.9])
    X = np.ones((100, 3))
    report = Audit(find_label_issues(y, pred_probs), X)
    assert report.to_frame().empty
    assert "No label is flagged." in str(report)
    assert report.summary["expected_precision"] is None
    assert report.slices == []
    assert [len(entry["rows"]) for entry in report.duplicates] == [20]


@pytest.mark.parametrize("form", [csr_array, np.asarray, lambda X: X.tolist()])
def test_data_of_any_form(blobs, form):
    X, y, _ = blobs
    numbers = form(X[["a", "b", "c"]].to_numpy())
    report = audit(numbers, y, LogisticRegression(), cv=2)
    assert json.loads(report.to_json())["summary"]["n_issues"] == report.issues.n_issues > 0


def test_many_classes_and_many_flags_are_told_in_seconds():
    rng = np.random.RandomState(0)
    codes = rng.randint(1000, size=20_000)
    y, _ = flip_labels(codes, make_noise_matrix("pair", 1000, 0.3), random_state=0)
    pred_probs = np.full((20_000, 1000), 0.1 / 999, dtype=np.float32)
    pred_probs[np.arange(20_000), codes] = 0.9
    report = Audit(find_label_issues(y, pred_probs))
    found = report.to_dict()
    assert len(found["class_health"]) == 1000
    assert len(found["rows"]) == report.issues.n_issues > 5000


def test_the_interval_covers_the_number_that_other_samples_give():
    y_true = np.arange(2000) % 4
    matrix = make_noise_matrix("uniform", 4, 0.2)
    pred_probs = np.eye(4)[y_true] @ matrix
    inside = []
    for seed in range(20):
        y, _ = flip_labels(y_true, matrix, random_state=seed)
        low, high = Audit(find_label_issues(y, pred_probs)).summary["n_wrong_interval"]
        inside.append(low <= 400 <= high)
    assert np.mean(inside) >= 0.8


def test_words_give_the_bounds_that_overlap_allows_and_not_the_interval():
    X, y_true = make_classification(
        1000, 10, n_informative=5, n_classes=3, class_sep=1.0, random_state=0
    )
    y, wrong = flip_labels(y_true, make_noise_matrix("pair", 3, 0.12), random_state=0)
    report = audit(X, y, LogisticRegression())
    low, high = report.summary["n_wrong_interval"]
    assert not low <= wrong.sum() <= high
    low, high = report.summary["noise_rate_bounds"]
    assert low <= wrong.mean() <= high
    assert f"; the data allow {1000 * low:.0f} to {1000 * high:.0f}, as classes" in report.words[0]
    clean = audit(*load_iris(return_X_y=True), LogisticRegression(max_iter=1000))
    assert "About 0 of 150 labels are wrong; the data allow 0 to" in clean.words[0]


def test_bad_input_is_named(blobs):
    X, y, _ = blobs
    with pytest.raises(ValueError, match="X=None and pred_probs=None"):
        audit(None, y)
    with pytest.raises(ValueError, match="Got a detector, NeighborAgreement, and cv beside it"):
        audit(X, y, detector=NeighborAgreement(), cv=3)
    with pytest.raises(ValueError, match="estimator is for a detector without"):
        audit(X[["a"]], y, LogisticRegression(), detector=NeighborAgreement())
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        audit(X[["a"]], y, LogisticRegression(), ids=["a"])
    with pytest.raises(ValueError, match="by ConfidentLearning"):
        audit(None, y, detector=NeighborAgreement(), pred_probs=np.full((600, 3), 1 / 3))


def test_json_is_written_whole_or_not_at_all(report, tmp_path):
    path = tmp_path / "audit.json"
    assert report.to_json(path) is None
    assert json.loads(path.read_text()) == json.loads(report.to_json())
    with pytest.raises(OSError):
        report.to_json(tmp_path / "no folder" / "audit.json")
    assert [file.name for file in tmp_path.iterdir()] == ["audit.json"]


def test_cells_of_any_kind_are_no_trouble():
    cells = [[1, 2], np.arange(2000), None, "None", {"a": 1}, np.arange(2000) + 1] * 10
    y = np.arange(60) % 2
    pred_probs = np.where((y == 0)[:, None], [0.9, 0.1], [0.1, 0.9])
    X = pd.DataFrame({"cell": pd.Series(cells, dtype=object)})
    for data in (X, [[0], [1, 1], [2, 2, 2]] * 20):
        report = Audit(find_label_issues(y, pred_probs), data)
        json.loads(report.to_json())
        assert str(report)
        assert report.duplicates == []  # every value has one label, None and "None" two values


def test_a_label_that_differs_is_listed_in_a_large_group():
    y = ["a"] * 29 + ["b"]
    report = Audit(find_label_issues(y, np.full((30, 2), 0.5)), np.ones((30, 1)))
    assert report.duplicates[0]["rows"][-1] == 29
    assert set(report.duplicates[0]["labels"]) == {"a", "b"}
    assert len(report.duplicates[0]["rows"]) == 20


def test_slices_of_close_numbers_have_names_of_their_own():
    from skclean.report._columns import level_codes

    for values in (1.7e9 + np.arange(1000), np.array([1234567.0, 1234568.0] * 10)):
        names = level_codes(values)[1]
        assert len(set(names)) == len(names) > 1
