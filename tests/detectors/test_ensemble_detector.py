"""EnsembleDetector: findings combined by rank or by vote."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB

from skclean import LabelIssues, NoisyLabelFilter
from skclean.detectors import (
    BaseDetector,
    ConfidentLearning,
    EnsembleDetector,
    ForestMargin,
    KNNShapley,
    NeighborAgreement,
    TrainingDynamics,
)
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


@pytest.mark.parametrize("voting", ["rank", "vote"])
@pytest.mark.parametrize("seed", [0, 1])
def test_planted_errors_of_digits_are_found(voting, seed):
    data, y_true = load_digits(return_X_y=True)
    y, flipped = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=seed)
    members = [NeighborAgreement(), ForestMargin(100), KNNShapley()]
    detector = EnsembleDetector(members, voting=voting).fit(data, y)
    assert roc_auc_score(~flipped, detector.label_quality_) > 0.98
    assert detector.issue_mask_[flipped].mean() > 0.9


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


def test_the_detector_keeps_the_contract_and_works_in_a_filter(noisy_blobs):
    data, y, _, _ = noisy_blobs
    members = [NeighborAgreement(), ConfidentLearning(GaussianNB())]
    detector = EnsembleDetector(members)
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
