"""The two hooks of the detector protocol, as a third party would use them."""

import numpy as np
import pytest
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from skclean import LabelIssues, NoiseAwareClassifier, NoisyLabelFilter
from skclean.detectors import BaseDetector, BaseProbaDetector, ConfidentLearning, EnsembleFilter
from skclean.strategies import Reweight
from skclean.utils.estimator_checks import check_estimator_contract


class OneNeighbor(BaseDetector):
    """Flags what differs from its nearest neighbour."""

    def _detect(self, X, y):
        index = NearestNeighbors(n_neighbors=1).fit(X)
        neighbor = index.kneighbors(return_distance=False)[:, 0]
        return LabelIssues(
            label_quality=(y[neighbor] == y).astype(float),
            issue_mask=y[neighbor] != y,
            suggested_label=y[neighbor],
        )


class HalfConfident(BaseProbaDetector):
    """Flags what has less than half of the probability."""

    def __init__(
        self, estimator=None, *, cv=None, n_jobs=None, random_state=None, memory=None, n_rounds=None
    ):
        self.estimator = estimator
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.memory = memory
        self.n_rounds = n_rounds

    def _detect_proba(self, y, pred_probs):
        confidence = pred_probs[np.arange(len(y)), y]
        return LabelIssues(
            label_quality=confidence,
            issue_mask=confidence < 0.5,
            suggested_label=pred_probs.argmax(axis=1),
        )


X = [[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]
Y = ["cat", "cat", "dog", "dog", "dog", "dog"]


@pytest.mark.parametrize(
    ("found", "error", "message"),
    [
        (np.zeros(6), TypeError, "hook of Wrong must return LabelIssues. Got ndarray"),
        (
            LabelIssues(np.ones(5), np.zeros(6, bool), np.zeros(6, int)),
            ValueError,
            r"label_quality of Wrong must have one value for each of the 6 .*shape \(5,\)",
        ),
        (
            LabelIssues(np.ones(6), np.zeros(6, bool), np.array(Y)),
            ValueError,
            "suggested_label of Wrong must hold codes from 0 to 1.*'cat'",
        ),
        (
            LabelIssues(np.ones(6), np.zeros(6, bool), np.full(6, 2)),
            ValueError,
            "codes from 0 to 1.*Got int64 such as",
        ),
        (
            LabelIssues(np.ones(6), np.zeros(6, int), np.zeros(6, int)),
            ValueError,
            "issue_mask of Wrong must be of dtype bool. Got int64",
        ),
        (
            LabelIssues(np.full(6, np.nan), np.zeros(6, bool), np.zeros(6, int)),
            ValueError,
            r"label_quality of Wrong must lie in \[0, 1\]. Got values from nan",
        ),
    ],
)
def test_findings_that_are_none_are_named(found, error, message):
    class Wrong(BaseDetector):
        def _detect(self, X, y):
            return found

    trusted = np.arange(6) == 2
    for told in [{}, {"trusted": trusted}, {"trusted": trusted, "y_before": Y}]:
        with pytest.raises(error, match=message):
            Wrong().fit(X, Y, **told)


def test_a_detector_from_data_gives_labels_back():
    detector = OneNeighbor().fit(X, Y)
    np.testing.assert_array_equal(detector.issue_mask_, [0, 0, 1, 0, 0, 0])
    np.testing.assert_array_equal(detector.suggested_label_[2], "cat")
    np.testing.assert_array_equal(detector.fit_predict(X, Y), [1, 1, -1, 1, 1, 1])
    assert not hasattr(detector, "score_labels")
    assert detector.issues_.noise is None


@pytest.mark.parametrize("detector", [OneNeighbor(), HalfConfident(LogisticRegression())])
def test_a_third_partys_detector_keeps_the_contract_and_works_everywhere(detector, noisy_blobs):
    check_estimator_contract(detector)
    data, y, _, _ = noisy_blobs
    kept, _ = NoisyLabelFilter(detector).fit_resample(data, y)
    assert 0 < len(kept) < len(data)
    clf = NoiseAwareClassifier(LogisticRegression(), detector=detector, strategy=Reweight())
    assert clf.fit(data, y).noise_matrix_ is None


def test_a_detector_that_does_not_take_metadata_is_not_given_any(noisy_blobs):
    data, y, _, _ = noisy_blobs
    clf = NoiseAwareClassifier(LogisticRegression(), detector=OneNeighbor())
    clf.fit(data, y, sample_weight=np.full(len(y), 2.0))


def test_findings_cannot_be_written_through():
    detector = OneNeighbor().fit(X, Y)
    with pytest.raises(ValueError, match="read-only"):
        detector.issues_.label_quality[0] = 0.5


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["cat"] * 6, r"got 1 class \['cat'\]"),
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "continuous"),
        (["cat", None, "dog", "dog", "dog", "dog"], "first in row 1"),
        ([1.0, np.nan, 0, 0, 1, 1], "first in row 1"),
        (["cat", "dog"], "inconsistent numbers of samples"),
        (None, "requires y to be passed"),
    ],
)
def test_bad_labels_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        OneNeighbor().fit(X, y)


def test_labels_of_mixed_types_are_refused_with_a_way_out():
    with pytest.raises((TypeError, ValueError), match=r"type|str"):
        OneNeighbor().fit(X, np.array(["cat", 1, "dog", 2, "dog", "cat"], dtype=object))


def test_data_and_labels_to_rate_must_be_as_long_as_each_other(noisy_blobs):
    data, y, _, _ = noisy_blobs
    detector = ConfidentLearning(LogisticRegression()).fit(data, y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        detector.score_labels(data[:5], y[:1])


def test_ensembles_take_weights_by_routing(noisy_blobs):
    data, y, _, _ = noisy_blobs
    with sklearn.config_context(enable_metadata_routing=True):
        detector = EnsembleFilter().fit(data, y, sample_weight=np.linspace(1, 2, len(y)))
    assert detector.issues_.n_issues > 0
