"""The scorer in scikit-learn's model selection, and what it chooses."""

import pickle
from functools import partial

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate

from skclean import NoiseEstimate
from skclean.metrics import make_noise_robust_scorer, noise_corrected_score
from skclean.simulation import make_noisy_classification

# positives are missed eight times as often as negatives are taken for positives
NOISE = np.array([[0.95, 0.05], [0.4, 0.6]])
GRID = {"class_weight": [None, *({1: weight} for weight in (0.5, 2, 4, 8))]}


@pytest.fixture(scope="module")
def data():
    """X, y, y_true."""
    return make_noisy_classification(400, noise=NOISE, class_sep=0.7, random_state=0)


def test_it_scores_predictions_of_the_estimator(data):
    X, y, _ = data
    model = LogisticRegression().fit(X, y)
    scorer = make_noise_robust_scorer(NOISE, "f1", pos_label=0)
    expected = noise_corrected_score(y, model.predict(X), NOISE, "f1", pos_label=0)
    assert scorer(model, X, y) == expected


def test_without_noise_it_scores_as_scikit_learns_scorer(data):
    X, y, _ = data
    scorer = make_noise_robust_scorer(np.eye(2), "balanced_accuracy")
    plain = cross_val_score(LogisticRegression(), X, y, scoring="balanced_accuracy")
    scores = cross_val_score(LogisticRegression(), X, y, scoring=scorer)
    np.testing.assert_allclose(scores, plain)


def test_it_survives_pickle_clone_and_several_metrics(data):
    X, y, _ = data
    scorers = {
        metric: make_noise_robust_scorer(NOISE, metric) for metric in ("accuracy", "cohen_kappa")
    }
    results = cross_validate(LogisticRegression(), X, y, scoring=scorers)
    copies = pickle.loads(pickle.dumps(scorers))
    again = cross_validate(LogisticRegression(), X, y, scoring=copies)
    for metric in scorers:
        np.testing.assert_array_equal(results[f"test_{metric}"], again[f"test_{metric}"])
    search = clone(GridSearchCV(LogisticRegression(), GRID, scoring=scorers["accuracy"]))
    assert search.fit(X, y).best_params_ in [{"class_weight": w} for w in GRID["class_weight"]]
    assert "noise_corrected_score" in repr(scorers["accuracy"])


def test_it_requests_sample_weight_under_routing(data):
    X, y, _ = data
    weight = np.random.default_rng(0).uniform(0.5, 2, size=len(y))
    with config_context(enable_metadata_routing=True):
        scorer = make_noise_robust_scorer(NOISE).set_score_request(sample_weight=True)
        model = LogisticRegression().set_fit_request(sample_weight=False)
        weighted = cross_val_score(
            model, X, y, scoring=scorer, params={"sample_weight": weight}, cv=2
        )
        plain = cross_val_score(model, X, y, scoring=scorer, cv=2)
    assert (weighted != plain).all()


def test_a_fold_may_lack_a_class_that_is_named():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = np.repeat([0, 1, 2], [29, 29, 2])
    X[:, 0] += 3 * y
    matrix = np.array([[0.9, 0.1, 0], [0.1, 0.9, 0], [0, 0, 1]])
    folds = [(np.arange(1, 60), np.arange(0, 60, 7))]
    scorer = make_noise_robust_scorer(matrix, classes=[0, 1, 2])
    scores = cross_val_score(LogisticRegression(), X, y, cv=folds, scoring=scorer)
    assert 0.5 < scores[0] <= 1
    estimate = NoiseEstimate(matrix, matrix, matrix, None, None, 0.1, np.arange(3))
    again = cross_val_score(
        LogisticRegression(), X, y, cv=folds, scoring=make_noise_robust_scorer(estimate)
    )
    np.testing.assert_array_equal(scores, again)


def test_grid_search_chooses_better_on_the_true_labels():
    n_seeds = 8
    truths = {"accuracy": accuracy_score, "f1": partial(f1_score, pos_label=0)}
    scorings = {
        "plain": {"accuracy": "accuracy", "f1": make_scorer(f1_score, pos_label=0)},
        "robust": {
            "accuracy": make_noise_robust_scorer(NOISE),
            "f1": make_noise_robust_scorer(NOISE, "f1", pos_label=0),
        },
    }
    gains = {name: [] for name in truths}
    for seed in range(n_seeds):
        X, y, y_true = make_noisy_classification(
            2_600, 6, n_informative=4, noise=NOISE, class_sep=0.7, random_state=seed
        )
        scoring = {(kind, name): f for kind in scorings for name, f in scorings[kind].items()}
        scoring = {" ".join(key): scorer for key, scorer in scoring.items()}
        search = GridSearchCV(LogisticRegression(), GRID, scoring=scoring, cv=3, refit=False)
        results = search.fit(X[:600], y[:600]).cv_results_
        for name, truth in truths.items():
            chosen = {}
            for kind in scorings:
                best = results["params"][results[f"mean_test_{kind} {name}"].argmax()]
                model = LogisticRegression(**best).fit(X[:600], y[:600])
                chosen[kind] = truth(y_true[600:], model.predict(X[600:]))
            gains[name].append(chosen["robust"] - chosen["plain"])
    for name, gain in gains.items():
        assert np.mean(gain) > 0.03, name
        assert np.count_nonzero(np.less(gain, 0)) <= 1, name
        assert np.count_nonzero(np.greater(gain, 0)) >= n_seeds // 2, name


def test_balanced_accuracy_of_two_classes_needs_no_correction_to_choose(data):
    X, y, _ = data
    models = [LogisticRegression(class_weight=w).fit(X, y) for w in GRID["class_weight"]]
    plain = [balanced_accuracy_score(y, model.predict(X)) for model in models]
    scorer = make_noise_robust_scorer(NOISE, "balanced_accuracy")
    robust = [scorer(model, X, y) for model in models]
    np.testing.assert_array_equal(np.argsort(robust), np.argsort(plain))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([[[0.5, 0.6], [0, 1]]], "Row 0 is"),
        ([np.full((2, 2), 0.5)], "linearly independent"),
        ([np.eye(2), "roc_auc"], "'metric' parameter of make_noise_robust_scorer"),
    ],
)
def test_bad_input_is_refused_when_the_scorer_is_made(args, message):
    with pytest.raises(ValueError, match=message):
        make_noise_robust_scorer(*args)
