"""The record that detectors, displays and reports share."""

import copy
import dataclasses
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pandas as pd
import pytest
from sklearn.naive_bayes import GaussianNB

from skclean import LabelIssues, NoiseAwareClassifier, find_label_issues
from skclean._core._rescaling import no_rescaling
from skclean._issues import NoiseEstimate
from skclean.detectors import ConfidentLearning
from skclean.noise_matrix._base import noise_estimate


@pytest.fixture
def issues():
    return LabelIssues(
        label_quality=np.array([0.9, 0.2, 0.1, 0.2, 0.0]),
        issue_mask=np.array([False, True, True, True, False]),
        suggested_label=np.array(["a", "b", "a", "b", "a"]),
        suggested_proba=np.array([0.9, 0.8, 0.7, 0.6, 0.5]),
        given_label=np.array(["a", "a", "b", "a", "b"]),
        classes=np.array(["a", "b"]),
        expected_precision=0.75,
    )


def test_ranked_indices_put_flags_first_and_the_worst_before(issues):
    # rows 1 and 3 are equal and keep their order; row 4 is not flagged
    np.testing.assert_array_equal(issues.ranked_indices(), [2, 1, 3, 4, 0])
    assert issues.ranked_indices().dtype == np.intp
    assert issues.n_issues == 3
    assert isinstance(issues.n_issues, int)


