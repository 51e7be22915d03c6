"""Out-of-sample probabilities: folds, repeats, missing classes, seeds and weights."""

import os

import numpy as np
import pytest
import sklearn
from joblib import parallel_config
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    LeaveOneGroupOut,
    RepeatedStratifiedKFold,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning, EnsembleFilter
from skclean.utils._cross_val import (
    make_splits,
    mean_pred_probs,
    out_of_sample_pred_probs,
    seeded_clone,
)

PLAIN = {"n_rounds": 1, "n_neighbors": None, "smooth": False}  # probabilities as they come


class ProcessForest(RandomForestClassifier):
    """Remembers the process that it was fitted in."""

    def fit(self, X, y, sample_weight=None):
        self.process_ = os.getpid()
        return super().fit(X, y, sample_weight)


class ProcessRegression(LogisticRegression):
    """Remembers the process that it was fitted in."""

    def fit(self, X, y, sample_weight=None):
        self.process_ = os.getpid()
        return super().fit(X, y, sample_weight)


class Recorder(ClassifierMixin, BaseEstimator):
    """Predicts the class shares of what it was fitted on, and remembers it."""

    def fit(self, X, y, sample_weight=None):
        self.classes_, counts = np.unique(y, return_counts=True)
        self.share_ = counts / len(y)
        self.rows_ = np.asarray(X)[:, 0]
        self.sample_weight_ = sample_weight
        return self

    def predict_proba(self, X):
        return np.tile(self.share_, (len(X), 1))


@pytest.fixture
def blobs():
    X, y = make_blobs(60, centers=3, random_state=0, cluster_std=4)
    return X, np.array(["a", "b", "c"])[y]


def test_a_partition_gives_what_cross_val_predict_gives(blobs):
    X, y = blobs
    splits = list(StratifiedKFold(4).split(X, y))
    ours, estimators = out_of_sample_pred_probs(
        LogisticRegression(), X, y, splits, np.unique(y), {}
    )
    theirs = cross_val_predict(LogisticRegression(), X, y, cv=splits, method="predict_proba")
    np.testing.assert_array_equal(ours, theirs)
    assert len(estimators) == 4


def test_repeated_predictions_are_averaged(blobs):
    X, y = blobs
    cv = RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=0)
    splits = list(cv.split(X, y))
    both, _ = out_of_sample_pred_probs(LogisticRegression(), X, y, splits, np.unique(y), {})
    single = [
        out_of_sample_pred_probs(LogisticRegression(), X, y, half, np.unique(y), {})[0]
        for half in (splits[:3], splits[3:])
    ]
    np.testing.assert_allclose(both, np.mean(single, axis=0))


def test_folds_that_nobody_asked_for_are_shuffled_and_always_alike():
    X, codes = np.arange(60.0)[:, np.newaxis], np.tile([0, 1], 30)
    by_default, seeded, in_order = (
        [test for _, test in make_splits(cv, X, codes, codes, random_state=seed)]
        for cv, seed in ((None, None), (5, 0), (5, None))
    )
    np.testing.assert_array_equal(by_default, seeded)
    assert all((np.diff(test) == 1).all() for test in in_order)
    assert all(np.ptp(test) >= 30 for test in by_default)  # no stretch of 12 rows


def test_a_sample_is_never_predicted_by_a_model_that_saw_it():
    X = np.arange(40.0)[:, np.newaxis]
    y = np.tile(["a", "b"], 20)
    detector = ConfidentLearning(Recorder(), random_state=3, **PLAIN).fit(X, y)
    splits = make_splits(None, X, y, np.tile([0, 1], 20), random_state=3)
    for (train, test), fold in zip(splits, detector.estimators_, strict=True):
        assert set(fold.rows_) == set(train.tolist())
        assert not set(fold.rows_) & set(test.tolist())


@pytest.mark.parametrize(
    "detector", [ConfidentLearning(LogisticRegression()), EnsembleFilter(), ConfidentLearning()]
)
def test_labels_that_are_all_different_are_no_classes(blobs, detector):
    X, _ = blobs
    with pytest.raises(ValueError, match="60 samples with a label of their own each"):
        detector.fit(X, np.arange(60))


def test_folds_without_a_seed_are_those_of_scikit_learn(blobs):
    X, y = blobs
    ours = make_splits(3, X, y, np.unique(y, return_inverse=True)[1])
    for (train, test), (train_, test_) in zip(ours, StratifiedKFold(3).split(X, y), strict=True):
        np.testing.assert_array_equal(train, train_)
        np.testing.assert_array_equal(test, test_)


