"""NoiseAwareClassifier: detect, treat, fit, wherever scikit-learn puts a classifier."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from skclean import NoiseAwareClassifier
from skclean._classifier import default_strategy
from skclean._issues import Treatment
from skclean.detectors import ConfidentLearning
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.strategies import BaseStrategy, Prune, Relabel, Reweight, SoftLabels


class Recorder(ClassifierMixin, BaseEstimator):
    """Remembers what it was fitted on."""

    def fit(self, X, y, sample_weight=None):
        self.X_, self.y_, self.sample_weight_ = np.asarray(X), np.asarray(y), sample_weight
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])

    def predict_proba(self, X):
        distance = np.asarray(X)[:, :1] - np.arange(len(self.classes_))
        scores = np.exp(-(distance**2))
        return scores / scores.sum(axis=1, keepdims=True)


@pytest.fixture
def table(noisy_blobs):
    """The blobs as a table with text labels and an index that is not the default."""
    X, y, y_true, _ = noisy_blobs
    index = [f"row-{i}" for i in range(len(y))][::-1]
    frame = pd.DataFrame(X, columns=list("pqrs"), index=index)
    return frame, pd.Series(y, index=index, name="animal"), y_true


def test_grid_search_over_parts_runs_as_the_readme_has_it(table):
    X, y, y_true = table
    clf = NoiseAwareClassifier(LogisticRegression(), detector=ConfidentLearning(), strategy=Prune())
    search = GridSearchCV(
        Pipeline([("scale", StandardScaler()), ("clf", clf)]),
        {
            "clf__detector__prune": ["by_noise_rate", "by_class"],
            "clf__strategy": [Prune(), Reweight()],
            "clf__estimator__C": [0.1, 1],
        },
    ).fit(X, y)
    assert len(search.cv_results_["params"]) == 8
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    restored = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(restored.predict(X), search.predict(X))
    assert search.score(X, y_true) > 0.85


@pytest.mark.parametrize(
    "wrap",
    [
        lambda clf: VotingClassifier([("a", clf), ("b", LogisticRegression())], voting="soft"),
        lambda clf: StackingClassifier([("a", clf), ("b", LogisticRegression())]),
        lambda clf: CalibratedClassifierCV(clf, ensemble=False),
        lambda clf: CalibratedClassifierCV(clf),
        lambda clf: BaggingClassifier(clf, n_estimators=3, random_state=0),
    ],
    ids=["voting", "stacking", "calibrated", "calibrated-ensemble", "bagging"],
)
def test_meta_estimators_take_it_as_a_classifier(table, wrap):
    X, y, y_true = table
    clf = wrap(NoiseAwareClassifier(LogisticRegression())).fit(X, y)
    assert clf.score(X, y_true) > 0.8
    restored = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(restored.predict_proba(X), clf.predict_proba(X))


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("cv", [None, 4, GroupKFold(3)])
def test_groups_reach_the_outer_and_the_inner_folds(table, routing, cv):
    X, y, _ = table
    groups = np.arange(len(y)) // 3
    clf = NoiseAwareClassifier(LogisticRegression(), detector=ConfidentLearning(cv=cv))
    pipeline = Pipeline([("scale", StandardScaler()), ("clf", clf)])
    grid = {"clf__estimator__C": [0.1, 1]}
    with sklearn.config_context(enable_metadata_routing=routing):
        if routing:
            search = GridSearchCV(pipeline, grid, cv=GroupKFold(4)).fit(X, y, groups=groups)
        else:  # without routing the pipeline passes what is addressed to its step
            search = GridSearchCV(pipeline, grid, cv=GroupKFold(4).split(X, y, groups))
            search.fit(X, y, clf__groups=groups)
        inner = search.best_estimator_[-1].detector_
        expected = clone(clf.detector).set_params(
            estimator=LogisticRegression(**{"C": search.best_params_["clf__estimator__C"]})
        )
        expected.fit(StandardScaler().fit_transform(X), y, groups=groups)
    np.testing.assert_array_equal(inner.pred_probs_, expected.pred_probs_)


def test_the_default_detector_asks_for_groups_by_routing(table):
    X, y, _ = table
    groups = np.arange(len(y)) // 3
    with sklearn.config_context(enable_metadata_routing=True):
        routed = NoiseAwareClassifier(LogisticRegression()).fit(X, y, groups=groups).detector_
        plain = ConfidentLearning(LogisticRegression()).fit(X, y).pred_probs_
    told = ConfidentLearning(LogisticRegression()).fit(X, y, groups=groups).pred_probs_
    np.testing.assert_array_equal(routed.pred_probs_, told)
    assert (told != plain).any()


def test_weights_reach_detector_and_final_fit_by_routing(table):
    X, y, _ = table
    weight = np.linspace(0.5, 2, len(y))
    with sklearn.config_context(enable_metadata_routing=True):
        inner = Recorder().set_fit_request(sample_weight=True)
        clf = NoiseAwareClassifier(inner, strategy="prune").fit(X, y, sample_weight=weight)
        kept = ~clf.issues_.issue_mask
        np.testing.assert_array_equal(clf.estimator_.sample_weight_, weight[kept])
        assert all(fold.sample_weight_ is not None for fold in clf.detector_.estimators_)
        # the default classifier and detector ask for what they can use
        NoiseAwareClassifier().fit(X, y, sample_weight=weight)
        pred_probs = clf.detector_.pred_probs_
        assert (
            NoiseAwareClassifier(inner).fit(X, y, pred_probs=pred_probs).detector_.estimators_ == []
        )


@pytest.mark.parametrize("in_pipeline", [False, True])
def test_weights_reach_detector_and_final_fit_as_keywords(table, in_pipeline):
    X, y, _ = table
    weight = np.linspace(0.5, 2, len(y))
    estimator = make_pipeline(Recorder()) if in_pipeline else Recorder()
    clf = NoiseAwareClassifier(estimator, strategy="prune")
    clf.fit(X, y, sample_weight=weight.tolist())
    final = clf.estimator_[-1] if in_pipeline else clf.estimator_
    np.testing.assert_array_equal(final.sample_weight_, weight[~clf.issues_.issue_mask])


def test_prune_fits_on_what_was_kept(table):
    X, y, _ = table
    clf = NoiseAwareClassifier(Recorder(), strategy=Prune()).fit(X, y)
    kept = ~clf.issues_.issue_mask
    assert 0 < kept.sum() < len(y)
    np.testing.assert_array_equal(clf.estimator_.X_, X[kept])
    np.testing.assert_array_equal(clf.estimator_.y_, y[kept])
    assert clf.estimator_.sample_weight_ is None


def test_relabel_fits_on_the_suggested_labels(table):
    X, y, _ = table
    clf = NoiseAwareClassifier(Recorder(), strategy=Relabel()).fit(X, y)
    expected = np.where(clf.issues_.issue_mask, clf.issues_.suggested_label, y)
    np.testing.assert_array_equal(clf.estimator_.y_, expected)


def test_reweight_multiplies_the_weights_given(table):
    X, y, _ = table
    weight = np.linspace(0.5, 2, len(y))
    clf = NoiseAwareClassifier(Recorder(), strategy=Reweight(floor=0.2))
    clf.fit(X, y, sample_weight=weight)
    expected = np.maximum(clf.issues_.label_quality, 0.2) * weight
    np.testing.assert_allclose(clf.estimator_.sample_weight_, expected)


class Twice(BaseStrategy):
    """Every sample twice, in reverse, but for the first row."""

    def _apply(self, y, issues):
        samples = np.tile(np.arange(len(y))[::-1], 2)
        return Treatment(
            y=y[samples],
            keep=np.arange(len(samples)) > 0,
            sample_weight=np.linspace(1, 3, len(samples)),
            sample_indices=samples,
        )


def test_rows_may_repeat_and_carry_the_weights_given(table):
    X, y, _ = table
    weight = np.linspace(0.5, 2, len(y))
    clf = NoiseAwareClassifier(Recorder(), strategy=Twice()).fit(X, y, sample_weight=weight)
    samples = np.tile(np.arange(len(y))[::-1], 2)[1:]
    np.testing.assert_array_equal(clf.estimator_.X_, X.to_numpy()[samples])
    np.testing.assert_array_equal(clf.estimator_.y_, y.to_numpy()[samples])
    expected = np.linspace(1, 3, 2 * len(y))[1:] * weight[samples]
    np.testing.assert_allclose(clf.estimator_.sample_weight_, expected)


@pytest.mark.parametrize("value", [0.25, 1.0])
def test_equal_weights_are_not_passed_on(table, value):
    X, y, _ = table

    class Even(BaseStrategy):
        def _apply(self, y, issues):
            weight = np.where(issues.issue_mask, 0.5, value)
            return Treatment(y=y, keep=~issues.issue_mask, sample_weight=weight)

    clf = NoiseAwareClassifier(Recorder(), strategy=Even()).fit(X, y)
    assert clf.estimator_.sample_weight_ is None
    weight = np.linspace(0.5, 2, len(y))
    clf.fit(X, y, sample_weight=weight)
    np.testing.assert_array_equal(clf.estimator_.sample_weight_, weight[~clf.issues_.issue_mask])


def test_data_that_stay_as_they_are_are_not_copied(table):
    X, y, _ = table

    class Keeper(Recorder):
        def fit(self, X, y, sample_weight=None):
            self.given_ = X
            return super().fit(X, y, sample_weight)

    array = X.to_numpy()
    for strategy in ["reweight", "relabel", "forward_correction"]:
        clf = NoiseAwareClassifier(Keeper(), strategy=strategy).fit(array, y)
        assert clf.estimator_.given_ is array


def test_a_strategy_may_be_a_name(table):
    X, y, _ = table
    named = NoiseAwareClassifier(Recorder(), strategy="relabel").fit(X, y)
    part = NoiseAwareClassifier(Recorder(), strategy=Relabel()).fit(X, y)
    np.testing.assert_array_equal(named.estimator_.y_, part.estimator_.y_)
    with pytest.raises(ValueError, match=r"'strategy' .*'Prune'.*Got 'polish'"):
        NoiseAwareClassifier(Recorder(), strategy="polish").fit(X, y)


def test_reweight_needs_an_estimator_that_takes_weights(table):
    X, y, _ = table
    with pytest.raises(ValueError, match=r"KNeighborsClassifier.fit takes no sample_weight.*Prune"):
        NoiseAwareClassifier(KNeighborsClassifier(), strategy=Reweight()).fit(X, y)
    with pytest.raises(ValueError, match="KNeighborsClassifier.fit takes no sample_weight"):
        NoiseAwareClassifier(KNeighborsClassifier()).fit(X, y, sample_weight=np.full(len(y), 2.0))


@pytest.mark.parametrize(
    ("estimator", "present", "absent"),
    [
        (LogisticRegression(), {"predict_proba", "predict_log_proba", "decision_function"}, set()),
        (LinearSVC(), {"decision_function"}, {"predict_proba", "predict_log_proba"}),
        (KNeighborsClassifier(), {"predict_proba"}, {"decision_function", "predict_log_proba"}),
    ],
)
@pytest.mark.parametrize("fitted", [False, True])
def test_methods_exist_exactly_when_the_inner_estimator_has_them(
    table, estimator, present, absent, fitted
):
    X, y, _ = table
    clf = NoiseAwareClassifier(estimator)
    clf = clf.fit(X, y) if fitted else clf
    assert all(hasattr(clf, name) for name in present)
    assert not any(hasattr(clf, name) for name in absent)


def test_a_regressor_is_refused(table):
    X, y, _ = table
    for regressor in (Ridge(), make_pipeline(StandardScaler(), Ridge())):
        with pytest.raises(ValueError, match="must be a classifier. Got the regressor"):
            NoiseAwareClassifier(regressor).fit(X, y)


def test_a_classifier_without_probabilities_is_judged_by_the_default_one(table):
    X, y, y_true = table
    clf = NoiseAwareClassifier(RidgeClassifier()).fit(X, y)
    default = ConfidentLearning().fit(X, y)
    np.testing.assert_array_equal(clf.issues_.issue_mask, default.issue_mask_)
    assert clf.score(X, y_true) > 0.8


def test_a_detector_brings_its_own_classifier_or_takes_the_outer_one(table):
    X, y, _ = table
    own = NoiseAwareClassifier(Recorder(), detector=ConfidentLearning(LogisticRegression()))
    assert isinstance(own.fit(X, y).detector_.estimators_[0], LogisticRegression)
    outer = NoiseAwareClassifier(Recorder(), detector=ConfidentLearning(prune="both")).fit(X, y)
    assert isinstance(outer.detector_.estimators_[0], Recorder)
    assert outer.detector.estimator is None  # the parameter stays as it was given


def test_precomputed_kernels_are_refused(table):
    X, y, _ = table
    with pytest.raises(ValueError, match="precomputed kernels"):
        NoiseAwareClassifier(SVC(kernel="precomputed")).fit(X.to_numpy() @ X.to_numpy().T, y)


@pytest.mark.parametrize("seed", range(5))
def test_noise_aware_training_beats_plain_training(seed):
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    from skclean.simulation import flip_labels, make_noise_matrix

    X, y_true = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X / 16, y_true, random_state=seed, stratify=y_true
    )
    y, _ = flip_labels(y_train, make_noise_matrix("pair", 10, 0.3), random_state=seed)
    inner = KNeighborsClassifier(3)
    plain = inner.fit(X_train, y).score(X_test, y_test)
    aware = NoiseAwareClassifier(
        inner, detector=ConfidentLearning(LogisticRegression(max_iter=1000))
    )
    assert aware.fit(X_train, y).score(X_test, y_test) > plain + 0.05


def test_it_is_a_classifier_and_scores_by_cross_validation(table):
    X, y, _ = table
    assert is_classifier(NoiseAwareClassifier())
    scores = cross_val_score(NoiseAwareClassifier(LogisticRegression()), X, y)
    assert np.isfinite(scores).all()


def test_progress_reaches_the_folds(table):
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn >= 1.9")
    X, y, _ = table
    monitor = callback.ScoringMonitor(scoring="accuracy")
    clf = NoiseAwareClassifier(LogisticRegression().set_callbacks(monitor))
    clf.fit(X.to_numpy(), y)
    assert len(monitor.get_logs().data) > 0


def test_a_failed_refit_leaves_the_fitted_classifier_whole(table):
    X, y, _ = table
    clf = NoiseAwareClassifier(LogisticRegression()).fit(X, y)
    expected = clf.predict_proba(X)
    with pytest.raises(TypeError):
        clf.fit(X[:6], list("pppqqq"), anything=1)
    np.testing.assert_array_equal(clf.classes_, ["bird", "cat", "dog"])
    np.testing.assert_array_equal(clf.predict_proba(X), expected)


def test_a_final_classifier_of_other_classes_is_refused(table):
    X, y, _ = table
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    some = (y != "cat").to_numpy()
    clf = NoiseAwareClassifier(frozen, detector=ConfidentLearning(LogisticRegression()))
    with pytest.raises(ValueError, match=r"classes_ are \['bird', 'cat', 'dog'\]"):
        clf.fit(X[some], y[some])


def test_keywords_that_reach_nobody_are_refused(table):
    X, y, _ = table
    clf = NoiseAwareClassifier(LogisticRegression())
    with pytest.raises(TypeError, match="anything"):
        clf.fit(X, y, anything=1)


def test_the_default_leaves_labels_alone_where_cleaning_does_not_help(noisy_blobs):
    X, _, y_true, _ = noisy_blobs
    clf = NoiseAwareClassifier(LogisticRegression()).fit(X, y_true)
    assert clf.detector_.pruning_gain_ <= 0.5
    assert clf.strategy_ is None
    np.testing.assert_array_equal(clf.estimator_.coef_, LogisticRegression().fit(X, y_true).coef_)
    asked = NoiseAwareClassifier(LogisticRegression(), strategy="prune").fit(X, y_true)
    assert isinstance(asked.strategy_, Prune)


def test_the_default_cleans_where_it_helps():
    X, y_true = load_digits(return_X_y=True)
    y, _ = flip_labels(y_true, make_noise_matrix("pair", 10, 0.3), random_state=0)
    clf = NoiseAwareClassifier(LogisticRegression(max_iter=2000, C=0.01)).fit(X[:900], y[:900])
    assert clf.detector_.pruning_gain_ > 0.5
    assert isinstance(clf.strategy_, SoftLabels)
    plain = LogisticRegression(max_iter=2000, C=0.01).fit(X[:900], y[:900])
    assert clf.score(X[900:], y_true[900:]) > plain.score(X[900:], y_true[900:]) + 0.03


@pytest.mark.parametrize(("gain", "treated"), [(-1.0, False), (0.4, False), (0.6, True)])
def test_the_default_asks_for_half_a_standard_error(gain, treated):
    assert (default_strategy(gain, LogisticRegression()) is not None) == treated


def test_the_default_cleans_by_given_probabilities(table):
    X, y, _ = table
    pred_probs = cross_val_predict(LogisticRegression(), X, y, method="predict_proba")
    clf = NoiseAwareClassifier(LogisticRegression()).fit(X, y, pred_probs=pred_probs)
    assert np.isnan(clf.detector_.pruning_gain_)
    assert isinstance(clf.strategy_, Prune)


def test_weights_that_leave_one_class_are_refused(table):
    X, y, _ = table
    with pytest.raises(
        ValueError, match=r"sample_weight is 0 for all samples but those of \['cat'"
    ):
        NoiseAwareClassifier(LogisticRegression()).fit(X, y, sample_weight=(y == "cat") * 1.0)
