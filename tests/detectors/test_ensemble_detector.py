"""EnsembleDetector: findings combined by rank or by vote."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import GaussianNB

from skclean import LabelIssues, NoiseAwareClassifier, NoisyLabelFilter
from skclean.detectors import (
    BaseDetector,
    ConfidentLearning,
    EnsembleDetector,
    EnsembleFilter,
    ForestMargin,
    IterativePartitioning,
    KNNShapley,
    NeighborAgreement,
    TrainingDynamics,
)
from skclean.detectors._calibrated_vote import proba_wrong, rates_of, spread_within_levels
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.utils.estimator_checks import check_estimator_contract


class Told(BaseDetector):
    """Finds what it is told."""

    def __init__(self, quality=None, suggested=None):
        self.quality = quality
        self.suggested = suggested

    def _detect(self, X, y):
        quality = np.array(self.quality)
        return LabelIssues(quality, quality < 0.5, np.array(self.suggested))


X = np.zeros((4, 1))
Y = ["a", "a", "b", "b"]
TOLD = [
    Told([0.1, 0.2, 0.8, 0.9], [1, 1, 1, 1]),
    Told([0.4, 0.9, 0.3, 0.8], [1, 0, 0, 1]),
    Told([0.0, 0.7, 0.7, 0.7], [0, 0, 1, 0]),
]


def test_ranks_are_averaged_and_as_many_flagged_as_on_average():
    detector = EnsembleDetector(TOLD).fit(X, Y)
    ranks = np.array([[1, 2, 3, 4], [2, 4, 1, 3], [1, 3, 3, 3]])
    np.testing.assert_allclose(detector.label_quality_, (ranks.mean(axis=0) - 0.5) / 4)
    # 2, 2 and 1 flags; row 2 ranks before row 1
    np.testing.assert_array_equal(detector.issue_mask_, [True, False, True, False])
    np.testing.assert_array_equal(detector.suggested_label_, ["b", "a", "b", "b"])


def test_votes_are_counted_and_ties_go_by_rank():
    detector = EnsembleDetector(TOLD, voting="vote").fit(X, Y)
    np.testing.assert_array_equal(detector.issue_mask_, [True, False, False, False])
    ranks = (np.array([4, 9, 7, 10]) / 3 - 0.5) / 4
    np.testing.assert_allclose(detector.label_quality_, (np.array([0, 2, 2, 3]) + ranks) / 4)
    any_flags = EnsembleDetector(TOLD, voting="vote", threshold=0).fit(X, Y)
    np.testing.assert_array_equal(any_flags.issue_mask_, [True, True, True, False])
    weighted = EnsembleDetector(TOLD, voting="vote", weights=[3, 1, 1]).fit(X, Y)
    np.testing.assert_array_equal(weighted.issue_mask_, [True, True, False, False])


def test_one_detector_alone_keeps_its_order_and_flags(noisy_blobs):
    data, y, _, _ = noisy_blobs
    alone = NeighborAgreement().fit(data, y)
    for voting in ["rank", "vote"]:
        detector = EnsembleDetector([NeighborAgreement()], voting=voting).fit(data, y)
        np.testing.assert_array_equal(detector.issue_mask_, alone.issue_mask_)
        np.testing.assert_array_equal(detector.suggested_label_, alone.suggested_label_)
        order = np.argsort(detector.label_quality_, kind="stable")
        assert (np.diff(alone.label_quality_[order]) >= 0).all()


@pytest.mark.parametrize("voting", ["rank", "vote", "calibrated"])
@pytest.mark.parametrize("seed", [0, 1])
def test_planted_errors_of_digits_are_found(voting, seed):
    data, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    members = [NeighborAgreement(), ForestMargin(100), KNNShapley()]
    detector = EnsembleDetector(members, voting=voting).fit(data, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.98
    assert detector.issue_mask_[flipped].mean() > 0.9


@pytest.mark.parametrize("routing", [False, True])
def test_the_default_takes_tables_of_strings_with_gaps(noisy_blobs, routing):
    X, y, y_true, _ = noisy_blobs
    table = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    table["kind"] = np.where(np.arange(len(y)) % 3 == 0, None, "some")
    table.loc[::7, "x0"] = np.nan
    groups = np.arange(len(y)) // 2
    with config_context(enable_metadata_routing=routing):
        detector = EnsembleDetector().fit(table, y, groups=groups)
        names = [type(member).__name__ for member in detector.detectors_]
        assert names == ["ConfidentLearning", "InstanceHardness", "EnsembleFilter"]
        assert (detector.issue_mask_ == (y != y_true)).mean() > 0.8
        alone = ConfidentLearning().fit(table, y, groups=groups)
        np.testing.assert_array_equal(detector.detectors_[0].label_quality_, alone.label_quality_)
        again = detector.fit(X, y)  # numbers again, whatever it was fitted on before
    assert type(again.detectors_[0]) is NeighborAgreement


@pytest.mark.parametrize("voting", ["rank", "vote", "calibrated"])
def test_new_rows_are_ranked_among_the_fitted_ones(noisy_blobs, voting):
    X, y, y_true, _ = noisy_blobs
    members = [NeighborAgreement(), ForestMargin(), ConfidentLearning(GaussianNB())]
    detector = EnsembleDetector(members, voting=voting, weights=[1, 2, 1]).fit(X[:200], y[:200])
    quality = detector.score_labels(X[200:], y[200:])
    assert roc_auc_score(y[200:] == y_true[200:], quality) > 0.9
    if voting != "calibrated":
        shares = []
        for member in detector.detectors_:
            new, known = member.score_labels(X[200:], y[200:]), member.label_quality_
            lower = (known < new[:, np.newaxis]).mean(axis=1)
            shares.append(lower + (known == new[:, np.newaxis]).mean(axis=1) / 2)
        np.testing.assert_allclose(quality, np.average(shares, axis=0, weights=[1, 2, 1]))
    assert not hasattr(EnsembleDetector([NeighborAgreement(), KNNShapley()]), "score_labels")


def test_numbers_in_any_container_have_the_same_default_members(noisy_blobs):
    X, y, _, _ = noisy_blobs
    table = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    expected = EnsembleDetector().fit(X, y)
    for same in (table, X.astype(object), table.astype("Float64"), table.astype("double[pyarrow]")):
        found = EnsembleDetector().fit(same, y)
        assert type(found.detectors_[0]) is NeighborAgreement
        np.testing.assert_allclose(found.label_quality_, expected.label_quality_)
    assert type(EnsembleDetector().fit(table.assign(b=True), y).detectors_[0]) is NeighborAgreement


def test_members_are_seeded_and_take_tables():
    rng = np.random.default_rng(0)
    color = rng.choice(["red", "blue", "green"], 120)
    frame = pd.DataFrame({"color": color})
    y_true = np.where(color == "red", "stop", "go")
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 2, 0.1), random_state=0)
    members = [ConfidentLearning(), TrainingDynamics()]
    detector = EnsembleDetector(members, random_state=3).fit(frame, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.95
    seeds = [member.random_state for member in detector.detectors_]
    assert None not in seeds


@pytest.mark.parametrize("voting", ["rank", "calibrated"])
def test_the_detector_keeps_the_contract_and_works_in_a_filter(noisy_blobs, voting):
    data, y, _, _ = noisy_blobs
    members = [NeighborAgreement(), ConfidentLearning(GaussianNB()), KNNShapley()]
    detector = EnsembleDetector(members, voting=voting)
    check_estimator_contract(detector)
    kept, _ = NoisyLabelFilter(clone(detector)).fit_resample(data, y)
    assert 0 < len(kept) < len(data)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"detectors": []}, "at least one"),
        ({"detectors": [LogisticRegression()]}, "Got LogisticRegression"),
        ({"detectors": NeighborAgreement()}, "detectors"),
        ({"voting": "borda"}, "voting"),
        ({"threshold": 1}, "threshold"),
        ({"weights": [1, 2]}, "one weight for each"),
        ({"voting": "calibrated", "weights": [1, 2, 0]}, "at least three.*Got 2"),
        ({"weights": [0, 0, 0]}, "not all 0"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    with pytest.raises(ValueError, match=message):
        EnsembleDetector(**parameters).fit(np.arange(8.0).reshape(4, 2), Y)


def test_votes_order_before_ranks_also_with_weights():
    X, y = make_blobs(300, centers=3, cluster_std=4, random_state=0)
    members = [NeighborAgreement(), ForestMargin(n_estimators=50), NeighborAgreement(3)]
    weights = np.array([0.5, 0.3, 0.2])
    detector = EnsembleDetector(members, voting="vote", weights=weights).fit(X, y)
    share = weights @ np.array([member.issue_mask_ for member in detector.detectors_])
    order = np.argsort(detector.label_quality_, kind="stable")
    assert (np.diff(share[order]) <= 1e-9).all()


def test_weights_must_be_finite_numbers():
    X, y = make_blobs(60, centers=2, random_state=0)
    for weights in [[np.nan, 1.0], ["a", "b"]]:
        with pytest.raises(ValueError, match="weights|float|numeric"):
            EnsembleDetector([NeighborAgreement()] * 2, weights=weights).fit(X, y)
    with pytest.raises(ValueError, match="must be a list in the order of its detectors"):
        EnsembleDetector([NeighborAgreement()] * 2, weights={"a": 1, "b": 2}).fit(X, y)


def told(flags, qualities=None):
    """Detectors that flag the columns of `flags` and suggest nothing."""
    qualities = np.where(flags, 0.1, 0.9) if qualities is None else qualities
    return [Told(quality, np.zeros(len(flags), dtype=int)) for quality in qualities.T]


def drawn_flags(n_samples, noise_rate, sensitivity, false_alarm_rate, seed):
    """Flags of detectors that err independently, and which labels are wrong."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(n_samples) < noise_rate
    rates = np.where(wrong[:, np.newaxis], sensitivity, false_alarm_rate)
    return rng.random(rates.shape) < rates, wrong