def test_a_seed_shuffles_the_folds(blobs):
    X, y = blobs
    codes = np.unique(y, return_inverse=True)[1]
    first, second, other = (
        np.concatenate([test for _, test in make_splits(3, X, y, codes, random_state=seed)])
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


@pytest.mark.parametrize("cv", [None, 3])
def test_groups_stay_together_without_asking_for_a_group_splitter(blobs, cv):
    X, y = blobs
    groups = np.repeat(np.arange(20), 3)
    codes = np.unique(y, return_inverse=True)[1]
    for train, test in make_splits(cv, X, y, codes, groups=groups):
        assert not set(groups[train]) & set(groups[test])


def test_groups_reach_a_group_splitter(blobs):
    X, y = blobs
    groups = np.repeat(np.arange(20), 3)
    detector = ConfidentLearning(LogisticRegression(), cv=GroupKFold(4), **PLAIN).fit(
        X, y, groups=groups
    )
    expected = cross_val_predict(
        LogisticRegression(), X, y, cv=GroupKFold(4), groups=groups, method="predict_proba"
    )
    np.testing.assert_array_equal(detector.pred_probs_, expected)


def test_a_class_missing_from_its_training_part_makes_no_issue():
    X, y = make_blobs(60, centers=3, random_state=0, cluster_std=0.5)
    groups = np.where(y == 2, 0, np.arange(60) % 4)  # all of class 2 in one group
    detector = ConfidentLearning(LogisticRegression(), cv=LeaveOneGroupOut())
    with pytest.warns(UserWarning, match=r"20 of 60 samples could not be judged.*\(2\)"):
        detector.fit(X, y, groups=groups)
    assert not detector.issue_mask_[y == 2].any()
    assert np.isnan(detector.pred_probs_[y == 2]).all()
    assert np.isfinite(detector.pred_probs_[y != 2]).all()
    np.testing.assert_array_equal(detector.label_quality_[y == 2], 1)
    np.testing.assert_array_equal(detector.suggested_label_[y == 2], 2)


def test_cross_val_predict_would_call_the_missing_class_wrong():
    # the trap that the test above guards against
    X, y = make_blobs(60, centers=3, random_state=0, cluster_std=0.5)
    groups = np.where(y == 2, 0, np.arange(60) % 4)
    with pytest.warns(RuntimeWarning):
        pred_probs = cross_val_predict(
            LogisticRegression(), X, y, cv=LeaveOneGroupOut(), groups=groups, method="predict_proba"
        )
    assert (pred_probs[y == 2, 2] == 0).all()


def test_the_only_sample_of_a_class_is_kept(noisy_blobs):
    X, y, _, _ = noisy_blobs
    y = y.astype(object)
    y[7] = "zebra"
    with pytest.warns(UserWarning, match=r"least populated|could not be judged"):
        detector = ConfidentLearning(LogisticRegression(max_iter=1000)).fit(X, y)
    assert not detector.issue_mask_[7]


def test_a_repeat_that_can_judge_a_sample_is_enough(blobs):
    X, y = blobs
    rest = np.flatnonzero(y != "c")
    of_c = np.flatnonzero(y == "c")
    every = np.arange(60)
    splits = [(rest, of_c), (of_c[:10].tolist() + rest.tolist(), of_c[10:])]
    splits += [(np.setdiff1d(every, part), part) for part in np.array_split(every, 4)]
    pred_probs, _ = out_of_sample_pred_probs(LogisticRegression(), X, y, splits, np.unique(y), {})
    assert np.isfinite(pred_probs).all()
    np.testing.assert_allclose(pred_probs.sum(axis=1), 1)


def test_folds_that_leave_samples_out_are_refused(blobs):
    X, y = blobs
    cv = [(np.arange(30, 60), np.arange(30))]
    with pytest.raises(ValueError, match="30 of 60 samples in none, the first in row 30"):
        ConfidentLearning(LogisticRegression(), cv=cv).fit(X, y)


def test_a_training_part_of_one_class_is_refused(blobs):
    X, y = blobs
    cv = [(np.flatnonzero(y == "a"), np.arange(60))]
    with pytest.raises(ValueError, match=r"got 1 class \['a'\]"):
        ConfidentLearning(LogisticRegression(), cv=cv).fit(X, y)


def test_class_weights_by_label_work(blobs):
    X, y = blobs
    weighted = LogisticRegression(class_weight={"a": 1, "b": 5, "c": 1})
    probs = ConfidentLearning(weighted, **PLAIN).fit(X, y).pred_probs_
    assert (
        probs[:, 1].mean()
        > ConfidentLearning(LogisticRegression(), **PLAIN).fit(X, y).pred_probs_[:, 1].mean()
    )


@pytest.mark.parametrize("in_pipeline", [False, True])
def test_sample_weight_reaches_every_fit(blobs, in_pipeline):
    X, y = blobs
    X = np.arange(60.0)[:, np.newaxis]
    weight = np.arange(1.0, 61)
    estimator = make_pipeline(Recorder()) if in_pipeline else Recorder()
    detector = ConfidentLearning(estimator, **PLAIN).fit(X, y, sample_weight=weight.tolist())
    assert len(detector.estimators_) == 5
    for fold in detector.estimators_:
        fold = fold[-1] if in_pipeline else fold
        np.testing.assert_array_equal(fold.sample_weight_, weight[fold.rows_.astype(int)])


def test_weights_of_the_wrong_length_are_refused(blobs):
    X, y = blobs
    with pytest.raises(ValueError, match="sample_weight.shape"):
        ConfidentLearning(LogisticRegression()).fit(X, y, sample_weight=np.ones(48))


def test_a_seed_reaches_what_is_unseeded_inside():
    inner = make_pipeline(RandomForestClassifier(n_estimators=2))
    seeded = seeded_clone(inner, 0).get_params()["randomforestclassifier__random_state"]
    assert isinstance(seeded, int)
    inner.set_params(randomforestclassifier__random_state=5)
    assert seeded_clone(inner, 0).get_params()["randomforestclassifier__random_state"] == 5
    assert seeded_clone(RandomForestClassifier(), None).random_state is None


def test_an_unseeded_forest_gives_the_same_result_for_any_n_jobs(blobs):
    X, y = blobs
    forest = RandomForestClassifier(n_estimators=5)
    first, second = (
        ConfidentLearning(forest, random_state=0, n_jobs=n_jobs).fit(X, y).pred_probs_
        for n_jobs in (1, 2)
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("in_pipeline", [False, True])
def test_forests_are_grown_in_threads_and_other_fits_run_in_processes(blobs, in_pipeline):
    X, y = blobs
    for estimator, in_threads in [
        (ProcessForest(4, random_state=0), True),
        (ProcessRegression(), False),
    ]:
        estimator = make_pipeline(estimator) if in_pipeline else estimator
        serial = ConfidentLearning(estimator, n_neighbors=None).fit(X, y)
        parallel = ConfidentLearning(estimator, n_neighbors=None, n_jobs=2).fit(X, y)
        np.testing.assert_array_equal(serial.pred_probs_, parallel.pred_probs_)
        folds = [fold[-1] if in_pipeline else fold for fold in parallel.estimators_]
        assert {fold.process_ == os.getpid() for fold in folds} == {in_threads}


def test_a_backend_that_the_user_asks_for_is_kept(blobs):
    X, y = blobs
    with parallel_config(backend="loky"):
        detector = ConfidentLearning(ProcessForest(4, random_state=0), n_jobs=2).fit(X, y)
    assert all(fold.process_ != os.getpid() for fold in detector.estimators_)


def test_a_cv_that_can_judge_nothing_is_refused():
    X, y = np.arange(8.0)[:, np.newaxis], np.repeat(["a", "b", "c", "d"], 2)
    cv = [(np.arange(4, 8), np.arange(4)), (np.arange(4), np.arange(4, 8))]
    with pytest.raises(
        ValueError, match=r"No sample could be judged.*Got classes 'a', 'b', 'c', 'd';"
    ):
        ConfidentLearning(Recorder(), cv=cv).fit(X, y)


def test_new_rows_are_predicted_by_the_folds_that_know_a_class():
    known = Recorder().fit([[0], [1], [2], [3]], ["a", "a", "b", "c"])
    unaware = Recorder().fit([[0], [1]], ["a", "b"])
    mean = mean_pred_probs([known, unaware], [[0.0]], np.array(["a", "b", "c", "d"]))
    # a and b are averaged over both, c is known to one and d to none
    np.testing.assert_allclose(mean, np.array([[0.5, 0.375, 0.25, 0]]) / 1.125)


def test_folds_may_be_lists_or_masks(blobs):
    X, y = blobs
    splits = list(StratifiedKFold(4).split(X, y))
    expected = ConfidentLearning(LogisticRegression(), cv=splits).fit(X, y).pred_probs_
    rows = np.arange(60)
    for cv in [
        [(train.tolist(), test.tolist()) for train, test in splits],
        [(np.isin(rows, train), np.isin(rows, test)) for train, test in splits],
    ]:
        detector = ConfidentLearning(LogisticRegression(), cv=cv).fit(X, y)
        np.testing.assert_array_equal(detector.pred_probs_, expected)


def test_an_iterator_of_folds_that_is_used_up_is_refused(blobs):
    X, y = blobs
    detector = ConfidentLearning(LogisticRegression(), cv=StratifiedKFold(4).split(X, y)).fit(X, y)
    with pytest.raises(ValueError, match="gave no folds.*pass a list"):
        detector.fit(X, y)


def test_a_classifier_that_knows_other_classes_is_refused(blobs):
    X, y = blobs
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    some = y != "b"
    with pytest.raises(
        ValueError, match=r"not among the labels: its classes_ are \['a', 'b', 'c'\]"
    ):
        ConfidentLearning(frozen).fit(X[some], y[some])


@pytest.mark.parametrize(("factor", "message"), [(2.0, "sums to 2"), (np.nan, "sums to nan")])
def test_a_classifier_without_distributions_is_refused(blobs, factor, message):
    class Odd(Recorder):
        def predict_proba(self, X):
            return super().predict_proba(X) * factor

    with pytest.raises(ValueError, match=rf"Odd.predict_proba: .*{message}"):
        ConfidentLearning(Odd()).fit(*blobs)


@pytest.mark.parametrize(
    "estimator",
    [
        GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2),
        VotingClassifier([("lr", LogisticRegression())], voting="soft"),
        NoiseAwareClassifier(LogisticRegression()),
    ],
    ids=["search", "voting", "nested"],
)
def test_sample_weight_passes_through_meta_estimators(blobs, estimator):
    X, y = blobs
    weight = np.where(y == "a", 10.0, 1.0)
    plain = ConfidentLearning(estimator, **PLAIN).fit(X, y).pred_probs_
    weighted = ConfidentLearning(estimator, **PLAIN).fit(X, y, sample_weight=weight)
    heavy = weighted.pred_probs_
    assert heavy[:, 0].mean() > plain[:, 0].mean() + 0.05


def test_keywords_that_reach_nobody_are_refused(blobs):
    X, y = blobs
    detector = ConfidentLearning(LogisticRegression()).fit(X, y)
    for name in ["sample_weight", "groups", "anything"]:
        with pytest.raises(TypeError, match=f"takes no {name} together with pred_probs"):
            detector.fit(X, y, pred_probs=detector.pred_probs_, **{name: np.ones(60)})
    with pytest.raises(ValueError, match="KNeighborsClassifier.fit takes no sample_weight"):
        ConfidentLearning(KNeighborsClassifier()).fit(X, y, sample_weight=np.ones(60))


def test_few_groups_make_few_folds():
    X, y = make_blobs(120, centers=3, random_state=0)
    groups = np.arange(120) % 3
    three = ConfidentLearning(LogisticRegression(), cv=3, **PLAIN).fit(X, y, groups=groups)
    default = ConfidentLearning(LogisticRegression(), **PLAIN).fit(X, y, groups=groups)
    np.testing.assert_array_equal(three.pred_probs_, default.pred_probs_)
    with pytest.warns(UserWarning, match="3 folds are made in place of 5"):
        five = ConfidentLearning(LogisticRegression(), cv=5, **PLAIN).fit(X, y, groups=groups)
    np.testing.assert_array_equal(three.pred_probs_, five.pred_probs_)


def test_one_group_cannot_be_kept_together():
    X, y = make_blobs(120, centers=3, random_state=0)
    plain = ConfidentLearning(LogisticRegression(), **PLAIN).fit(X, y)
    with pytest.warns(UserWarning, match="All samples are of one group"):
        found = ConfidentLearning(LogisticRegression(), **PLAIN).fit(X, y, groups=np.ones(120))
    np.testing.assert_array_equal(found.pred_probs_, plain.pred_probs_)
    groups = np.arange(120) // 60
    with (
        sklearn.config_context(enable_metadata_routing=True),
        pytest.warns(UserWarning, match="All samples are of one group"),
    ):
        scores = cross_val_score(
            NoiseAwareClassifier(LogisticRegression()),
            X,
            y,
            cv=LeaveOneGroupOut(),
            params={"groups": groups},
        )
    assert scores.mean() > 0.85
