"""InstanceHardness, and the measures that explain it."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skclean.detectors import InstanceHardness, NeighborAgreement, hardness_measures
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.estimator_checks import check_estimator_contract

FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)  # those of cv=None


def test_quality_is_the_mean_probability_of_the_given_label(noisy_blobs):
    X, y, _, _ = noisy_blobs
    models = [GaussianNB(), LogisticRegression(), KNeighborsClassifier(7)]
    probs = [cross_val_predict(model, X, y, cv=FOLDS, method="predict_proba") for model in models]
    hardness = 1 - np.mean(
        [p[np.arange(300), np.unique(y, return_inverse=True)[1]] for p in probs], 0
    )
    detector = InstanceHardness(models, threshold=0.3).fit(X, y)
    np.testing.assert_allclose(detector.label_quality_, 1 - hardness)
    np.testing.assert_array_equal(detector.issue_mask_, detector.label_quality_ < 0.3)
    best = np.unique(y)[np.mean(probs, axis=0).argmax(axis=1)]
    np.testing.assert_array_equal(detector.suggested_label_, best)


@pytest.mark.parametrize("seed", [0, 1])
def test_planted_errors_of_digits_are_found(seed):
    X, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    assert roc_auc_score(~flipped, InstanceHardness().fit(X, y).label_quality_) > 0.97


def test_new_rows_are_rated_by_the_classifiers_of_all_folds(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    detector = InstanceHardness([GaussianNB(), LogisticRegression()]).fit(X[:200], y[:200])
    quality = detector.score_labels(X[200:], y[200:])
    assert roc_auc_score(y[200:] == y_true[200:], quality) > 0.85
    single = np.concatenate([detector.score_labels(X[[i]], y[[i]]) for i in range(200, 205)])
    np.testing.assert_allclose(quality[:5], single)


def test_the_detector_keeps_the_contract():
    check_estimator_contract(InstanceHardness([GaussianNB(), LogisticRegression()]))


@pytest.mark.parametrize("parameters", [{"threshold": -1}, {"estimators": 3}, {"n_jobs": "all"}])
def test_bad_parameters_are_named(noisy_blobs, parameters):
    X, y, _, _ = noisy_blobs
    with pytest.raises(ValueError, match=next(iter(parameters))):
        InstanceHardness(**parameters).fit(X, y)


def test_measures_of_a_hand_worked_tree():
    # the tree splits at 1.5 and then at 2.5: leaves {0, 1}, {2}, {3, 4, 5, 6}
    X = np.arange(7.0)[:, np.newaxis]
    y = ["a", "a", "b", "a", "a", "a", "a"]
    measures = hardness_measures(X, y, n_neighbors=2)
    np.testing.assert_allclose(measures.disjunct_size, np.array([1, 1, 0, 3, 3, 3, 3]) / 3)
    assert set(measures.tree_depth_unpruned) == {1, 2}
    # no split leaves 5 samples on both sides
    np.testing.assert_allclose(
        measures.disjunct_class_percentage, np.where(np.arange(7) == 2, 1, 6) / 7
    )
    np.testing.assert_array_equal(measures.tree_depth_pruned, 0)
    np.testing.assert_allclose(measures.minority_value, np.where(np.arange(7) == 2, 1 / 6, 1))
    np.testing.assert_allclose(measures.class_balance[[2, 0]], [1 / 7 - 1 / 2, 6 / 7 - 1 / 2])
    np.testing.assert_allclose(measures.k_disagreeing_neighbors, [0.5, 0.5, 1, 0.5, 0, 0, 0])


def test_likelihoods_are_those_of_normal_densities():
    X = np.array([[-1.0], [1.0], [2.0], [4.0]])  # N(0, 1) and N(3, 1)
    measures = hardness_measures(X, [0, 0, 1, 1])
    density = np.exp(-((X - [0, 3]) ** 2) / 2)
    share = density / density.sum(axis=1, keepdims=True)
    own = share[np.arange(4), [0, 0, 1, 1]]
    np.testing.assert_allclose(measures.class_likelihood, own, rtol=1e-6)
    np.testing.assert_allclose(measures.class_likelihood_difference, 2 * own - 1, rtol=1e-6)


def test_disagreeing_neighbors_are_1_less_their_agreement(noisy_blobs):
    X, y, _, _ = noisy_blobs
    agreement = NeighborAgreement(7).fit(X, y).label_quality_
    measures = hardness_measures(X, y, n_neighbors=7)
    np.testing.assert_allclose(measures.k_disagreeing_neighbors, 1 - agreement)


def test_measures_rank_planted_errors_as_hard(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    wrong = y != y_true
    measures = hardness_measures(X, y)
    for name, sign in {
        "k_disagreeing_neighbors": 1,
        "disjunct_size": -1,
        "disjunct_class_percentage": -1,
        "class_likelihood": -1,
        "class_likelihood_difference": -1,
    }.items():
        assert roc_auc_score(wrong, sign * measures[name]) > 0.6, name


def test_measures_refuse_what_they_cannot_measure():
    with pytest.raises(ValueError, match="two classes"):
        hardness_measures([[0.0], [1.0]], [1, 1])
    with pytest.raises(ValueError, match="NaN"):
        hardness_measures([[0.0], [np.nan]], [0, 1])
    with pytest.raises(ValueError, match="n_neighbors"):
        hardness_measures([[0.0], [1.0]], [0, 1], n_neighbors=0)


def test_where_no_feature_varies_only_the_class_shares_tell():
    X, y = np.full((20, 2), 7.0), np.repeat(["a", "b"], [15, 5])
    detector = InstanceHardness().fit(X, y)
    assert detector.label_quality_[:15].min() > 0.5 > detector.label_quality_[15:].max()
    measures = hardness_measures(X, y)
    np.testing.assert_allclose(measures.class_likelihood, 0.5)
    np.testing.assert_allclose(measures.class_likelihood_difference, 0, atol=1e-12)
    assert all(np.isfinite(values).all() for values in measures.values())
