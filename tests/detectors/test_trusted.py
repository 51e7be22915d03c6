"""Reviewed labels are left alone, measure the flags, and sharpen the noise matrix."""

import pickle

import numpy as np
import pytest
import sklearn
from imblearn.pipeline import Pipeline as ResamplingPipeline
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.naive_bayes import GaussianNB

from skclean import LabelCorrector, NoiseAwareClassifier, NoiseMatrixEstimator, NoisyLabelFilter
from skclean._core._verdict import chance_wrong
from skclean.detectors import (
    ConfidentLearning,
    EnsembleDetector,
    EnsembleFilter,
    NeighborAgreement,
)
from skclean.metrics import noise_matrix_error
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.strategies import CoTeaching, Prune, Relabel, SoftLabels
from skclean.utils.discovery import all_estimators

DETECTORS = [cls() for _, cls in all_estimators() if cls.__module__.startswith("skclean.detectors")]


@pytest.fixture(scope="module")
def reviewed():
    """X, y, y_before, y_true, trusted: the 100 worst flags of 1000 were checked."""
    X, codes = make_classification(
        1000, 8, n_informative=5, n_classes=3, n_clusters_per_class=1, random_state=0
    )
    y_true = np.array(["bird", "cat", "dog"])[codes]
    y_before, _ = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)
    issues = ConfidentLearning(LogisticRegression()).fit(X, y_before).issues_
    trusted = np.zeros(1000, dtype=bool)
    trusted[issues.ranked_indices()[:100]] = True
    return X, np.where(trusted, y_true, y_before), y_before, y_true, trusted


def joint_of(y_true, y):
    joint = np.zeros((3, 3))
    np.add.at(joint, tuple(np.unique(each, return_inverse=True)[1] for each in (y_true, y)), 1)
    return joint / len(y)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: type(d).__name__)
def test_every_detector_leaves_trusted_labels_alone(detector, reviewed):
    X, y, _, _, _ = reviewed
    rows = slice(0, 300)
    X, y = X[rows], y[rows]
    flagged = clone(detector).fit(X, y).issue_mask_
    assert flagged.any()
    trusted = flagged & (np.arange(300) % 2 == 0)
    issues = clone(detector).fit(X, y, trusted=trusted).issues_
    assert not issues.issue_mask[trusted].any()
    assert not issues.ambiguous_mask[trusted].any()
    assert (issues.label_quality[trusted] == 1).all()
    assert (issues.suggested_label[trusted] == y[trusted]).all()
    assert (issues.trusted_mask == trusted).all()
    assert issues.n_trusted == trusted.sum()
    own = np.searchsorted(issues.classes, y[trusted])
    assert np.allclose(issues.true_label_proba(np.flatnonzero(trusted)), np.eye(3)[own])
    assert issues.issue_mask.any()


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: type(d).__name__)
def test_no_trusted_label_changes_nothing(detector, reviewed):
    X, y, _, _, _ = reviewed
    X, y = X[:200], y[:200]
    plain = clone(detector).fit(X, y).issues_
    issues = clone(detector).fit(X, y, trusted=np.zeros(200, dtype=bool), y_before=y).issues_
    assert np.array_equal(plain.issue_mask, issues.issue_mask)
    assert np.array_equal(plain.label_quality, issues.label_quality)
    assert np.array_equal(plain.suggested_label, issues.suggested_label)
    assert np.isnan(issues.measured_precision)
    if plain.noise is not None:
        assert np.allclose(plain.noise.joint, issues.noise.joint, atol=1e-12)


def test_precision_is_measured_on_the_reviewed_flags(reviewed):
    X, y, y_before, _, trusted = reviewed
    detector = ConfidentLearning(LogisticRegression()).fit(X, y, trusted=trusted, y_before=y_before)
    flags = ConfidentLearning(LogisticRegression()).fit(X, y_before).issue_mask_ & trusted
    issues = detector.issues_
    assert issues.measured_precision == np.mean((y != y_before)[flags])
    low, high = issues.measured_precision_interval
    assert 0 < low < issues.measured_precision <= high <= 1
    assert "measured_precision=" in repr(issues)
    assert f"n_trusted={trusted.sum()}" in repr(issues)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: type(d).__name__)
