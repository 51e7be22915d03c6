"""Displays draw what the findings hold, on one Axes, by scikit-learn's protocol."""

import builtins
import warnings
from itertools import pairwise

import matplotlib as mpl
import matplotlib.style  # makes mpl.style
import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skclean.display
from skclean import LabelIssues, NoiseAwareClassifier, NoiseMatrixEstimator, find_label_issues
from skclean.detectors import ConfidentLearning, NeighborAgreement
from skclean.display import (
    ConfidenceCurveDisplay,
    IssueMapDisplay,
    LabelQualityDisplay,
    NoiseMatrixDisplay,
    ReliabilityDisplay,
)
from skclean.metrics import label_quality_calibration
from skclean.simulation import flip_labels, make_noise_matrix

mpl.use("Agg")
DISPLAYS = [getattr(skclean.display, name) for name in skclean.display.__all__]
HOSTILE = ["$\\frac{x", "_a_^b^%", "שלום‮x", "\U0001f600 \U0001d49c", "a\nb", "x" * 200]


def needed(display, y_true):
    return {"y_true": y_true} if display is ReliabilityDisplay else {}


@pytest.fixture(scope="module")
def found():
    """X, y, y_true, issues: three classes with pair noise."""
    X, codes = make_blobs(600, centers=3, cluster_std=2.0, random_state=0)
    y_true = np.array(["bird", "cat", "dog"])[codes]
    y, _ = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)
    return X, y, y_true, ConfidentLearning(LogisticRegression()).fit(X, y).issues_


def many(n_classes, n_samples=2000, names=None):
    """Issues of many classes from probabilities, and the true labels."""
    codes = np.arange(n_samples) % n_classes
    names = np.arange(n_classes) if names is None else np.array(names)
    y, _ = flip_labels(names[codes], make_noise_matrix("pair", n_classes, 0.2), random_state=0)
    pred_probs = np.full((n_samples, n_classes), 0.2 / n_classes)
    pred_probs[np.arange(n_samples), codes] += 0.8
    classes, y_codes = np.unique(names), y
    order = np.argsort(names)
    return find_label_issues(y_codes, pred_probs[:, order], classes=classes), names[codes]


@pytest.fixture(autouse=True)
def closed():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.mark.parametrize("display", DISPLAYS)
def test_three_ways_to_the_same_picture(display, found):
    X, y, y_true, issues = found
    options = needed(display, y_true)
    drawn = display.from_issues(issues, **options)
    assert drawn.figure_ is drawn.ax_.figure
    drawn.figure_.canvas.draw()
    detector = ConfidentLearning(LogisticRegression())
    for estimator in (
        LogisticRegression(),
        detector,
        detector.fit(X, y),
        NoiseAwareClassifier(LogisticRegression()),
        make_pipeline(StandardScaler(), detector),
    ):
        again = display.from_estimator(estimator, X, y, **options)
        assert again.ax_.get_xlabel() == drawn.ax_.get_xlabel()
    by_hand = display.from_predictions(y, issues.pred_probs, **options)
    assert isinstance(by_hand, display)


@pytest.mark.parametrize("display", DISPLAYS)
def test_given_axes_are_drawn_on_and_pyplot_is_left_alone(display, found):
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    _, _, y_true, issues = found
    ax = Figure().subplots()
    drawn = display.from_issues(issues, ax=ax, **needed(display, y_true))
    assert drawn.ax_ is ax
    assert drawn.figure_ is ax.figure
    assert plt.get_fignums() == []
    again = drawn.plot()
    assert again is drawn
    assert drawn.ax_ is not ax
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize("style", ["default", "dark_background"])
@pytest.mark.parametrize("n_classes", [2, 10, 100])
@pytest.mark.parametrize("display", DISPLAYS)
def test_any_number_of_classes_is_drawn_light_and_dark(display, n_classes, style):
    issues, y_true = many(n_classes)
    with mpl.style.context(style):
        drawn = display.from_issues(issues, **needed(display, y_true))
        drawn.figure_.canvas.draw()
        background = mpl.colors.to_rgb(drawn.ax_.get_facecolor())
        for text in drawn.ax_.get_xticklabels() + drawn.ax_.get_yticklabels():
            contrast = np.abs(np.subtract(mpl.colors.to_rgb(text.get_color()), background)).max()
            assert contrast > 0.5
    labels = [text for text in drawn.ax_.get_yticklabels() if text.get_text()]
    boxes = [text.get_window_extent() for text in labels]
    boxes.sort(key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 2 for low, high in pairwise(boxes))


