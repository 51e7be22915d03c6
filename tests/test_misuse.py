"""What people pass by mistake: the message names the value and the way out."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skclean import (
    LabelCorrector,
    NoiseAwareClassifier,
    NoiseMatrixEstimator,
    NoisyLabelFilter,
    find_label_issues,
    label_quality_scores,
)
from skclean.detectors import (
    ConfidentLearning,
    EnsembleFilter,
    InstanceHardness,
    IterativePartitioning,
    NeighborAgreement,
)
from skclean.metrics import make_noise_robust_scorer, noise_corrected_score, noise_matrix_error
from skclean.report import audit
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.strategies import BaseStrategy, ForwardCorrection, Prune, Treatment
from skclean.utils._parts import resolve_part

X, y = load_iris(return_X_y=True)
TEXTS = np.array(["good nice", "bad ugly", "so so"])[y]
logistic = LogisticRegression(max_iter=1000)


@pytest.mark.parametrize(
    "fit",
    [
        lambda detector: NoisyLabelFilter(detector).fit(X, y),
        lambda detector: LabelCorrector(detector).fit(X, y),
        lambda detector: NoiseAwareClassifier(logistic, detector=detector).fit(X, y),
        lambda detector: audit(X, y, detector=detector),
    ],
)
def test_what_is_no_detector(fit):
    with pytest.raises(ValueError, match=r"Got the classifier .*; ConfidentLearning\(classifier\)"):
        fit(logistic)
    with pytest.raises(ValueError, match=r"pass NeighborAgreement\(\) alone"):
        fit(make_pipeline(StandardScaler(), NeighborAgreement()))


def test_whatever_publishes_issues_is_a_detector():
    noise_aware = NoiseAwareClassifier(logistic)
    assert NoisyLabelFilter(noise_aware).fit(X, y).issues_.n_issues > 0

    class Lazy(BaseEstimator):
        def fit(self, X, y):
            return self

    with pytest.raises(ValueError, match="must be a detector, whose fit sets issues_. Got Lazy"):
        NoisyLabelFilter(Lazy()).fit(X, y)


def test_a_detector_where_a_classifier_belongs():
    with pytest.raises(ValueError, match="Got the detector .*; pass it as detector="):
        audit(X, y, ConfidentLearning(logistic))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (TEXTS, "Got texts"),
        (TEXTS.tolist(), "Got texts"),
        (pd.Series(TEXTS), "Got texts"),
        (TEXTS.astype(object)[:, np.newaxis], "Got texts"),
        (csr_array(X), "Got a sparse matrix"),
    ],
)
@pytest.mark.parametrize("estimator", [ConfidentLearning(), NoiseAwareClassifier()])
def test_data_that_the_default_classifier_cannot_take(estimator, data, says):
    with pytest.raises(ValueError, match=f"default classifier takes numbers and .*{says}; pass a"):
        estimator.fit(data, y)


@pytest.mark.parametrize("detector", [EnsembleFilter, InstanceHardness, IterativePartitioning])
def test_default_members_take_sparse_data_and_refuse_texts(detector):
    given, wrong = flip_labels(y, make_noise_matrix("uniform", 3, 0.1), random_state=0)
    dense, sparse = (detector().fit(data, given).issue_mask_ for data in (X, csr_array(X)))
    assert sparse[wrong].mean() > 0.8
    assert (sparse != dense).mean() < 0.1
    assert (detector().fit(X.astype(str).tolist(), given).issue_mask_ == dense).all()
    gaps = csr_array(X)
    gaps.data[::50] = np.nan
    assert detector().fit(gaps, given).issue_mask_[wrong].mean() > 0.8
    for texts in (TEXTS, TEXTS.tolist(), pd.Series(TEXTS)):
        with pytest.raises(ValueError, match=r"Got texts; pass a classifier .*TfidfVectorizer"):
            detector().fit(texts, y)


@pytest.mark.parametrize("data", [TEXTS, TEXTS.tolist(), csr_array(X), ["a.png"] * len(y)])
def test_probabilities_of_data_that_the_default_classifier_cannot_take_will_do(data):
    pred_probs = 0.1 + 0.7 * np.eye(3)[y]
    for estimator in (ConfidentLearning(), NoiseMatrixEstimator(), NoisyLabelFilter()):
        estimator.fit(data, y, pred_probs=pred_probs)
    audit(data, y, pred_probs=pred_probs)


def test_numbers_written_as_texts_are_numbers():
    detector = ConfidentLearning(n_neighbors=None)  # which measure no distances in texts
    found = detector.fit(X.round(3).astype(str).tolist(), y).label_quality_
    np.testing.assert_array_equal(found, detector.fit(X.round(3), y).label_quality_)


def test_texts_and_an_estimator_without_probabilities():
    pipeline = make_pipeline(TfidfVectorizer(), SGDClassifier())
    with pytest.raises(ValueError, match="pass a classifier with predict_proba"):
        NoiseAwareClassifier(pipeline).fit(TEXTS.tolist(), y)


def test_a_classifier_without_probabilities():
    with pytest.raises(ValueError, match="CalibratedClassifierCV adds predict_proba"):
        ConfidentLearning(LinearSVC()).fit(X, y)


def test_a_strategy_that_returns_labels():
    class ReturnsLabels(BaseStrategy):
        def _apply(self, y, issues):
            return y

    with pytest.raises(TypeError, match="hook of ReturnsLabels must return a Treatment. Got ndarr"):
        NoiseAwareClassifier(logistic, strategy=ReturnsLabels()).fit(X, y)


def test_names_of_parts_stay_those_of_the_library():
    class Prune2(Prune):
        def _apply(self, y, issues):
            return Treatment(y=y, keep=np.ones(len(y), dtype=bool))

    Prune2.__name__ = "Prune"
    assert type(resolve_part("prune", BaseStrategy, "strategy")) is Prune


@pytest.mark.parametrize(
    ("name", "meant"), [("group", "groups"), ("sample_weights", "sample_weight")]
)
def test_keywords_that_are_nearly_right(name, meant):
    with pytest.raises(TypeError, match=f"takes no {name}; did you mean {meant}?"):
        ConfidentLearning(logistic).fit(X, y, **{name: np.ones(len(y))})
    with pytest.raises(TypeError, match=r"takes no color; leave it out\."):
        ConfidentLearning(logistic).fit(X, y, color=y)
    with pytest.raises(TypeError, match=r"takes no pred_probs; leave it out\."):
        EnsembleFilter([logistic]).fit(X, y, pred_probs=np.eye(3)[y])


@pytest.mark.parametrize("several", [np.eye(3)[y], [["a", "b"], ["c"]] * 75])
def test_several_labels_a_sample(several):
    with pytest.raises(ValueError, match=r"y should be a 1d array.*one column at a time.*argmax"):
        ConfidentLearning(logistic).fit(X, several)


def test_the_probability_of_one_of_two_classes():
    given = np.where(y > 0, "yes", "no")
    with pytest.raises(ValueError, match=re.escape("probability of 'yes', pass np.c_[1 - p, p]")):
        find_label_issues(given, np.full(len(y), 0.5))


def test_noise_matrix_that_a_detector_does_not_estimate():
    classifier = NoiseAwareClassifier(
        logistic, detector=NeighborAgreement(), strategy=ForwardCorrection()
    )
    with pytest.raises(ValueError, match="lack as their detector does not estimate it"):
        classifier.fit(X, y)


def test_metrics_take_a_fitted_estimator_of_the_noise():
    estimator = NoiseMatrixEstimator(logistic)
    with pytest.raises(NotFittedError):
        make_noise_robust_scorer(estimator)
    estimator.fit(X, y)
    matrix, y_pred = estimator.noise_matrix_, logistic.fit(X, y).predict(X)
    assert noise_corrected_score(y, y_pred, estimator) == noise_corrected_score(y, y_pred, matrix)
    assert noise_matrix_error(matrix, estimator) == 0
    only = y < 2  # a fold without the last class: the estimator knows it
    scorer = make_noise_robust_scorer(estimator)
    assert scorer(logistic, X[only], y[only]) > 0.9
    silent = NoiseAwareClassifier(logistic, detector=NeighborAgreement()).fit(X, y)
    with pytest.raises(ValueError, match="NoiseAwareClassifier has estimated no noise matrix"):
        make_noise_robust_scorer(silent)


def test_cleanlabs_names_are_translated():
    probs = 0.1 + 0.7 * np.eye(3)[y]
    with pytest.raises(TypeError, match="no labels. Coming from cleanlab, labels is y here"):
        find_label_issues(labels=y, pred_probs=probs)
    with pytest.raises(TypeError, match="filter_by is prune, return_indices_ranked_by is quality"):
        find_label_issues(y, probs, filter_by="both", return_indices_ranked_by="self_confidence")
    with pytest.raises(TypeError, match="method is quality, adjust_pred_probs is adjust here"):
        label_quality_scores(y, probs, method="self_confidence", adjust_pred_probs=True)
    with pytest.raises(TypeError, match="unexpected keyword argument 'filter_for'"):
        find_label_issues(y, probs, filter_for="both")
    with pytest.raises(TypeError, match="unexpected keyword argument 'labels'"):
        make_noise_matrix("pair", 3, 0.1, labels=y)  # which has no y


def test_columns_in_another_order_are_named_with_the_way_out():
    pred_probs = 0.1 + 0.7 * np.eye(3)[y]
    other = r"in 0\.0% of the samples, and with the columns .* would be in 100\.0%.* pass theirs as"
    with pytest.warns(UserWarning, match=other):
        find_label_issues(y, pred_probs[:, [1, 2, 0]])
    find_label_issues(y, pred_probs)
    find_label_issues(y, np.full((150, 3), 1 / 3))  # no better than chance is no cause


class TestDozen:
    """A dozen classes whose names sort as 0, 1, 10, 11, 2, ..., one label in ten wrong."""

    rng = np.random.default_rng(0)
    names = [f"class_{i}" for i in range(12)]
    true = rng.integers(12, size=3000)
    codes = np.where(rng.random(3000) < 0.1, rng.integers(12, size=3000), true)
    y = np.array(names)[codes]
    pred_probs = np.full((3000, 12), 0.01) + 0.88 * np.eye(12)[true]
    columns = r"with the columns of pred_probs in another order it would be in 9.\.\d%"

    def test_columns_in_the_order_of_other_codes(self):
        with pytest.warns(UserWarning, match=self.columns) as caught:
            find_label_issues(self.y, self.pred_probs)
        assert caught[0].filename == __file__
        declared = pd.Categorical(self.y, categories=self.names)
        with pytest.warns(UserWarning, match=self.columns):
            find_label_issues(declared, self.pred_probs)
        with pytest.warns(UserWarning, match=self.columns):
            audit(None, self.y, pred_probs=self.pred_probs)
        issues = find_label_issues(self.y, self.pred_probs, classes=self.names)
        assert abs(issues.n_issues - (self.codes != self.true).sum()) < 30

    @pytest.mark.parametrize("estimator", [ConfidentLearning(), NoiseAwareClassifier(logistic)])
    def test_estimators_say_it_too(self, estimator):
        features = np.eye(12)[self.true]
        with pytest.warns(UserWarning, match=self.columns) as caught:
            estimator.fit(features, self.y, pred_probs=self.pred_probs)
        if isinstance(estimator, ConfidentLearning):
            assert caught[0].filename == __file__

    def test_rows_in_another_order(self):
        expected = r"no more than by chance, and by pred_probs it would be in 89\.0%. Are the rows"
        with pytest.warns(UserWarning, match=expected):
            find_label_issues(self.codes, self.pred_probs[::-1])

    def test_noise_and_models_without_skill_are_no_disorder(self):
        rng = np.random.default_rng(0)
        for rate in (0.2, 0.45):
            for kind in ("uniform", "pair"):
                given, _ = flip_labels(
                    self.true, make_noise_matrix(kind, 12, rate), rng.integers(9)
                )
                find_label_issues(given, self.pred_probs)
        find_label_issues(self.codes, rng.dirichlet(np.full(12, 20.0), size=3000))
        rare = np.where(
            self.codes < 6, self.codes, 0
        )  # some are never predicted, one nearly always
        find_label_issues(rare, np.tile(np.eye(6)[0] * 0.9 + 0.1 / 6, (3000, 1)))

    def test_probabilities_of_a_class_that_no_label_has(self):
        kept = self.codes != 5
        codes, pred_probs = self.codes[kept], self.pred_probs[kept]
        expected = find_label_issues(codes, pred_probs, classes=range(12))
        for data in (None, pred_probs):
            report = audit(data, codes, pred_probs=pred_probs, classes=range(12))
            assert np.array_equal(report.issues.issue_mask, expected.issue_mask)
            assert len(report.classes) == 12
        for beside in ({"detector": ConfidentLearning()}, {"trusted": kept[kept]}, {"cv": 3}):
            with pytest.raises(ValueError, match=f"Got {next(iter(beside))}; leave classes out"):
                audit(None, codes, pred_probs=pred_probs, classes=range(12), **beside)
        with pytest.raises(ValueError, match="Got no pred_probs; leave classes out"):
            audit(pred_probs, codes, logistic, classes=range(12))

    def test_probabilities_alone_are_judged_as_the_detector_says(self):
        codes, pred_probs = self.codes, self.pred_probs
        detector = ConfidentLearning(prune="predicted_neq_given")
        report = audit(None, codes, detector=detector, pred_probs=pred_probs)
        assert report.issues.n_issues == np.sum(codes != self.true)
        trusted = np.arange(3000) < 1000
        report = audit(None, codes, pred_probs=pred_probs, trusted=trusted)
        assert not report.issues.issue_mask[trusted].any()
        assert report.issues.n_trusted == 1000
        with pytest.raises(ValueError, match="Got detector=NeighborAgreement; pass X"):
            audit(None, codes, detector=NeighborAgreement(), pred_probs=pred_probs)


def test_rows_in_another_order():
    frame = pd.DataFrame(X, index=[f"flower {i}" for i in range(150)])
    given = pd.Series(y, index=frame.index).sample(frac=1, random_state=0)
    with pytest.warns(UserWarning, match=r"X and y have the same index in another order.*y\.loc"):
        ConfidentLearning(logistic).fit(frame, given)
    ConfidentLearning(logistic).fit(frame, given.loc[frame.index])
    ConfidentLearning(logistic).fit(frame.reset_index(drop=True), given.loc[frame.index])
    shuffled = frame.sample(frac=1, random_state=0)  # a new index on one side names nothing
    ConfidentLearning(logistic).fit(shuffled, pd.Series(given.loc[shuffled.index].to_numpy()))
    pairs = pd.MultiIndex.from_arrays([np.arange(150) // 2, np.arange(150) % 2])
    ConfidentLearning(logistic).fit(frame.set_index(pairs), pd.Series(y))
    repeated = pd.Series(y, index=[0] * 149 + [1])
    ConfidentLearning(logistic).fit(frame.set_index(repeated.index[::-1]), repeated)
    probs = pd.DataFrame(0.1 + 0.7 * np.eye(3)[given], index=frame.index)
    with pytest.warns(UserWarning, match=r"pred_probs and y have the same index in another order"):
        find_label_issues(given, probs)