def calibrated(flags, **parameters):
    X, y = np.zeros((len(flags), 1)), np.arange(len(flags)) % 2
    return EnsembleDetector(told(flags), voting="calibrated", **parameters).fit(X, y)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_calibrated_votes_recover_sensitivities_and_the_posterior(seed):
    sensitivity = np.array([0.9, 0.8, 0.7, 0.3])
    false_alarm_rate = np.array([0.02, 0.1, 0.05, 0.3])  # the last one has no clue
    flags, wrong = drawn_flags(5000, 0.2, sensitivity, false_alarm_rate, seed)
    detector = calibrated(flags)
    np.testing.assert_allclose(detector.sensitivity_, sensitivity, atol=0.06)
    np.testing.assert_allclose(detector.false_alarm_rate_, false_alarm_rate, atol=0.03)
    ratio = np.where(
        flags, sensitivity / false_alarm_rate, (1 - sensitivity) / (1 - false_alarm_rate)
    )
    odds = 0.25 * ratio.prod(axis=1)
    np.testing.assert_array_equal(detector.issue_mask_, detector.label_quality_ < 0.5)
    assert np.abs(detector.label_quality_ - 1 / (1 + odds)).mean() < 0.02
    clear = abs(np.log(odds)) > np.log(2)
    np.testing.assert_array_equal(detector.issue_mask_[clear], odds[clear] > 1)
    precision = wrong[detector.issue_mask_].mean()
    assert detector.issues_.expected_precision == pytest.approx(precision, abs=0.03)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_detectors_without_a_clue_are_not_listened_to(seed):
    rates = [0.9, 0.85, 0.8, 0.4, 0.4, 0.1], [0.03, 0.05, 0.05, 0.4, 0.4, 0.3]
    flags, wrong = drawn_flags(3000, 0.15, *rates, seed)
    weigh, count = (
        EnsembleDetector(told(flags), voting=voting).fit(np.zeros((3000, 1)), wrong)
        for voting in ["calibrated", "vote"]
    )
    say = np.log(weigh.sensitivity_ / weigh.false_alarm_rate_)
    assert (say[:3] > 2).all()
    assert (say[3:] < 0.15).all()
    assert say[5] == 0  # it contradicts the others, and is not turned round
    assert (weigh.issue_mask_ == wrong).mean() > (count.issue_mask_ == wrong).mean()