@pytest.mark.parametrize("display", DISPLAYS)
def test_hostile_class_names_are_drawn_without_complaint(display):
    issues, y_true = many(len(HOSTILE), names=HOSTILE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = display.from_issues(issues, **needed(display, y_true))
        drawn.figure_.canvas.draw()


@pytest.mark.parametrize("display", DISPLAYS)
def test_without_flags_there_is_a_picture(display):
    y = np.repeat([0, 1], 50)
    pred_probs = np.where((y == 0)[:, None], [0.9, 0.1], [0.1, 0.9])
    drawn = display.from_predictions(y, pred_probs, **needed(display, y))
    drawn.figure_.canvas.draw()


@pytest.mark.parametrize("display", DISPLAYS)
def test_bad_input_is_named(display, found, monkeypatch):
    X, y, y_true, issues = found
    options = needed(display, y_true)
    with pytest.raises(TypeError, match="issues must be LabelIssues. Got ndarray"):
        display.from_issues(y, **options)
    with pytest.raises(TypeError, match="from_estimator needs a detector"):
        display.from_estimator(StandardScaler(), X, y, **options)
    with pytest.raises(ValueError):
        display.from_predictions(y, issues.pred_probs[:-1], **options)

    def no_matplotlib(name, *args, **kwargs):
        if name.split(".")[0] == "matplotlib":
            raise ImportError(name)
        return plain(name, *args, **kwargs)

    plain = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", no_matplotlib)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        display.from_issues(issues, **options)


def test_noise_matrix_shows_the_noise(found):
    X, y, y_true, issues = found
    drawn = NoiseMatrixDisplay.from_issues(issues)
    assert np.allclose(drawn.matrix, issues.noise.noise_matrix)
    image = drawn.im_.get_array()
    assert np.array_equal(np.ma.getmaskarray(image), np.eye(3, dtype=bool))
    off = ~np.eye(3, dtype=bool)
    assert np.allclose(np.asarray(image)[off], issues.noise.noise_matrix[off])
    assert drawn.text_[0, 1].get_text() == f"{issues.noise.noise_matrix[0, 1]:.2f}"
    assert drawn.ax_.get_xlabel() == "given label"
    assert drawn.ax_.get_ylabel() == "true label"
    assert [text.get_text() for text in drawn.ax_.get_xticklabels()] == ["bird", "cat", "dog"]
    counts = NoiseMatrixDisplay.from_issues(issues, normalize=None)
    assert counts.matrix.sum() == pytest.approx(len(y))
    actual = NoiseMatrixDisplay.from_issues(issues, y_true=y_true, normalize=None)
    assert actual.matrix[0, 1] == np.sum((y_true == "bird") & (y == "cat"))
    estimator = NoiseMatrixEstimator(LogisticRegression()).fit(X, y)
    fitted = NoiseMatrixDisplay.from_estimator(estimator, X, y)
    assert np.allclose(fitted.matrix, estimator.noise_matrix_)
    with pytest.raises(ValueError, match="normalize must be one of"):
        NoiseMatrixDisplay.from_issues(issues, normalize="rows")


def test_noise_matrix_writes_numbers_where_they_fit():
    small, _ = many(10)
    large, _ = many(100)
    assert NoiseMatrixDisplay.from_issues(small).text_ is not None
    drawn = NoiseMatrixDisplay.from_issues(large)
    assert drawn.text_ is None
    assert len(drawn.ax_.get_xticks()) <= 25


def test_label_quality_counts_flags_by_class(found):
    _, y, y_true, issues = found
    drawn = LabelQualityDisplay.from_issues(issues, y_true=y_true)
    names = [text.get_text() for text in drawn.ax_.get_yticklabels()]
    shares = [text.get_text() for text in drawn.share_text_]
    for name, share, wrong in zip(names, shares, drawn.wrong_text_, strict=True):
        own = y == name
        assert share == f"{100 * issues.issue_mask[own].mean():.0f}%"
        assert wrong.get_text() == f"{100 * (y != y_true)[own].mean():.0f}%"
    assert (drawn.kept + drawn.flagged).sum() == len(y)
    assert drawn.flagged.sum() == issues.n_issues
    assert drawn.threshold_line_ is None or drawn.threshold == (
        issues.label_quality[issues.issue_mask].max()
    )
    large, _ = many(100)
    drawn = LabelQualityDisplay.from_issues(large)
    assert len(drawn.share_text_) == 20
    assert "20 of 100 classes" in drawn.ax_.get_ylabel()


def test_findings_without_probabilities_are_called_what_they_are(found):
    X, y, _, _ = found
    issues = NeighborAgreement().fit(X, y).issues_
    drawn = IssueMapDisplay.from_issues(issues)
    assert drawn.ax_.get_xlabel() == "label quality"
    assert drawn.ax_.get_ylabel() == "probability of the suggested label"
    drawn = NoiseMatrixDisplay.from_issues(issues)
    assert drawn.ax_.get_ylabel() == "suggested label"
    assert drawn.colorbar_.ax.get_ylabel() == "p(given | suggested), if wrong"


def test_long_names_are_cut_where_they_do_not_differ():
    names = [f"a class with a name that ends in its number {i}" for i in range(10)]
    issues, _ = many(10, names=names)
    drawn = NoiseMatrixDisplay.from_issues(issues)
    shown = [text.get_text() for text in drawn.ax_.get_yticklabels()]
    assert [name[-2:] for name in shown] == [f" {i}" for i in range(10)]
    assert all(len(name) <= 20 and name.startswith("a class") for name in shown)


def test_label_quality_has_its_headings_above_the_shares(found):
    _, _, y_true, issues = found
    drawn = LabelQualityDisplay.from_issues(issues, y_true=y_true)
    drawn.figure_.canvas.draw()
    headings = {t.get_text(): t for t in drawn.ax_.texts if t.get_text() in ("flagged", "wrong")}
    columns = {"flagged": drawn.share_text_, "wrong": drawn.wrong_text_}
    legend = drawn.ax_.get_legend().get_window_extent()
    for name, column in columns.items():
        place = headings[name].get_window_extent()
        assert place.x1 == pytest.approx(column[0].get_window_extent().x1)
        assert all(place.y0 > text.get_window_extent().y1 for text in column)
        assert not legend.overlaps(place)


def test_issue_map_places_each_sample_once(found):
    _, y, y_true, issues = found
    drawn = IssueMapDisplay.from_issues(issues, y_true=y_true)
    n_drawn = sum(len(points.get_offsets()) for points in drawn.scatter_.values())
    assert n_drawn == len(y)
    wrong = y != y_true
    points = drawn.scatter_["flagged, wrong"].get_offsets()
    rows = np.flatnonzero(issues.issue_mask & wrong)
    own = np.searchsorted(issues.classes, y[rows])
    assert np.allclose(points[:, 0], issues.pred_probs[rows, own])
    others = issues.pred_probs[rows].copy()
    others[np.arange(len(rows)), own] = -1
    assert np.allclose(points[:, 1], others.max(axis=1))
    texts = [text.get_text() for text in drawn.ax_.get_legend().get_texts()]
    assert f"flagged, wrong ({len(rows):,})" in texts


def test_issue_map_of_many_points_draws_a_part_of_the_kept_and_all_flags():
    rng = np.random.default_rng(0)
    pred_probs = rng.dirichlet([1, 1, 1], size=100_000)
    y = pred_probs.argmax(axis=1)
    y[:500] = (y[:500] + 1) % 3
    issues = find_label_issues(y, pred_probs, n_issues=700)
    drawn = IssueMapDisplay.from_issues(issues)
    kept = drawn.scatter_["kept"]
    assert len(kept.get_offsets()) < 20_000
    assert kept.get_rasterized()
    flagged = [points for kind, points in drawn.scatter_.items() if kind != "kept"]
    assert sum(len(points.get_offsets()) for points in flagged) == 700


def test_confidence_curve_meets_the_expected_precision_and_the_actual_one(found):
    _, y, y_true, issues = found
    drawn = ConfidenceCurveDisplay.from_issues(issues, y_true=y_true)
    at = drawn.n_reviewed == issues.n_issues
    assert drawn.expected[at] == pytest.approx(issues.expected_precision, abs=1e-4)
    assert drawn.actual[at] == pytest.approx((y != y_true)[issues.issue_mask].mean())
    assert np.array_equal(drawn.expected_line_.get_ydata(), drawn.expected)
    assert np.array_equal(drawn.actual_line_.get_ydata(), drawn.actual)
    low, high = drawn.interval
    assert ((low <= drawn.expected) & (drawn.expected <= high)).all()
    ends = np.c_[issues.expected_precision_interval].reshape(2, 1)
    assert np.allclose([low[at], high[at]], ends, atol=1e-3)
    assert drawn.issues_line_.get_xdata()[0] == issues.n_issues


def test_confidence_curve_of_a_review_counts_what_was_reviewed(found):
    _, y, y_true, issues = found
    reviewed = np.zeros(len(y), dtype=bool)
    worst = issues.ranked_indices()[:50]
    reviewed[worst] = True
    drawn = ConfidenceCurveDisplay.from_issues(issues, y_true=y_true, reviewed_mask=reviewed)
    wrong = (y != y_true)[worst].mean()
    assert drawn.actual[drawn.n_reviewed >= 50] == pytest.approx(wrong)


def test_confidence_curve_needs_something_to_draw(found):
    X, y, y_true, _ = found
    issues = NeighborAgreement().fit(X, y).issues_
    with pytest.raises(ValueError, match="give no expected_precision; pass y_true"):
        ConfidenceCurveDisplay.from_issues(issues)
    assert ConfidenceCurveDisplay.from_issues(issues, y_true=y_true).expected is None


@pytest.mark.parametrize("n_neighbors", [5, 10, 25])
def test_flags_lie_left_of_the_line_where_they_end(n_neighbors):
    quality = np.arange(n_neighbors + 1) / n_neighbors  # shares of votes, at the ends of bins
    for dtype in (np.float32, np.float64):
        issues = LabelIssues(
            label_quality=quality.astype(dtype),
            issue_mask=quality < 0.5,
            suggested_label=np.ones(len(quality), dtype=int),
            given_label=np.arange(len(quality)) % 2,
            classes=np.arange(2),
        )
        drawn = LabelQualityDisplay.from_issues(issues)
        edges = (np.flatnonzero(drawn.flagged.sum(axis=0)) + 1) / drawn.flagged.shape[1]
        assert edges.max() == pytest.approx(drawn.threshold)
        kept = np.flatnonzero(drawn.kept.sum(axis=0)) / drawn.flagged.shape[1]
        assert kept.min() >= drawn.threshold - 1e-6


def test_reliability_shows_the_bins_of_the_metric(found):
    _, y, y_true, issues = found
    drawn = ReliabilityDisplay.from_issues(issues, y_true=y_true, n_bins=5)
    known = label_quality_calibration(y != y_true, issues.label_quality, 5)
    assert np.array_equal(drawn.line_.get_xdata(), known.expected)
    assert np.array_equal(drawn.line_.get_ydata(), known.actual)
    text = drawn.ax_.get_legend().get_texts()[-1].get_text()
    assert f"{known.expected_calibration_error:.3f}" in text
    same = ReliabilityDisplay.from_issues(issues, wrong=y != y_true, n_bins=5)
    assert np.array_equal(same.line_.get_ydata(), known.actual)
    with pytest.raises(ValueError, match="either y_true"):
        ReliabilityDisplay.from_issues(issues)
