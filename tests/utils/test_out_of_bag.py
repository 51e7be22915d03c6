"""Out-of-bag probabilities in place of folds: one fit, each sample by those that left it out."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skclean import NoiseAwareClassifier, NoiseMatrixEstimator, NoisyLabelFilter
from skclean.detectors import ConfidentLearning, EnsembleFilter, InstanceHardness, TrainingDynamics
from skclean.simulation import flip_labels_by_instance
from skclean.utils._cross_val import make_splits, out_of_sample_pred_probs

PLAIN = {"n_rounds": 1, "n_neighbors": None, "smooth": False}  # probabilities as they come
FOREST = RandomForestClassifier(40, min_samples_leaf=2, random_state=0)
BAGGING = [
    FOREST,
    ExtraTreesClassifier(40, bootstrap=True, random_state=0),
    BaggingClassifier(LogisticRegression(), n_estimators=40, random_state=0),
    BaggingClassifier(KNeighborsClassifier(3), n_estimators=20, max_features=0.5, random_state=0),
    make_pipeline(StandardScaler(), clone(FOREST)),
    make_pipeline(StandardScaler(), make_pipeline(clone(FOREST))),
]


@pytest.fixture
def blobs():
    X, y = make_blobs(150, centers=3, random_state=0, cluster_std=4)
    return X, np.array(["a", "b", "c"])[y]


def last_step(estimator):
    return last_step(estimator[-1]) if hasattr(estimator, "steps") else estimator


def own_votes(estimator, X, y, **fit_params):
    """What scikit-learn says of the rows that an estimator is fitted on."""
    estimator = clone(estimator)
    names = [name for name in estimator.get_params() if name.split("__")[-1] == "oob_score"]
    estimator.set_params(**dict.fromkeys(names, True)).fit(X, y, **fit_params)
    return estimator, last_step(estimator).oob_decision_function_


def trained_rows(detector):
    return np.unique(np.concatenate(detector.estimators_[0].estimators_samples_))


@pytest.mark.parametrize("estimator", BAGGING, ids=lambda estimator: last_step(estimator).__class__)
def test_probabilities_are_those_that_scikit_learn_keeps(blobs, estimator):
    X, y = blobs
    detector = ConfidentLearning(estimator, cv="oob", **PLAIN).fit(X, y)
    np.testing.assert_allclose(detector.pred_probs_, own_votes(estimator, X, y)[1], rtol=1e-12)
    (fitted,) = detector.estimators_
    np.testing.assert_array_equal(
        fitted.predict_proba(X), clone(estimator).fit(X, y).predict_proba(X)
    )


def test_the_estimator_is_fitted_once_a_round_and_rates_new_rows(blobs):
    X, y = blobs
    detector = ConfidentLearning(FOREST, cv="oob").fit(X, y)
    assert len(detector.estimators_) == 1
    assert not FOREST.oob_score
    right = detector.score_labels(X, y).mean()
    assert right > detector.score_labels(X, np.roll(y, 1)).mean() + 0.1


def test_the_next_round_trains_on_the_rows_to_keep_and_all_members_judge_the_others(blobs):
    X, y = blobs
    classes, codes = np.unique(y, return_inverse=True)
    keep = np.arange(150) % 3 > 0
    splits = make_splits("oob", X, y, codes, keep=keep)
    pred_probs, (fitted,) = out_of_sample_pred_probs(
        FOREST, X, y, splits, classes, {}, out_of_bag=True
    )
    forest, votes = own_votes(FOREST, X[keep], y[keep])
    np.testing.assert_array_equal(fitted.predict_proba(X), forest.predict_proba(X))
    np.testing.assert_allclose(pred_probs[keep], votes)
    np.testing.assert_allclose(pred_probs[~keep], forest.predict_proba(X[~keep]))


def test_the_second_round_leaves_out_what_the_first_one_flags(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    forest = ExtraTreesClassifier(60, bootstrap=True, min_samples_leaf=2, random_state=0)
    one, two = (
        ConfidentLearning(forest, cv="oob", n_neighbors=None, n_rounds=n).fit(X, y) for n in (1, 2)
    )
    n_trained = [
        len(np.unique(np.concatenate(d.estimators_[0].estimators_samples_))) for d in (one, two)
    ]
    assert n_trained[1] < n_trained[0] == len(y)
    assert np.isfinite(two.pruning_gain_)
    wrong = y != y_true
    assert two.label_quality_[wrong].mean() < two.label_quality_[~wrong].mean() - 0.3


def test_samples_in_every_bag_keep_their_labels(blobs):
    X, y = blobs
    few = RandomForestClassifier(2, random_state=0)
    detector = ConfidentLearning(few, cv="oob", **PLAIN)
    with pytest.warns(UserWarning, match="of 150 samples could not be judged") as caught:
        detector.fit(X, y)
    assert len(caught) == 1  # ours alone
    unjudged = np.isnan(detector.pred_probs_).all(axis=1)
    left_out = np.zeros(150, dtype=bool)
    for sample in detector.estimators_[0].estimators_samples_:
        left_out[np.setdiff1d(np.arange(150), sample)] = True
    np.testing.assert_array_equal(unjudged, ~left_out)
    assert 0 < unjudged.sum() < 150
    np.testing.assert_array_equal(detector.label_quality_[unjudged], 1)
    assert not detector.issue_mask_[unjudged].any()
    np.testing.assert_array_equal(detector.suggested_label_[unjudged], y[unjudged])


def test_the_only_sample_of_a_class_is_not_judged(blobs):
    X, y = blobs
    y = y.astype(object)
    y[7] = "zebra"
    for estimator in (FOREST, BAGGING[2]):
        detector = ConfidentLearning(estimator, cv="oob")
        with pytest.warns(UserWarning, match=r"1 of 150 samples could not be judged.*'zebra'"):
            detector.fit(X, y)
        assert not detector.issue_mask_[7]
        np.testing.assert_allclose(np.delete(detector.pred_probs_, 7, axis=0).sum(axis=1), 1)


def test_sample_weight_reaches_the_fit(blobs):
    X, y = blobs
    weight = np.where(y == "a", 2.0, 1.0)
    for estimator, name in [
        (FOREST, "sample_weight"),
        (BAGGING[4], "randomforestclassifier__sample_weight"),
    ]:
        detector = ConfidentLearning(estimator, cv="oob", **PLAIN).fit(X, y, sample_weight=weight)
        _, votes = own_votes(estimator, X, y, **{name: weight})
        np.testing.assert_allclose(detector.pred_probs_, votes)


@pytest.mark.parametrize(
    "estimator",
    [
        None,
        LogisticRegression(),
        VotingClassifier([("forest", FOREST)], voting="soft"),
        make_pipeline(StandardScaler(), HistGradientBoostingClassifier()),
    ],
    ids=["default", "linear", "voting", "pipeline"],
)
def test_a_classifier_that_does_not_bag_is_refused(blobs, estimator):
    with pytest.raises(ValueError, match=r"cv='oob' needs a classifier that bags.*folds such as"):
        ConfidentLearning(estimator, cv="oob").fit(*blobs)


@pytest.mark.parametrize(
    "estimator", [ExtraTreesClassifier(), BaggingClassifier(bootstrap=False, max_samples=0.5)]
)
def test_bagging_without_bootstrap_is_refused(blobs, estimator):
    with pytest.raises(ValueError, match="bootstrap=False; pass bootstrap=True, or folds"):
        ConfidentLearning(estimator, cv="oob").fit(*blobs)


@pytest.mark.parametrize(
    "estimator",
    [
        ConfidentLearning(FOREST, cv="oob"),
        NoiseMatrixEstimator(FOREST, cv="oob"),
        EnsembleFilter([FOREST], cv="oob"),
    ],
)
def test_groups_are_refused(blobs, estimator):
    X, y = blobs
    with pytest.raises(ValueError, match=r"cv='oob' does not keep groups apart.*cv=5"):
        estimator.fit(X, y, groups=np.arange(150) // 3)


def test_another_string_is_refused(blobs):
    with pytest.raises(ValueError, match=r"'cv' parameter of ConfidentLearning must be.*'oob'"):
        ConfidentLearning(FOREST, cv="out of bag").fit(*blobs)
    with pytest.raises(ValueError, match="'cv' parameter of TrainingDynamics"):
        TrainingDynamics(cv="oob").fit(*blobs)


@pytest.mark.parametrize("n_jobs", [2, -1])
def test_the_result_does_not_depend_on_the_number_of_jobs(noisy_blobs, n_jobs):
    X, y, _, _ = noisy_blobs
    for estimator in (FOREST, BAGGING[3]):
        one, more = (
            ConfidentLearning(estimator, cv="oob", n_jobs=n).fit(X, y).pred_probs_
            for n in (None, n_jobs)
        )
        np.testing.assert_array_equal(one, more)


def test_an_unseeded_forest_is_seeded_by_the_detector(blobs):
    forest = RandomForestClassifier(30)
    first, second = (
        ConfidentLearning(forest, cv="oob", random_state=3).fit(*blobs).pred_probs_
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_every_estimator_with_folds_takes_it(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    forest = RandomForestClassifier(60, min_samples_leaf=2, random_state=0)
    estimated = NoiseMatrixEstimator(forest, cv="oob").fit(X, y)
    assert abs(estimated.noise_rate_ - (y != y_true).mean()) < 0.1
    wrong = y != y_true
    for detector in (
        EnsembleFilter([forest], cv="oob"),
        InstanceHardness([forest, BAGGING[1]], cv="oob"),
    ):
        quality = detector.fit(X, y).label_quality_
        assert quality[wrong].mean() < quality[~wrong].mean() - 0.2
    with pytest.raises(ValueError, match="cv='oob' needs a classifier that bags"):
        EnsembleFilter(cv="oob").fit(X, y)
    _, flipped = flip_labels_by_instance(X, y_true, 0.1, 0, estimator=forest, cv="oob")
    assert 0.03 < flipped.mean() < 0.2


def test_it_serves_the_classifier_the_filter_and_tables(noisy_blobs):
    X, y, y_true, _ = noisy_blobs
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    forest = RandomForestClassifier(60, min_samples_leaf=2, random_state=0)
    clf = NoiseAwareClassifier(forest, detector=ConfidentLearning(cv="oob")).fit(frame, y)
    assert clf.score(frame, y_true) > 0.8
    np.testing.assert_array_equal(clf.detector_.issues_.issue_mask, clf.issues_.issue_mask)
    kept, _ = NoisyLabelFilter(ConfidentLearning(forest, cv="oob")).fit_resample(frame, y)
    assert len(kept) < len(frame)


def test_no_warning_of_scikit_learn_escapes(blobs):
    X, y = blobs
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ConfidentLearning(BaggingClassifier(n_estimators=2, random_state=0), cv="oob").fit(X, y)
    assert {str(each.message).split(" samples ")[1][:19] for each in caught} == {
        "could not be judged"
    }