def test_every_detector_measures_precision(detector, reviewed):
    X, _, y_before, y_true, _ = reviewed
    X, y_before, y_true = X[:300], y_before[:300], y_true[:300]
    flagged = clone(detector).fit(X, y_before).issue_mask_
    y = np.where(flagged, y_true, y_before)
    issues = clone(detector).fit(X, y, trusted=flagged, y_before=y_before).issues_
    # whatever classifiers that have learnt from the review would flag by now
    assert issues.measured_precision == np.mean((y != y_before)[flagged])
    low, high = issues.measured_precision_interval
    assert low <= issues.measured_precision <= high


@pytest.mark.parametrize(
    "make", [ConfidentLearning, lambda model, **cv: EnsembleFilter([model, GaussianNB()], **cv)]
)
def test_precision_is_measured_with_folds_that_can_be_asked_once(make, reviewed):
    X, y, y_before, _, trusted = reviewed
    told = {"trusted": trusted, "y_before": y_before}
    folds = list(StratifiedKFold(5).split(X, y))
    expected = make(LogisticRegression(), cv=folds).fit(X, y, **told).issues_
    once = make(LogisticRegression(), cv=iter(folds)).fit(X, y, **told).issues_
    assert once.measured_precision == expected.measured_precision > 0


@pytest.mark.parametrize(
    "detector",
    [ConfidentLearning(LogisticRegression()), EnsembleFilter([GaussianNB(), LogisticRegression()])],
)
def test_labels_before_that_cannot_be_judged_measure_nothing(detector, reviewed):
    X, y, _, _, _ = reviewed
    everything = np.ones(len(y), dtype=bool)
    one_class = np.full_like(y, "cat")
    detector.fit(X, y, trusted=everything, y_before=one_class)
    assert np.isnan(detector.issues_.measured_precision)


def test_folds_in_which_the_labels_before_were_of_one_class_are_said_and_no_more(reviewed):
    X, y, _, _, _ = reviewed
    folds = [(np.arange(500), np.arange(500, 1000)), (np.arange(500, 1000), np.arange(500))]
    y_before = np.where(np.arange(1000) < 500, "cat", y)
    detector = ConfidentLearning(LogisticRegression(), cv=folds)
    with pytest.warns(UserWarning, match="cannot be measured, as the labels before") as caught:
        detector.fit(X, y, trusted=np.ones(1000, dtype=bool), y_before=y_before)
    assert caught[0].filename == __file__
    assert np.isnan(detector.issues_.measured_precision)


class CountingNB(GaussianNB):
    """Counts its fits."""

    n_fits = 0

    def fit(self, X, y, sample_weight=None):
        CountingNB.n_fits += 1
        return super().fit(X, y, sample_weight)


def test_members_of_an_ensemble_do_not_measure_what_it_measures_itself(reviewed):
    X, y, y_before, _, trusted = reviewed
    ensemble = EnsembleDetector([ConfidentLearning(CountingNB()), EnsembleFilter([CountingNB()])])
    fits = []
    for told in ({"trusted": trusted}, {"trusted": trusted, "y_before": y_before}):
        CountingNB.n_fits = 0
        ensemble.fit(X, y, **told)
        fits.append(CountingNB.n_fits)
    assert fits[1] == 2 * fits[0] > 0
    assert ensemble.issues_.measured_precision > 0


def test_given_probabilities_measure_the_flags_that_they_gave(reviewed):
    X, y, y_before, _, trusted = reviewed
    probs = ConfidentLearning(LogisticRegression()).fit(X, y_before).pred_probs_
    issues = ConfidentLearning().fit(X, y, probs, trusted, y_before).issues_
    flags = ConfidentLearning().fit(X, y_before, probs).issue_mask_ & trusted
    assert issues.measured_precision == np.mean((y != y_before)[flags])