def test_a_calibration_step_by_hand():
    patterns, counts = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]]), np.array([6, 2, 2])
    wrong = np.array([0, 0.5, 1])  # 3 of 10
    noise_rate, sensitivity, false_alarm_rate = rates_of(patterns, counts, wrong)
    assert noise_rate == pytest.approx(4 / 12)
    # the third never flags, so it would flag right labels 1 / 9 and wrong ones 1 / 5
    np.testing.assert_allclose(sensitivity, [4 / 5, 3 / 5, 1 / 5])
    np.testing.assert_allclose(false_alarm_rate, [2 / 9, 1 / 9, 1 / 9])
    found = proba_wrong(patterns[2:], noise_rate, sensitivity, false_alarm_rate, np.ones(3))
    odds = (4 / 8) * (4 / 5 * 9 / 2) * (3 / 5 * 9) * (4 / 5 * 9 / 8)
    np.testing.assert_allclose(found, odds / (1 + odds))


def test_a_detector_that_flags_right_labels_more_often_is_pooled():
    patterns, counts = np.array([[0, 0, 1], [1, 1, 0]]), np.array([8, 2])
    _, sensitivity, false_alarm_rate = rates_of(patterns, counts, np.array([0, 1.0]))
    np.testing.assert_allclose(sensitivity, [3 / 4, 3 / 4, 10 / 14])
    np.testing.assert_allclose(false_alarm_rate, [1 / 10, 1 / 10, 10 / 14])
    assert rates_of(patterns, counts, np.array([0.9, 1]))[0] == 0.5  # not 10.2 / 12


