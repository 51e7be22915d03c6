"""What is known of a classifier before it is fitted."""

import numpy as np
import pytest
import sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning, EnsembleDetector, EnsembleFilter
from skclean.strategies import CoTeaching, ForwardCorrection, SoftLabels
from skclean.utils._metadata import takes_sample_weight
from skclean.utils._probabilities import has_probabilities

MEMBERS = [("a", LogisticRegression(max_iter=500)), ("b", SVC())]


def stacking(**params):
    return StackingClassifier(MEMBERS, **params)


@pytest.mark.parametrize(
    ("classifier", "expected"),
    [
        (LogisticRegression(max_iter=500), True),
        (LinearSVC(), False),
        (stacking(), True),
        (stacking(final_estimator=LinearSVC()), False),
        (make_pipeline(StandardScaler(), stacking()), True),
        (VotingClassifier(MEMBERS), False),
    ],
)
def test_probabilities_of_a_classifier_before_it_is_fitted_and_after(classifier, expected):
    assert has_probabilities(classifier) is expected
    X, y = load_iris(return_X_y=True)
    fitted = classifier.fit(X, y)
    assert hasattr(fitted, "predict_proba") is expected


def test_default_stacking_is_taken_everywhere_fitted_or_not():
    X, y = load_iris(return_X_y=True)
    for classifier in (stacking(), stacking().fit(X, y)):
        aware = NoiseAwareClassifier(classifier).fit(X, y)
        assert isinstance(aware.detector_.estimator, StackingClassifier)
        assert aware.predict_proba(X).shape == (150, 3)
    for strategy in (ForwardCorrection(), CoTeaching(n_rounds=2)):
        NoiseAwareClassifier(stacking(), strategy=strategy).fit(X, y)
    ConfidentLearning(stacking()).fit(X, y)
    EnsembleFilter([stacking(), LogisticRegression(max_iter=500)]).fit(X, y)


@pytest.mark.parametrize(
    ("classifier", "expected"),
    [
        (VotingClassifier(MEMBERS), True),
        (VotingClassifier([*MEMBERS, ("c", "drop")]), True),
        (VotingClassifier([*MEMBERS, ("c", KNeighborsClassifier())]), False),
        (stacking(), True),
        (stacking(final_estimator=KNeighborsClassifier()), False),
        (make_pipeline(StandardScaler(), VotingClassifier(MEMBERS)), True),
        # a pipeline takes weights by another name than the ensemble passes on
        (VotingClassifier([*MEMBERS, ("c", make_pipeline(StandardScaler(), SVC()))]), False),
        (stacking(final_estimator=make_pipeline(StandardScaler(), SVC())), False),
    ],
)
def test_ensembles_take_weights_if_all_their_members_do(classifier, expected):
    X, y = load_iris(return_X_y=True)
    assert takes_sample_weight(classifier) is expected
    if not expected:  # scikit-learn would fail
        with pytest.raises((TypeError, ValueError), match="sample.weight"):
            classifier.fit(X, y, sample_weight=np.ones(150))
    y[::7] = (y[::7] + 1) % 3
    aware = NoiseAwareClassifier(classifier, strategy=SoftLabels()).fit(X, y)
    assert aware.score(X, load_iris().target) > 0.9
    NoiseAwareClassifier(classifier).fit(X, y)


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_the_default_classifier_is_the_same_where_transformers_return_dataframes(container):
    import pandas as pd

    X, y = load_iris(return_X_y=True, as_frame=True)
    X["text"] = np.array(list("abc"))[np.random.default_rng(0).integers(3, size=150)]
    X["day"] = pd.date_range("2020-01-01", periods=150)
    X = X.set_index(np.arange(150)[::-1])
    expected = NoiseAwareClassifier().fit(X, y.to_numpy()).predict_proba(X)
    with sklearn.config_context(transform_output=container):
        found = NoiseAwareClassifier().fit(X, y.to_numpy()).predict_proba(X)
        EnsembleDetector(random_state=0).fit(X, y.to_numpy())
    np.testing.assert_array_equal(found, expected)
