"""IterativePartitioning: votes of classifiers fitted to parts, round by round."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skclean.detectors import IterativePartitioning
from skclean.detectors._iterative_partitioning import stratified_parts
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.estimator_checks import check_estimator_contract


def test_parts_have_equal_shares_of_every_class():
    y = np.repeat([0, 1, 2], [50, 23, 4])
    parts = stratified_parts(y, 5, np.random.default_rng(0).permutation(77))
    counts = np.array([np.bincount(parts[y == code], minlength=5) for code in range(3)])
    assert (np.ptp(counts, axis=1) <= 1).all()
    assert np.ptp(np.bincount(parts)) <= 1


@pytest.mark.parametrize("voting", ["majority", "consensus"])
def test_one_round_is_the_vote_of_the_parts(noisy_blobs, voting):
    X, y, _, _ = noisy_blobs
    codes = np.unique(y, return_inverse=True)[1]
    parts = stratified_parts(codes, 3, np.arange(300))
    wrong = np.mean(
        [GaussianNB().fit(X[parts == i], y[parts == i]).predict(X) != y for i in range(3)], axis=0
    )
    detector = IterativePartitioning(GaussianNB(), n_partitions=3, voting=voting, max_iter=1)
    flagged = detector.fit(X, y).issue_mask_
    np.testing.assert_array_equal(flagged, wrong > 0.5 if voting == "majority" else wrong == 1)
    assert detector.n_iter_ == 1
    assert detector.n_flagged_ == [flagged.sum()]


def test_rounds_end_when_three_in_a_row_find_little(noisy_blobs):
    X, y, _, _ = noisy_blobs
    detector = IterativePartitioning(GaussianNB(), max_iter=50, random_state=0).fit(X, y)
    little = np.array(detector.n_flagged_) < 0.01 * 300
    assert little[-3:].all()
    assert not any(little[i : i + 3].all() for i in range(len(little) - 3))
    assert sum(detector.n_flagged_) == detector.issue_mask_.sum()
    at_once = IterativePartitioning(GaussianNB(), tol=1, n_iter_no_change=1).fit(X, y)
    assert at_once.n_iter_ == 1


def test_a_round_that_finds_nothing_is_not_repeated_with_the_same_parts():
    X, y = make_blobs([100, 100], centers=[[0, 0], [20, 20]], random_state=0)
    assert IterativePartitioning(GaussianNB()).fit(X, y).n_flagged_ == [0]
    y[:4] = 1 - y[:4]
    detector = IterativePartitioning(GaussianNB(), tol=0).fit(X, y)
    assert detector.n_flagged_ == [4, 0]
    shuffled = IterativePartitioning(GaussianNB(), random_state=0).fit(X, y)
    assert shuffled.n_flagged_[1:] == [0, 0, 0]  # other parts might find more


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_planted_errors_of_digits_are_found(seed):
    X, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    detector = IterativePartitioning(GaussianNB(var_smoothing=1e-3)).fit(X, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.95
    tree = IterativePartitioning(random_state=seed).fit(X, y)
    assert roc_auc_score(~flipped, tree.label_quality_) > 0.8


def test_later_rounds_correct_what_misled_the_first():
    X, y_true = make_blobs(1000, centers=4, n_features=3, cluster_std=2, random_state=0)
    y, flipped = flip_labels(y_true, make_noise_matrix("pair", 4, 0.4), random_state=0)
    tree = DecisionTreeClassifier(max_depth=6, random_state=0)
    found = [
        IterativePartitioning(tree, max_iter=n).fit(X, y).issue_mask_[flipped].mean()
        for n in [1, 10]
    ]
    assert found[1] > found[0]


def test_a_sample_of_every_class_stays():
    X, y = make_blobs([200, 200], centers=[[0, 0], [8, 8]], random_state=0)
    y[:3] = 2  # a class that no classifier believes in
    detector = IterativePartitioning(GaussianNB(var_smoothing=0.1)).fit(X, y)
    assert (~detector.issue_mask_[:3]).any()


def test_tables_with_text_are_taken_and_new_rows_rated():
    rng = np.random.default_rng(0)
    color = rng.choice(["red", "blue", "green"], 200)
    X = pd.DataFrame({"color": color, "size": rng.normal(size=200)})
    y_true = np.where(color == "red", "stop", "go")
    y, _ = flip_labels(y_true, make_noise_matrix("uniform", 2, 0.1), random_state=0)
    detector = IterativePartitioning().fit(X, y)
    quality = detector.score_labels(X, y_true)
    assert (
        quality > detector.score_labels(X, np.where(y_true == "go", "stop", "go"))
    ).mean() > 0.95


def test_weights_reach_the_classifiers_that_take_them(noisy_blobs):
    X, y, _, _ = noisy_blobs
    weight = np.linspace(0.01, 5, len(y))
    plain = IterativePartitioning(LogisticRegression()).fit(X, y).label_quality_
    heavy = IterativePartitioning(LogisticRegression()).fit(X, y, sample_weight=weight)
    assert (plain != heavy.label_quality_).any()
    with pytest.raises(ValueError, match="takes no sample_weight"):
        IterativePartitioning(KNeighborsClassifier()).fit(X, y, sample_weight=weight)
    with pytest.raises(TypeError, match="takes no groups"):
        IterativePartitioning().fit(X, y, groups=weight)


def test_the_detector_keeps_the_contract():
    check_estimator_contract(IterativePartitioning(GaussianNB()))


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_partitions": 1},
        {"voting": "some"},
        {"max_iter": 0},
        {"tol": 2},
        {"n_iter_no_change": 0},
        {"estimator": 3},
    ],
)
def test_bad_parameters_are_named(noisy_blobs, parameters):
    X, y, _, _ = noisy_blobs
    with pytest.raises(ValueError, match=next(iter(parameters))):
        IterativePartitioning(**parameters).fit(X, y)


def test_too_few_samples_are_refused_and_few_are_split_less():
    with pytest.raises(ValueError, match="there are too few"):
        IterativePartitioning().fit([[0.0], [1.0]], [0, 1])
    X, y = make_blobs(25, centers=2, random_state=0)
    assert len(IterativePartitioning().fit(X, y).estimators_) == 2