def test_equal_levels_are_spread_by_hand():
    # 0.2 has 0.2 and 0.3 of room to either side, 0.6 has 0.1 to 0.5 and 0.4 to 1
    levels, ranks = np.array([0.2, 0.6, 0.2, 0.6]), np.array([0.0, 0.9, 1.0, 0.3])
    np.testing.assert_allclose(spread_within_levels(levels, ranks), [0.15, 0.615, 0.25, 0.585])


def test_wrong_labels_stay_the_minority_when_most_samples_are_flagged():
    flags, wrong = drawn_flags(3000, 0.75, [0.9, 0.9, 0.9], [0.1, 0.1, 0.1], seed=0)
    detector = calibrated(flags)
    # not turned round either: what most flag is still what is likely wrong
    assert detector.issue_mask_[wrong].mean() > detector.issue_mask_[~wrong].mean()
    assert (detector.sensitivity_ > detector.false_alarm_rate_).all()


def test_weights_say_how_many_votes_a_detectors_is_worth():
    flags, _ = drawn_flags(2000, 0.2, [0.9, 0.8, 0.7], [0.1, 0.1, 0.1], seed=0)
    twice = np.column_stack([flags, flags[:, 2]])
    half = calibrated(twice, weights=[2, 2, 1, 1])
    alone = calibrated(flags)
    np.testing.assert_allclose(half.label_quality_, alone.label_quality_, atol=1e-6)
    deaf = calibrated(twice, weights=[1, 1, 1, 0])
    assert (deaf.issue_mask_ == alone.issue_mask_).all()


def test_equal_flags_go_by_rank_and_keep_their_probability():
    rng = np.random.default_rng(0)
    flags, _ = drawn_flags(400, 0.3, [0.8, 0.8, 0.8], [0.1, 0.1, 0.1], seed=0)
    qualities = np.where(flags, 0.0, 0.5) + rng.random(flags.shape) / 2
    y = np.arange(400) % 2
    plain = calibrated(flags).label_quality_
    ranked = EnsembleDetector(told(flags, qualities), voting="calibrated")
    quality = ranked.fit(np.zeros((400, 1)), y).label_quality_
    levels = np.unique(plain)
    assert len(np.unique(quality)) > 300 > len(levels)
    for low, high in pairwise(levels):
        assert quality[plain == low].max() < quality[plain == high].min()
    for level in levels:
        assert quality[plain == level].mean() == pytest.approx(level)


