"""The report on found issues against hand-made counts, scikit-learn and scipy."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from skclean import LabelIssues, find_label_issues
from skclean.metrics import issue_report
from skclean.metrics._issue_report import found_at, wilson_interval

WRONG = np.array([True, True, True, False, False, False, False, False])
FLAGGED = np.array([True, True, False, True, False, False, False, False])
QUALITY = np.array([0.1, 0.2, 0.8, 0.3, 0.9, 0.7, 0.6, 0.5])


def test_counts_and_scores_of_a_small_case():
    report = issue_report(WRONG, (FLAGGED, QUALITY))
    assert (report.n_samples, report.n_wrong, report.n_flagged, report.n_found) == (8, 3, 3, 2)
    assert report.precision == report.recall == report.f1 == pytest.approx(2 / 3)
    assert report.precision_at_k == pytest.approx(2 / 3)
    assert report.average_precision == pytest.approx((1 + 1 + 3 / 7) / 3)


@settings(max_examples=60, deadline=None)
@given(n_samples=st.integers(2, 60), levels=st.integers(1, 20), seed=st.integers(0, 99))
def test_scores_are_those_of_scikit_learn_and_do_not_depend_on_the_order(n_samples, levels, seed):
    rng = np.random.default_rng(seed)
    wrong, flagged = rng.random((2, n_samples)) < 0.4
    wrong[0] = flagged[0] = True
    quality = rng.integers(levels + 1, size=n_samples) / levels
    report = issue_report(wrong, (flagged, quality))
    assert report.precision == pytest.approx(precision_score(wrong, flagged))
    assert report.recall == pytest.approx(recall_score(wrong, flagged))
    assert report.f1 == pytest.approx(f1_score(wrong, flagged))
    assert report.average_precision == pytest.approx(average_precision_score(wrong, 1 - quality))
    order = rng.permutation(n_samples)
    shuffled = issue_report(wrong[order], (flagged[order], quality[order]))
    assert shuffled.precision_at_k == pytest.approx(report.precision_at_k)
    assert shuffled.to_dict()["f1"] == report.to_dict()["f1"]
    for name in ["precision", "recall", "f1", "precision_at_k"]:
        low, high = getattr(report, f"{name}_interval")
        assert 0 <= low <= getattr(report, name) + 1e-12
        assert getattr(report, name) - 1e-12 <= high <= 1


@pytest.mark.parametrize(("found", "n"), [(0, 1), (3, 3), (7, 40), (500, 1000)])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_intervals_are_those_of_wilson(found, n, level):
    expected = binomtest(found, n).proportion_ci(level, method="wilson")
    interval = wilson_interval(found, n, level)
    np.testing.assert_allclose(interval, (expected.low, expected.high), atol=1e-12)


def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    n_wrong, n_repeats = 150, 400
    covered = {"recall": 0, "f1": 0}
    wrong = np.arange(600) < n_wrong
    # found .7 of the wrong labels and flagged .1 of the 450 right ones
    f1_true = 2 * 0.7 * n_wrong / (n_wrong + 0.7 * n_wrong + 0.1 * 450)
    for _ in range(n_repeats):
        flagged = rng.random(600) < np.where(wrong, 0.7, 0.1)
        report = issue_report(wrong, (flagged, np.where(flagged, 0.0, 1.0)))
        for name, truth in [("recall", 0.7), ("f1", f1_true)]:
            low, high = getattr(report, f"{name}_interval")
            covered[name] += low <= truth <= high
    assert covered["recall"] / n_repeats == pytest.approx(0.95, abs=0.03)
    assert covered["f1"] / n_repeats > 0.92  # n_wrong is fixed here, so it covers more


def test_a_tie_at_the_edge_counts_by_its_share():
    wrong = np.array([True, True, False, False])
    assert found_at(2, wrong, np.array([0.1, 0.5, 0.5, 0.9])) == pytest.approx(1.5)
    assert found_at(2, wrong, np.full(4, 0.5)) == pytest.approx(1)


def test_what_has_no_meaning_is_nan():
    nothing = np.zeros(4, dtype=bool)
    quality = np.full(4, 0.5)
    report = issue_report(nothing, (nothing, quality))
    for score in report.to_dict().values():
        assert np.isnan([score["value"], score["low"], score["high"]]).all()
    report = issue_report(~nothing, (nothing, quality))
    assert np.isnan(report.precision)
    assert report.recall == report.f1 == 0
    assert report.average_precision == report.precision_at_k == 1
    assert "nan" in str(report)


@pytest.mark.parametrize("dtype", [object, "U3"])
def test_true_labels_give_the_report_of_their_mask(dtype):
    y = np.array(["cat"] * 10 + ["dog"] * 10, dtype=dtype)
    issues = find_label_issues(y, np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11))
    y_true = y.copy()
    y_true[9:11] = ["dog", "cat"]
    by_labels = issue_report(y_true, issues)
    assert by_labels.to_dict() == issue_report(y_true != y, issues).to_dict()
    assert (by_labels.n_wrong, by_labels.n_found, by_labels.n_flagged) == (2, 1, 1)
    pair = (issues.issue_mask, issues.label_quality)
    assert by_labels.to_dict() == issue_report(y_true != y, pair).to_dict()


def test_text_and_frame_show_the_same_scores():
    pd = pytest.importorskip("pandas")
    report = issue_report(pd.Series(WRONG), (pd.Series(FLAGGED), pd.Series(QUALITY)))
    frame = report.to_frame()
    assert frame.columns.tolist() == ["value", "low", "high"]
    assert frame.loc["recall", "value"] == report.recall
    text = str(report)
    assert all(name.replace("_", " ") in text for name in frame.index)
    assert "2 of 3 wrong labels found by 3 flags on 8 samples" in text
    assert repr(report).startswith("IssueReport(n_wrong=3, n_flagged=3, precision=0.667")
    narrow = issue_report(WRONG, (FLAGGED, QUALITY), confidence_level=0.5)
    assert "50% interval" in str(narrow)
    assert narrow.recall_interval[0] > report.recall_interval[0]


@pytest.mark.parametrize(
    ("wrong", "issues", "error", "message"),
    [
        (WRONG.astype(int), (FLAGGED, QUALITY), ValueError, "dtype int64; pass y_true != y"),
        (WRONG, (QUALITY, FLAGGED), ValueError, "dtype float64; pass the flags first"),
        (WRONG, FLAGGED, ValueError, "'issues' parameter of issue_report"),
        (WRONG, (FLAGGED,), TypeError, "LabelIssues or a pair .* Got tuple"),
        (WRONG[1:], (FLAGGED, QUALITY), ValueError, "inconsistent numbers of samples"),
        (WRONG, (FLAGGED, QUALITY[1:]), ValueError, "inconsistent numbers of samples"),
        (WRONG, (FLAGGED, QUALITY + 0.5), ValueError, "Got 1.3 in row 2"),
        (WRONG, (FLAGGED, np.full(8, np.nan)), ValueError, "Got nan in row 0"),
        (WRONG[:0], (FLAGGED[:0], QUALITY[:0]), ValueError, "Got 0 samples"),
    ],
)
def test_bad_input_is_refused(wrong, issues, error, message):
    with pytest.raises(error, match=message):
        issue_report(wrong, issues)


def test_labels_of_another_kind_are_refused():
    issues = LabelIssues(
        label_quality=QUALITY,
        issue_mask=FLAGGED,
        suggested_label=np.repeat("a", 8),
        given_label=np.repeat(["a", "b"], 4),
    )
    with pytest.raises(ValueError, match=r"labels like the given ones, \['a', 'b'\]. Got \[0, 1\]"):
        issue_report(WRONG.astype(int), issues)
    with pytest.raises(ValueError, match="y contains NaN"):
        issue_report(np.array(["a"] * 7 + [None], dtype=object), issues)
    with pytest.raises(ValueError, match="pass y_true != y"):
        issue_report(["a"] * 8, replace(issues, given_label=None))


@pytest.mark.parametrize("dtype", ["boolean", object])
def test_masks_of_pandas_are_masks(dtype):
    issues = LabelIssues(
        label_quality=np.array([0.1, 0.8, 0.2, 0.9]),
        issue_mask=np.array([True, False, True, False]),
        suggested_label=np.array([1, 1, 0, 0]),
        given_label=np.array([0, 1, 1, 0]),
        classes=np.array([0, 1]),
    )
    wrong = pd.Series([True, False, False, False], dtype=dtype)
    assert issue_report(wrong, issues).n_wrong == 1
