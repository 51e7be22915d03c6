"""Scores on labels that may be wrong: scikit-learn's without noise, the true ones with it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.base import BaseEstimator, ClassifierMixin

from skclean import NoiseEstimate
from skclean.metrics import make_noise_robust_scorer, noise_corrected_score
from skclean.metrics._noise_corrected import AVERAGED, METRICS, undo_noise
from skclean.simulation import flip_labels, make_noise_matrix

CASES = [
    ("accuracy", metrics.accuracy_score, {}),
    ("balanced_accuracy", metrics.balanced_accuracy_score, {}),
    ("balanced_accuracy", metrics.balanced_accuracy_score, {"adjusted": True}),
    ("precision", metrics.precision_score, {"average": "macro"}),
    ("recall", metrics.recall_score, {"average": "weighted"}),
    ("f1", metrics.f1_score, {"average": "micro"}),
    ("f1", metrics.f1_score, {"average": None}),
    ("f1", metrics.f1_score, {"average": "macro", "labels": ["a", "c"]}),
    ("fbeta", metrics.fbeta_score, {"average": "macro", "beta": 2}),
    ("jaccard", metrics.jaccard_score, {"average": "macro"}),
    ("cohen_kappa", metrics.cohen_kappa_score, {}),
    ("cohen_kappa", metrics.cohen_kappa_score, {"weights": "quadratic"}),
    ("matthews_corrcoef", metrics.matthews_corrcoef, {}),
]
TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}


def predictions(y_true, accuracy, n_classes, rng):
    """Predictions that depend on the true label alone."""
    confusion = make_noise_matrix("random", n_classes, 1 - accuracy, random_state=0)
    return flip_labels(y_true, confusion, rng.integers(2**31), classes=np.arange(n_classes))[0]


class DummyPredictor(ClassifierMixin, BaseEstimator):
    """Predicts what it was told."""

    def __init__(self, y_pred):
        self.y_pred = y_pred

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self.y_pred


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("metric", "function", "params"), CASES)
def test_without_noise_the_score_is_scikit_learns(metric, function, params, weighted):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        y = rng.choice(["a", "b", "c"], size=60)
        y_pred = np.where(rng.random(60) < 0.6, y, rng.choice(["a", "b", "c"], size=60))
        weight = rng.uniform(0.1, 3, size=60) if weighted else None
        score = noise_corrected_score(y, y_pred, np.eye(3), metric, sample_weight=weight, **params)
        expected = function(y, y_pred, sample_weight=weight, **params)
        np.testing.assert_allclose(score, expected, **TOLERANCE)


@pytest.mark.parametrize("name", sorted(AVERAGED))
def test_it_takes_the_names_of_scikit_learns_scorers(name):
    rng = np.random.default_rng(0)
    y, y_pred = rng.choice(["a", "b", "c"], p=[0.6, 0.3, 0.1], size=(2, 60))
    predictor = DummyPredictor(y_pred).fit(None, y)
    expected = metrics.get_scorer(name)(predictor, None, y)
    assert noise_corrected_score(y, y_pred, np.eye(3), name) == pytest.approx(expected, abs=1e-12)
    scorer = make_noise_robust_scorer(np.eye(3), name, classes=["a", "b", "c"])
    assert scorer(predictor, None, y) == pytest.approx(expected, abs=1e-12)


def test_a_name_with_its_average_takes_no_other():
    with pytest.raises(ValueError, match="names its average. Got average='micro' as well; pass"):
        noise_corrected_score([0, 1], [0, 1], np.eye(2), "f1_macro", average="micro")


@pytest.mark.parametrize("labels", [[0, 1], [False, True], ["no", "yes"], [-1, 1]])
@pytest.mark.parametrize("metric", ["precision", "recall", "f1", "jaccard"])
def test_binary_scores_take_a_positive_label(labels, metric):
    rng = np.random.default_rng(0)
    y, y_pred = np.array(labels)[rng.integers(2, size=(2, 40))]
    for pos_label in labels:
        score = noise_corrected_score(y, y_pred, np.eye(2), metric, pos_label=pos_label)
        expected = METRICS[metric](y, y_pred, pos_label=pos_label)
        assert score == pytest.approx(expected, abs=1e-12)


def test_classes_that_no_label_names_do_not_count():
    y, y_pred = ["a", "a", "b"], ["a", "b", "b"]
    score = noise_corrected_score(
        y, y_pred, np.eye(3), "f1", average="macro", classes=["a", "b", "z"]
    )
    assert score == pytest.approx(metrics.f1_score(y, y_pred, average="macro"))
    with pytest.raises(ValueError, match="pass classes= if a class is absent from y and y_pred"):
        noise_corrected_score(y, y_pred, np.eye(3))


@settings(max_examples=100, deadline=None)
@given(
    n_classes=st.integers(2, 6),
    n_samples=st.integers(1, 100),
    rate=st.floats(0, 0.45),
    seed=st.integers(0, 99),
)
def test_counts_traced_back_keep_their_totals_and_are_not_negative(
    n_classes, n_samples, rate, seed
):
    rng = np.random.default_rng(seed)
    matrix = make_noise_matrix("pair", n_classes, rate)
    counts = rng.multinomial(n_samples, rng.dirichlet(np.full(n_classes**2, 0.3)))
    counts = counts.reshape(n_classes, n_classes).astype(float)
    true = undo_noise(counts, matrix)
    assert (true >= 0).all()
    np.testing.assert_allclose(true.sum(axis=0), counts.sum(axis=0), atol=1e-9)
    # a confusion that the noise could have made is found exactly
    np.testing.assert_allclose(undo_noise(matrix.T @ true, matrix), true, atol=1e-6 * n_samples)
    # and nothing of the same total explains the counts better
    misfit = np.linalg.norm(matrix.T @ true - counts)
    other = rng.dirichlet(np.ones(n_classes), size=n_classes).T * counts.sum(axis=0)
    for step in (0.01, 0.3, 1):
        moved = (1 - step) * true + step * other
        assert np.linalg.norm(matrix.T @ moved - counts) >= misfit - 1e-6 * n_samples


@pytest.mark.parametrize(("metric", "params"), [(name, params) for name, _, params in CASES[:6]])
@pytest.mark.parametrize("kind", ["pair", "random"])
def test_the_score_has_no_bias_under_class_conditional_noise(metric, params, kind):
    n_classes, n_samples, n_draws = 3, 2_000, 40
    matrix = make_noise_matrix(kind, n_classes, [0.1, 0.4, 0.25], random_state=1)
    errors, plain_errors = [], []
    for seed in range(n_draws):
        rng = np.random.default_rng(seed)
        y_true = rng.choice(n_classes, p=[0.5, 0.3, 0.2], size=n_samples)
        y_pred = predictions(y_true, 0.75, n_classes, rng)
        y, _ = flip_labels(y_true, matrix, seed)
        truth = METRICS[metric](y_true, y_pred, **params)
        errors.append(noise_corrected_score(y, y_pred, matrix, metric, **params) - truth)
        plain_errors.append(METRICS[metric](y, y_pred, **params) - truth)
    # within four standard errors of zero, or half a percent; the plain score is far off
    allowed = max(4 * np.std(errors) / np.sqrt(n_draws), 0.005)
    assert abs(np.mean(errors)) < allowed
    assert abs(np.mean(plain_errors)) > 0.1


def test_the_score_approaches_the_true_one_as_samples_grow():
    matrix = make_noise_matrix("uniform", 10, 0.4)
    spread = []
    for n_samples in (1_000, 100_000):
        errors = []
        for seed in range(5):
            rng = np.random.default_rng(seed)
            y_true = rng.integers(10, size=n_samples)
            y_pred = predictions(y_true, 0.9, 10, rng)
            y, _ = flip_labels(y_true, matrix, seed)
            errors.append(noise_corrected_score(y, y_pred, matrix) - np.mean(y_pred == y_true))
        spread.append(np.abs(errors).mean())
    assert spread[1] < 0.005 < spread[0]


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_much_noise_stays_within_the_range_of_the_metric():
    matrix = make_noise_matrix("uniform", 2, 0.45)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        y, y_pred = rng.integers(2, size=(2, 30))
        for metric in ("accuracy", "balanced_accuracy"):
            assert 0 <= noise_corrected_score(y, y_pred, matrix, metric) <= 1


def test_names_and_order_of_classes_do_not_matter():
    matrix = make_noise_matrix("random", 3, 0.3, random_state=0)
    rng = np.random.default_rng(0)
    y, y_pred = rng.integers(3, size=(2, 90))
    order = np.array([2, 0, 1])
    names = np.array(["x", "y", "z"])
    expected = noise_corrected_score(y, y_pred, matrix, "matthews_corrcoef")
    score = noise_corrected_score(
        names[y],
        names[y_pred],
        matrix[np.ix_(order, order)],
        "matthews_corrcoef",
        classes=names[order],
    )
    assert score == pytest.approx(expected)


def test_an_estimate_brings_matrix_and_classes():
    matrix = np.array([[0.9, 0.1, 0], [0, 1, 0], [0, 0, 1]])
    estimate = NoiseEstimate(
        joint=matrix / 3,
        noise_matrix=matrix,
        inverse_noise_matrix=matrix,
        class_prior=np.full(3, 1 / 3),
        given_prior=np.full(3, 1 / 3),
        noise_rate=0.03,
        classes=np.array(["a", "b", "c"]),
    )
    y, y_pred = ["a", "b", "b"], ["a", "b", "a"]
    score = noise_corrected_score(y, y_pred, estimate)
    assert score == noise_corrected_score(y, y_pred, matrix, classes=["a", "b", "c"])


def test_a_metric_may_be_a_function():
    def cost(y_true, y_pred, *, sample_weight, false_alarm):
        missed = (np.asarray(y_true) == 1) & (np.asarray(y_pred) == 0)
        alarm = (np.asarray(y_true) == 0) & (np.asarray(y_pred) == 1)
        return -float(sample_weight @ (missed + false_alarm * alarm))

    assert noise_corrected_score([1, 1, 0], [0, 1, 1], np.eye(2), cost, false_alarm=3) == -4


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"y_pred": [0, 1]}, "inconsistent numbers of samples"),
        ({"y_pred": ["a", "b", "a"]}, "Mix of label input types"),
        ({"y_pred": [0, 1, 7], "classes": [0, 1]}, r"y_pred holds labels .* in classes: \[7\]"),
        ({"y": [0, 1, 7], "classes": [0, 1]}, r"y holds labels .* in classes: \[7\]"),
        ({"y": [0, 1, np.nan]}, "y contains NaN"),
        ({"noise_matrix": np.eye(3)}, "3 rows for 2 classes"),
        ({"noise_matrix": [[1, 0.5], [0, 0.5]]}, "pass the transpose"),
        ({"noise_matrix": np.full((2, 2), 0.5)}, "rows of noise_matrix must be linearly indep"),
        ({"metric": "roc_auc"}, "'metric' parameter of noise_corrected_score"),
        ({"sample_weight": [1, 1, -1]}, "Negative values"),
        ({"sample_weight": [1, 1]}, "sample_weight.shape"),
    ],
)
def test_bad_input_is_refused(params, message):
    good = {"y": [0, 1, 1], "y_pred": [0, 1, 0], "noise_matrix": np.eye(2)}
    with pytest.raises(ValueError, match=message):
        noise_corrected_score(**(good | params))


def test_a_class_that_is_corrected_away_keeps_its_place():
    noise_matrix = [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]]
    y, y_pred = [0] * 5 + [1] * 5 + [2] * 5, [0] * 10 + [2] * 5
    scores = noise_corrected_score(y, y_pred, noise_matrix, "f1", average=None, zero_division=0)
    np.testing.assert_allclose(scores, [1, 0, 1])