def test_no_flags_are_no_issues_and_many_samples_no_certainty():
    detector = calibrated(np.zeros((200, 3), dtype=bool))
    assert not detector.issue_mask_.any()
    assert np.isnan(detector.issues_.expected_precision)
    assert (detector.label_quality_ > 0.99).all()
    flags = np.zeros((100_000, 12), dtype=bool)
    flags[:100] = True
    detector = calibrated(flags)
    np.testing.assert_array_equal(detector.issue_mask_, flags[:, 0])
    assert detector.label_quality_.max() <= 1


@pytest.fixture
def metadata(noisy_blobs):
    _, y, _, _ = noisy_blobs
    codes = np.unique(y, return_inverse=True)[1]
    pred_probs = np.random.default_rng(0).dirichlet(np.ones(3), len(y)) / 2 + np.eye(3)[codes] / 2
    groups, weight = np.arange(len(y)) // 10, np.linspace(0.01, 5, len(y))
    return pred_probs, groups, weight


def assert_same_members(detector, members):
    for fitted, alone in zip(detector.detectors_, members, strict=True):
        np.testing.assert_array_equal(fitted.label_quality_, alone.label_quality_)


def test_plain_keywords_reach_the_detectors_that_take_them(noisy_blobs, metadata):
    data, y, _, _ = noisy_blobs
    pred_probs, groups, weight = metadata
    members = [
        ConfidentLearning(GaussianNB()),
        EnsembleFilter([GaussianNB()], cv=GroupKFold(3)),
        IterativePartitioning(GaussianNB()),
        TrainingDynamics(),
        NeighborAgreement(),
    ]
    detector = EnsembleDetector(members)
    detector.fit(data, y, pred_probs=pred_probs, groups=groups, sample_weight=weight)
    alone = [
        clone(members[0]).fit(data, y, pred_probs=pred_probs),
        clone(members[1]).fit(data, y, groups=groups, sample_weight=weight),
        clone(members[2]).fit(data, y, sample_weight=weight),
        clone(members[3]).fit(data, y, sample_weight=weight),
        clone(members[4]).fit(data, y),
    ]
    assert_same_members(detector, alone)
    outer = EnsembleDetector([detector, NeighborAgreement()])
    outer.fit(data, y, pred_probs=pred_probs, groups=groups, sample_weight=weight)
    assert_same_members(outer.detectors_[0], alone)


def test_keywords_that_no_detector_takes_are_refused(noisy_blobs, metadata):
    data, y, _, _ = noisy_blobs
    members = [NeighborAgreement(), KNNShapley()]
    with pytest.raises(TypeError, match="No detector of this EnsembleDetector takes groups"):
        EnsembleDetector(members).fit(data, y, groups=metadata[1])
    EnsembleDetector(members).fit(data, y, groups=None)
    clf = NoiseAwareClassifier(LogisticRegression(), detector=EnsembleDetector(members))
    clf.fit(data, y, sample_weight=metadata[2])  # for the final fit alone


def test_routed_metadata_reach_the_detectors_that_request_them(noisy_blobs, metadata):
    data, y, _, _ = noisy_blobs
    pred_probs, groups, weight = metadata
    with config_context(enable_metadata_routing=True):
        model = GaussianNB().set_fit_request(sample_weight=True)
        members = [
            ConfidentLearning().set_fit_request(pred_probs=True),
            ConfidentLearning(model, cv=GroupKFold(3)).set_fit_request(pred_probs=False),
            NeighborAgreement(),
        ]
        detector = EnsembleDetector(members)
        detector.fit(data, y, pred_probs=pred_probs, groups=groups, sample_weight=weight)
    alone = [
        ConfidentLearning().fit(data, y, pred_probs=pred_probs),
        ConfidentLearning(GaussianNB(), cv=GroupKFold(3)).fit(
            data, y, groups=groups, sample_weight=weight
        ),
        NeighborAgreement().fit(data, y),
    ]
    assert_same_members(detector, alone)
