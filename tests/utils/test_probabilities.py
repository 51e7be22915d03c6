"""What is known of a classifier before it is fitted."""

import numpy as np
import pytest
import sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning, EnsembleDetector, EnsembleFilter
from skclean.strategies import CoTeaching, ForwardCorrection, SoftLabels
from skclean.utils._default_estimator import default_classifier
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


def test_a_column_of_ticks_and_gaps_is_of_as_much_use_as_one_of_two_texts():
    import pandas as pd

    rng = np.random.default_rng(0)
    y = rng.integers(2, size=400)
    tick = np.where(rng.random(400) < 0.9, y, 1 - y) > 0
    ticked = pd.DataFrame({"tick": np.where(tick, "x", None), "z": rng.normal(size=400)})
    assert cross_val_score(default_classifier(ticked), ticked, y).mean() > 0.85
    spelled = ticked.fillna({"tick": "o"})
    np.testing.assert_allclose(
        default_classifier(ticked).fit(ticked, y).predict_proba(ticked),
        default_classifier(spelled).fit(spelled, y).predict_proba(spelled),
    )


def test_texts_of_more_values_than_a_histogram_holds_and_gaps_are_taken():
    import pandas as pd

    rng = np.random.default_rng(0)
    names = np.array([f"name {i}" for i in range(400)], dtype=object)[rng.integers(400, size=3000)]
    X = pd.DataFrame({"name": np.where(rng.random(3000) < 0.1, None, names)})
    y = pd.isna(X["name"]).to_numpy().astype(int)
    assert default_classifier(X).fit(X, y).score(X, y) == 1
    assert default_classifier(X).fit(X[y == 0].assign(name="a"), rng.integers(2, size=sum(y == 0)))


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
