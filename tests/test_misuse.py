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
)
from skclean.detectors import ConfidentLearning, EnsembleFilter, NeighborAgreement
from skclean.metrics import make_noise_robust_scorer, noise_corrected_score, noise_matrix_error
from skclean.report import audit
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


def test_columns_in_another_order_agree_less_often_than_by_chance():
    pred_probs = 0.1 + 0.7 * np.eye(3)[y]
    with pytest.warns(UserWarning, match=r"in 0\.0% of the samples, and by chance .* 33\.3%"):
        find_label_issues(y, pred_probs[:, [1, 2, 0]])
    find_label_issues(y, pred_probs)
    find_label_issues(y, np.full((150, 3), 1 / 3))  # no better than chance is no cause


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