def test_repeated_editing_goes_on_asking_trusted_rows(reviewed):
    X, y, _, _, _ = reviewed
    detector = NeighborAgreement(editing="repeated")
    flagged = detector.fit(X, y).issue_mask_
    assert len(detector._asked_y) < len(y)
    detector.fit(X, y, trusted=flagged)
    assert len(detector._asked_y) > len(y) - len(y) // 20


@pytest.mark.parametrize("max_fdr", [0.3, 0.4])
def test_reviewed_flags_are_no_allowance_for_others(reviewed, max_fdr):
    X, y, y_before, _, trusted = reviewed
    detector = ConfidentLearning(LogisticRegression(), max_fdr=max_fdr)
    issues = detector.fit(X, y, trusted=trusted, y_before=y_before).issues_
    assert issues.n_issues > 0
    assert issues.expected_precision >= 1 - max_fdr


def test_the_noise_rate_lies_within_its_bounds_even_if_all_is_trusted():
    y = np.repeat([0, 1], 300)
    X = np.random.default_rng(0).normal(size=(600, 2)) + 6 * y[:, np.newaxis]
    y, _ = flip_labels(y, make_noise_matrix("uniform", 2, 0.2), random_state=0)
    issues = ConfidentLearning(LogisticRegression()).fit(X, y).issues_
    assert issues.noise_rate_bounds[0] > 0.03
    told = ConfidentLearning(LogisticRegression()).fit(X, y, trusted=np.ones(600, bool)).issues_
    assert told.noise.noise_rate == told.noise_rate_bounds[0] == 0


def test_the_table_says_which_labels_are_trusted(reviewed):
    X, y, _, _, trusted = reviewed
    detector = NeighborAgreement()
    assert "is_trusted" not in detector.fit(X, y).issues_.to_frame()
    frame = detector.fit(X, y, trusted=trusted).issues_.to_frame()
    assert np.array_equal(frame["is_trusted"], trusted)