def test_a_record_cannot_be_changed(issues):
    with pytest.raises(dataclasses.FrozenInstanceError):
        issues.issue_mask = None
    for name in ("label_quality", "issue_mask", "suggested_label", "ambiguous_mask"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(issues, name)[0] = getattr(issues, name)[1]


def test_a_record_leaves_the_arrays_of_others_writeable():
    mask = np.zeros(3, dtype=bool)
    LabelIssues(label_quality=np.zeros(3), issue_mask=mask, suggested_label=np.zeros(3))
    mask[0] = True


def test_no_flag_is_ambiguous_unless_said_so(issues):
    np.testing.assert_array_equal(issues.ambiguous_mask, np.zeros(5, dtype=bool))
    assert issues.noise_rate_bounds is None
    assert np.isnan(issues.noise_rate)
    marked = dataclasses.replace(issues, ambiguous_mask=issues.issue_mask)
    assert marked.ambiguous_mask.sum() == 3


def test_to_frame_has_one_row_per_sample(issues):
    frame = issues.to_frame()
    assert frame.columns.tolist() == [
        "given_label",
        "label_quality",
        "is_issue",
        "suggested_label",
        "suggested_proba",
        "is_ambiguous",
    ]
    assert frame["given_label"].tolist() == ["a", "a", "b", "a", "b"]
    assert frame["is_issue"].tolist() == issues.issue_mask.tolist()
    assert frame["label_quality"].tolist() == issues.label_quality.tolist()
    assert frame["suggested_proba"].tolist() == issues.suggested_proba.tolist()
    assert frame.index.tolist() == [0, 1, 2, 3, 4]


def test_to_frame_takes_the_index_of_the_data(issues):
    index = pd.Index(list("vwxyz"), name="id")
    pd.testing.assert_index_equal(issues.to_frame(index).index, index)


def test_to_frame_without_a_suggested_probability_is_nan(issues):
    frame = dataclasses.replace(issues, suggested_proba=None).to_frame()
    assert frame["suggested_proba"].isna().all()


def test_to_frame_without_pandas_names_it(issues, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install pandas"):
        issues.to_frame()


def test_repr_is_short_and_says_what_is_known(issues):
    assert repr(issues) == "LabelIssues(n_samples=5, n_issues=3, expected_precision=0.750)"
    unknown = dataclasses.replace(issues, expected_precision=float("nan"))
    assert repr(unknown) == "LabelIssues(n_samples=5, n_issues=3)"


@pytest.mark.filterwarnings("ignore:The most probable class is the given label")
def test_html_lists_the_worst_and_escapes_labels():
    y = np.array(["&amp", "<b>"])[np.arange(60) % 2]
    pred_probs = np.where(np.arange(60)[:, np.newaxis] % 2 == [0, 1], 0.9, 0.1)
    pred_probs[:24] = pred_probs[:24, ::-1]
    issues = find_label_issues(y, pred_probs, prune="predicted_neq_given")
    assert issues.n_issues == 24
    html = issues._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "&amp;amp" in html
    assert html.count("<tr>") == 11
    assert "... and 14 more" in html


def test_html_without_flags_has_no_table():
    y = [0, 1] * 10
    html = find_label_issues(y, np.eye(2)[y], prune="by_class")._repr_html_()
    assert "n_issues=0" in html
    assert "<table>" not in html


def test_decode_translates_codes_to_labels():
    noise = NoiseEstimate(
        joint=np.eye(2) / 2,
        noise_matrix=np.eye(2),
        inverse_noise_matrix=np.eye(2),
        class_prior=np.full(2, 0.5),
        given_prior=np.full(2, 0.5),
        noise_rate=0.0,
        classes=np.array([0, 1]),
    )
    coded = LabelIssues(
        label_quality=np.array([0.5, 0.1]),
        issue_mask=np.array([False, True]),
        suggested_label=np.array([1, 0]),
        ambiguous_mask=np.array([False, True]),
        noise_rate_bounds=(0.1, 0.2),
        noise=noise,
        expected_precision=0.5,
    )
    classes = np.array(["no", "yes"])
    issues = coded.decode(classes, np.array(["yes", "yes"]))
    assert issues.suggested_label.tolist() == ["yes", "no"]
    assert issues.given_label.tolist() == ["yes", "yes"]
    assert issues.classes.tolist() == issues.noise.classes.tolist() == ["no", "yes"]
    assert issues.ambiguous_mask.tolist() == [False, True]
    assert (issues.noise_rate_bounds, issues.expected_precision) == ((0.1, 0.2), 0.5)
    assert issues.noise_rate == 0.0
    assert coded.suggested_label.tolist() == [1, 0]


def test_a_record_survives_pickling(issues):
    copy = pickle.loads(pickle.dumps(issues))
    assert repr(copy) == repr(issues)
    np.testing.assert_array_equal(copy.ranked_indices(), issues.ranked_indices())
    np.testing.assert_array_equal(copy.suggested_label, issues.suggested_label)


def test_the_table_has_the_index_of_the_data():
    index = [f"row-{i}" for i in range(20)]
    y = pd.Series(["a", "b"] * 10, index=index)
    pred_probs = np.tile([[0.9, 0.1], [0.2, 0.8]], (10, 1))
    issues = find_label_issues(y, pred_probs)
    assert list(issues.to_frame().index) == index
    assert list(issues.to_frame(index=range(20)).index) == list(range(20))
    assert list(find_label_issues(y.to_numpy(), pred_probs).to_frame().index) == list(range(20))
    others = [f"other-{i}" for i in range(20)]
    X = pd.DataFrame({"x": np.arange(20.0)}, index=others)
    for labels, expected in [(y, index), (y.tolist(), others)]:
        detector = ConfidentLearning(GaussianNB()).fit(X, labels)
        assert list(detector.issues_.to_frame().index) == list(expected)
    clf = NoiseAwareClassifier(GaussianNB()).fit(X, y)
    assert list(clf.issues_.to_frame().index) == others


def test_the_html_of_a_record_without_given_labels_shows_the_rest():
    issues = LabelIssues(np.array([0.1, 0.9]), np.array([True, False]), np.array(["a", "b"]))
    assert "<td>a</td>" in issues._repr_html_()


def posterior_issues(classes=("no", "yes")):
    """Five samples; a quarter of the true "no" are given as "yes"; the last is not judged."""
    classes = np.array(classes)
    noise_matrix = np.array([[0.75, 0.25], [0.0, 1.0]])
    noise = NoiseEstimate(
        joint=noise_matrix / 2,
        noise_matrix=noise_matrix,
        inverse_noise_matrix=np.array([[1, 0], [0.2, 0.8]]),
        class_prior=np.full(2, 0.5),
        given_prior=np.array([0.375, 0.625]),
        noise_rate=0.125,
        classes=classes,
    )
    p_no = np.array([1, 1, 0, 0.5, np.nan])
    return LabelIssues(
        label_quality=np.array([1.0, 0.25, 1.0, 0.9, 1.0]),
        issue_mask=np.array([False, True, False, False, False]),
        suggested_label=classes[[0, 0, 1, 0, 1]],
        given_label=classes[[0, 1, 1, 1, 1]],
        classes=classes,
        noise=noise,
        pred_probs=np.column_stack([p_no, 1 - p_no]) @ noise_matrix,
    )


@pytest.mark.parametrize("classes", [("no", "yes"), ("yes", "no")])
def test_true_label_proba_follows_from_probabilities_and_noise(monkeypatch, classes):
    # five samples are too few to fit a rescaling of the probabilities, and these need none
    monkeypatch.setattr(LabelIssues, "_rescaling", no_rescaling(2))
    issues = posterior_issues(classes)
    # the fourth: 1/2 * 1/4 against 1/2 * 1; the last keeps its label
    expected = np.array([[1, 0], [1, 0], [0, 1], [0.2, 0.8], [0, 1]])
    np.testing.assert_allclose(issues.true_label_proba(), expected, atol=0.03)
    for rows in [slice(1, 3), [4, 0], np.array([3])]:
        np.testing.assert_allclose(issues.true_label_proba(rows), expected[rows], atol=0.03)
    single = dataclasses.replace(issues, pred_probs=issues.pred_probs.astype(np.float32))
    assert single.true_label_proba().dtype == np.float32


def test_true_label_proba_of_probabilities_in_half_precision():
    rng = np.random.RandomState(0)
    y = rng.randint(3, size=200)
    pred_probs = rng.dirichlet(np.ones(3), size=200) / 2 + np.eye(3)[y] / 2
    expected = find_label_issues(y, pred_probs).true_label_proba()
    found = find_label_issues(y, pred_probs.astype(np.float16)).true_label_proba()
    np.testing.assert_allclose(found, expected, atol=0.01)


@pytest.mark.parametrize("missing", ["pred_probs", "noise"])
def test_true_label_proba_without_probabilities_is_the_label_quality(missing):
    issues = dataclasses.replace(posterior_issues(), **{missing: None})
    expected = [[1, 0], [0.75, 0.25], [0, 1], [0.1, 0.9], [0, 1]]
    np.testing.assert_allclose(issues.true_label_proba(), expected)
    np.testing.assert_allclose(issues.true_label_proba([3]), expected[3:4])


def test_true_label_proba_needs_given_labels():
    issues = dataclasses.replace(posterior_issues(), given_label=None)
    with pytest.raises(ValueError, match="needs given_label and classes"):
        issues.true_label_proba()


def test_a_record_refers_to_the_probabilities_and_copies_none():
    y = np.array(["a", "b"] * 10)
    pred_probs = np.tile([[0.9, 0.1], [0.2, 0.8]], (10, 1))
    assert find_label_issues(y, pred_probs).pred_probs is pred_probs
    X = np.column_stack([np.arange(20.0), pred_probs[:, 0]])
    detector = ConfidentLearning(GaussianNB()).fit(X, y)
    assert detector.issues_.pred_probs is detector.pred_probs_
    copy = pickle.loads(pickle.dumps(detector))
    assert copy.issues_.pred_probs is copy.pred_probs_


@pytest.mark.filterwarnings("ignore:1 of 21 samples could not be judged")
def test_samples_that_were_not_judged_keep_their_label_for_sure():
    y = np.array(["a", "b"] * 10 + ["c"])
    X = np.column_stack([np.arange(21.0), np.arange(21) % 2 + np.arange(21) / 100])
    detector = ConfidentLearning(GaussianNB()).fit(X, y)
    assert detector.issues_.pred_probs is detector.pred_probs_
    assert np.isnan(detector.pred_probs_[-1]).all()
    true_proba = detector.issues_.true_label_proba()
    np.testing.assert_array_equal(true_proba[-1], [0, 0, 1])
    np.testing.assert_allclose(true_proba.sum(axis=1), 1)


def test_true_label_proba_of_certain_probabilities_knows_doubt():
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, 2, 400)
    y = np.where(rng.random(400) < 0.2, 1 - y_true, y_true)
    guessed = np.where(rng.random(400) < 0.2, 1 - y_true, y_true)  # as by a tree
    issues = find_label_issues(y, np.eye(2)[guessed])
    proba = issues.true_label_proba()
    assert proba.min() > 0.002
    assert proba.max() < 0.998


def deferring(calls):
    def later():
        calls.append("later")
        return {
            "label_quality": np.array([0.2, 0.9]),
            "suggested_label": np.array([1, 1]),
            "given_label": None,
            "ambiguous_mask": np.array([True, False]),
            "noise_rate_bounds": (0.1, 0.5),
            "noise": noise_estimate(np.array([[0.5, 0], [0.25, 0.25]]), np.arange(2)),
            "expected_precision": 0.75,
            "expected_precision_interval": (0.5, 0.9),
        }

    return LabelIssues.deferring(
        later, issue_mask=np.array([True, False]), suggested_proba=None, pred_probs=None
    )


def test_what_is_deferred_is_found_out_once_and_when_asked_for():
    calls = []
    issues = deferring(calls).decode(np.array(["no", "yes"]), np.array(["no", "yes"]))
    assert issues.n_issues == 1
    assert calls == []
    assert issues.suggested_label.tolist() == ["yes", "yes"]
    assert issues.given_label.tolist() == ["no", "yes"]
    assert issues.noise.classes.tolist() == ["no", "yes"]
    assert issues.label_quality.tolist() == [0.2, 0.9]
    assert issues.noise_rate_bounds == (0.1, 0.5)
    assert not issues.label_quality.flags.writeable
    assert calls == ["later"]
    with pytest.raises(AttributeError, match="no attribute 'quality'"):
        _ = issues.quality


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
def test_copies_of_a_deferred_record_are_complete(copied):
    calls = []
    issues = copied(deferring(calls))
    assert calls == ["later"]
    assert issues.expected_precision == 0.75
    assert repr(issues) == repr(deferring([]))
    assert calls == ["later"]


def test_a_record_outlives_a_change_of_the_labels():
    y = np.array([0] * 10 + [1] * 10)
    pred_probs = np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11)
    kept = find_label_issues(y.copy(), pred_probs, prune="by_noise_rate")
    issues = find_label_issues(y, pred_probs, prune="by_noise_rate")
    y[issues.issue_mask] = 1
    assert issues.given_label.tolist() == [0] * 10 + [1] * 10
    np.testing.assert_array_equal(issues.label_quality, kept.label_quality)
    np.testing.assert_array_equal(issues.noise.joint, kept.noise.joint)


def test_a_record_of_a_file_outlives_the_file(tmp_path):
    y, pred_probs = [0] * 10 + [1] * 10, np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11)
    with h5py.File(tmp_path / "probs.h5", "w") as file:
        file["probs"] = pred_probs
    with h5py.File(tmp_path / "probs.h5") as file:
        issues = find_label_issues(y, file["probs"], prune="by_noise_rate")
    expected = find_label_issues(y, pred_probs, prune="by_noise_rate")
    np.testing.assert_array_equal(issues.label_quality, expected.label_quality)
    assert repr(issues) == repr(expected)


def test_threads_may_ask_at_once():
    y, pred_probs = [0] * 10 + [1] * 10, np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11)
    for _ in range(20):
        issues = find_label_issues(y, pred_probs, prune="by_noise_rate")
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _, each=issues: each.noise.noise_rate, range(8)))
        assert len(set(found)) == 1


def test_an_error_while_finding_out_is_not_taken_for_a_missing_field():
    def later():
        raise AttributeError("no such thing")

    issues = LabelIssues.deferring(later, issue_mask=np.array([True]))
    with pytest.raises(RuntimeError, match="noise could not be found out: no such thing"):
        _ = issues.noise