def test_training_makes_up_for_the_noise_that_is_left(reviewed):
    """With all labels reviewed there is none, whatever it was before."""
    X, _, _, y_true, _ = reviewed
    matrix = np.array([[0.6, 0.4, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    y_before, _ = flip_labels(y_true, matrix, random_state=0)
    everything = np.ones(len(y_true), dtype=bool)
    plain = LogisticRegression().fit(X, y_true).predict_proba(X)
    for strategy in ("forward_correction", "cost_sensitive"):
        clf = NoiseAwareClassifier(LogisticRegression(), strategy=strategy)
        clf.fit(X, y_true, trusted=everything, y_before=y_before)
        assert np.allclose(clf.predict_proba(X), plain)
        assert clf.issues_.noise.noise_rate == np.mean(y_true != y_before)
        assert clf.issues_.noise_now.noise_rate == 0
        assert clf.issues_.noise_now.classes.tolist() == clf.classes_.tolist()


def test_co_teaching_keeps_trusted_rows(reviewed):
    X, y, y_before, _, trusted = reviewed
    issues = ConfidentLearning(LogisticRegression()).fit(X, y, None, trusted, y_before).issues_
    strategy = CoTeaching(noise_rate=0.5)
    assert strategy.treat(LogisticRegression(), X, y, issues).keep[trusted].all()


def test_neighbors_measure_precision_too(reviewed):
    X, y, y_before, _, trusted = reviewed
    issues = NeighborAgreement().fit(X, y, trusted=trusted, y_before=y_before).issues_
    flags = NeighborAgreement().fit(X, y_before).issue_mask_ & trusted
    assert issues.measured_precision == np.mean((y != y_before)[flags])


@pytest.mark.parametrize("noise_matrix", [None, "confident_joint", "dual_t"])
def test_when_all_is_reviewed_the_joint_is_exact(reviewed, noise_matrix):
    X, _, y_before, y_true, _ = reviewed
    everything = np.ones(len(y_true), dtype=bool)
    detector = ConfidentLearning(LogisticRegression(), noise_matrix=noise_matrix)
    issues = detector.fit(X, y_true, trusted=everything, y_before=y_before).issues_
    assert np.allclose(issues.noise.joint, joint_of(y_true, y_before))
    assert issues.n_issues == 0
    assert np.isnan(issues.expected_precision)
    found = NoiseMatrixEstimator(LogisticRegression(), method=noise_matrix, n_bootstrap=3)
    found.fit(X, y_true, trusted=everything, y_before=y_before)
    assert np.allclose(found.joint_, joint_of(y_true, y_before))
    low, high = found.noise_rate_interval_
    assert low <= found.noise_rate_ <= high


def test_known_pairs_enter_the_joint_and_its_columns_stay_the_given_shares(reviewed):
    X, y, y_before, _, trusted = reviewed
    detector = ConfidentLearning(LogisticRegression())
    noise = detector.fit(X, y, trusted=trusted, y_before=y_before).issues_.noise
    assert noise.given_prior == pytest.approx(joint_of(y, y_before).sum(axis=0))
    known = joint_of(y, y_before)[:, :]
    np.fill_diagonal(known, 0)
    assert (noise.joint >= known - 1e-12).all()


def test_one_reviewed_row_changes_little(reviewed):
    X, _, y_before, y_true, _ = reviewed
    trusted = np.arange(len(y_true)) == 7
    y = np.where(trusted, y_true, y_before)
    plain = ConfidentLearning(LogisticRegression()).fit(X, y_before)
    probs = plain.pred_probs_
    noise = ConfidentLearning().fit(X, y, probs, trusted, y_before).issues_.noise
    assert np.abs(noise.joint - plain.issues_.noise.joint).max() <= 2 / len(y)


def test_without_the_labels_before_the_noise_is_that_of_the_labels_as_they_are(reviewed):
    X, y, _, _, trusted = reviewed
    detector = ConfidentLearning(LogisticRegression()).fit(X, y, trusted=trusted)
    assert detector.issues_.noise.given_prior == pytest.approx(joint_of(y, y).sum(axis=0))
    assert np.isnan(detector.issues_.measured_precision)


def test_a_review_makes_the_noise_matrix_better_on_average():
    errors = []
    for seed in range(6):
        X, y_true = make_classification(
            1500, 8, n_informative=5, n_classes=3, n_clusters_per_class=1, random_state=seed
        )
        y_before, _ = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=seed)
        actual = joint_of(y_true, y_before)
        actual /= actual.sum(axis=1, keepdims=True)
        plain = ConfidentLearning(LogisticRegression()).fit(X, y_before)
        flagged = np.flatnonzero(plain.issue_mask_)
        rows = np.random.RandomState(seed).permutation(flagged)[:100]
        trusted = np.isin(np.arange(1500), rows)
        y = np.where(trusted, y_true, y_before)
        told = ConfidentLearning(LogisticRegression()).fit(X, y, None, trusted, y_before)
        errors.append([noise_matrix_error(actual, d.issues_.noise) for d in (plain, told)])
    without, with_review = np.mean(errors, axis=0)
    assert with_review < without


def test_rounds_train_on_trusted_rows(reviewed):
    X, y, _, _, _ = reviewed
    seen = []

    class Spy(LogisticRegression):
        def fit(self, X, y):
            seen.append({tuple(row) for row in X.tolist()})
            return super().fit(X, y)

    flagged = ConfidentLearning(LogisticRegression()).fit(X, y).issue_mask_
    ConfidentLearning(Spy()).fit(X, y, trusted=flagged)
    last_round = set.union(*seen[-3:])
    assert {tuple(row) for row in X[flagged].tolist()} <= last_round


@pytest.mark.parametrize("strategy", [Prune(), Relabel(), SoftLabels()])
def test_strategies_and_resamplers_keep_trusted_labels(reviewed, strategy):
    X, y, _, _, _ = reviewed
    detector = ConfidentLearning(LogisticRegression())
    flagged = clone(detector).fit(X, y).issue_mask_
    told = {"trusted": flagged}
    clf = NoiseAwareClassifier(LogisticRegression(), detector=detector, strategy=strategy)
    assert not clf.fit(X, y, **told).issues_.issue_mask[flagged].any()
    kept = NoisyLabelFilter(detector).fit(X, y, **told).sample_indices_
    assert set(np.flatnonzero(flagged)) <= set(kept)
    _, y_new = LabelCorrector(detector).fit_resample(X, y, **told)
    assert (y_new[flagged] == y[flagged]).all()
    ensemble = EnsembleDetector([detector, NeighborAgreement()])
    found = ensemble.fit(X, y, **told)
    assert all((d.issues_.trusted_mask == flagged).all() for d in found.detectors_)


def test_searches_cut_the_mask_by_metadata_routing(reviewed):
    X, y, y_before, _, trusted = reviewed
    with sklearn.config_context(enable_metadata_routing=True):
        detector = ConfidentLearning(LogisticRegression())
        detector.set_fit_request(trusted=True, y_before=True)
        clf = NoiseAwareClassifier(LogisticRegression(), detector=detector)
        search = GridSearchCV(clf, {"detector__n_rounds": [1, 2]}, cv=2)
        search.fit(X, y, trusted=trusted, y_before=y_before)
        issues = search.best_estimator_.issues_
        assert (issues.trusted_mask == trusted).all()
        pipeline = ResamplingPipeline(
            [("filter", NoisyLabelFilter(detector)), ("clf", LogisticRegression())]
        ).fit(X, y, trusted=trusted, y_before=y_before)
        kept = pipeline.named_steps["filter"].sample_indices_
        assert set(np.flatnonzero(trusted)) <= set(kept)


def test_result_is_the_same_for_any_n_jobs_and_survives_pickling(reviewed, tmp_path):
    X, y, y_before, _, trusted = reviewed
    told = {"trusted": trusted, "y_before": y_before}
    one, two = (
        ConfidentLearning(LogisticRegression(), n_jobs=n, memory=str(tmp_path)).fit(X, y, **told)
        for n in (1, 2)
    )
    again = pickle.loads(pickle.dumps(one)).issues_
    for issues in (two.issues_, again):
        assert np.array_equal(one.issues_.label_quality, issues.label_quality)
        assert np.array_equal(one.issues_.noise.joint, issues.noise.joint)
        assert issues.measured_precision == one.issues_.measured_precision


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"trusted": [True] * 3}, "trusted must have one value.*Got 3 values for 1000 labels"),
        ({"trusted": np.arange(1000)}, "trusted must be a mask of bools.*Got values such as"),
        ({"y_before": "y"}, "y_before needs trusted"),
        ({"trusted": "none", "y_before": "before"}, "only where trusted is True.*other rows"),
    ],
)
def test_bad_input_is_named(reviewed, told, message):
    X, y, y_before, _, _ = reviewed
    values = {
        "y": y,
        "none": np.zeros(1000, dtype=bool),
        "before": y_before,
    }
    told = {
        name: values[value] if isinstance(value, str) else value for name, value in told.items()
    }
    for estimator in (
        ConfidentLearning(LogisticRegression()),
        NeighborAgreement(),
        NoiseMatrixEstimator(LogisticRegression()),
    ):
        with pytest.raises(ValueError, match=message):
            estimator.fit(X, y, **told)


def test_a_review_of_the_worst_does_not_make_the_rest_look_clean(reviewed):
    X, y, y_before, y_true, trusted = reviewed
    detector = ConfidentLearning(LogisticRegression())
    issues = detector.fit(X, y, trusted=trusted, y_before=y_before).issues_
    alone = ConfidentLearning(LogisticRegression()).fit(X, y, trusted=trusted).issues_
    assert issues.n_ambiguous / issues.n_issues <= alone.n_ambiguous / alone.n_issues
    low, high = issues.expected_precision_interval
    assert low <= np.mean((y != y_true)[issues.issue_mask]) <= high


@pytest.mark.parametrize("choice", ["worst", "flags", "rows"])
def test_a_review_sharpens_noise_and_expectation_however_rows_are_chosen(choice):
    noise_errors, precision_errors = [], []
    for seed in range(6):
        X, y_true = make_classification(
            1500, 8, n_informative=5, n_classes=3, n_clusters_per_class=1, random_state=seed
        )
        y_before, _ = flip_labels(y_true, make_noise_matrix("uniform", 3, 0.2), random_state=seed)
        actual = joint_of(y_true, y_before)
        actual /= actual.sum(axis=1, keepdims=True)
        detector = ConfidentLearning(LogisticRegression())
        plain = detector.fit(X, y_before).issues_
        among = {
            "worst": plain.ranked_indices(),
            "flags": np.random.RandomState(seed).permutation(np.flatnonzero(plain.issue_mask)),
            "rows": np.random.RandomState(seed).permutation(1500),
        }[choice]
        trusted = np.isin(np.arange(1500), among[:100])
        y = np.where(trusted, y_true, y_before)
        told = detector.fit(X, y, trusted=trusted, y_before=y_before).issues_
        noise_errors.append([noise_matrix_error(actual, i.noise) for i in (plain, told)])
        left = told.issue_mask
        alone = chance_wrong(plain.label_quality, plain.issue_mask, plain.expected_precision, left)
        expected = np.array([alone.mean(), told.expected_precision])
        precision_errors.append(np.abs(expected - np.mean((y != y_true)[left])))
    for without, with_review in (np.mean(noise_errors, axis=0), np.mean(precision_errors, axis=0)):
        assert with_review < without, choice


def test_a_class_wholly_reviewed_has_its_exact_column(reviewed):
    X, _, y_before, y_true, _ = reviewed
    trusted = y_before == "cat"
    y = np.where(trusted, y_true, y_before)
    issues = ConfidentLearning(LogisticRegression()).fit(X, y, None, trusted, y_before).issues_
    assert np.allclose(issues.noise.joint[:, 1], joint_of(y_true, y_before)[:, 1])


def test_probabilities_in_single_precision_stay_so(reviewed):
    X, y, y_before, _, trusted = reviewed
    probs = ConfidentLearning(LogisticRegression()).fit(X, y).pred_probs_
    both = [
        ConfidentLearning().fit(X, y, probs.astype(dtype), trusted, y_before).issues_
        for dtype in (np.float32, np.float64)
    ]
    assert both[0].label_quality.dtype == np.float32
    assert np.allclose(both[0].noise.joint, both[1].noise.joint, atol=1e-3)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: type(d).__name__)
def test_a_review_may_do_away_with_a_class(detector, reviewed):
    X, y, _, _, _ = reviewed
    X, y = X[:200], y[:200]
    trusted = np.arange(200) < 4
    y_before = np.where(trusted, "catt", y)
    issues = clone(detector).fit(X, y, trusted=trusted, y_before=y_before).issues_
    assert set(issues.classes) == set(y)
    assert not issues.issue_mask[trusted].any()


def test_a_class_that_a_review_brings_in_has_a_column(reviewed):
    X, y, _, _, _ = reviewed
    trusted = np.arange(len(y)) < 40
    y_new = np.where(trusted, "emu", y).astype(object)
    probs = ConfidentLearning(LogisticRegression()).fit(X, y_new).pred_probs_
    told = {"trusted": trusted, "y_before": y.astype(object), "pred_probs": probs}
    ensemble = EnsembleDetector([ConfidentLearning(), NeighborAgreement()])
    issues = ensemble.fit(X, y_new, **told).issues_
    assert np.isnan(issues.measured_precision)
    assert not issues.issue_mask[trusted].any()
