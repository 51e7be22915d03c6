"""Ensembles whose members have names."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB

from skclean import NoiseAwareClassifier
from skclean.detectors import (
    EnsembleDetector,
    EnsembleFilter,
    ForestMargin,
    InstanceHardness,
    NeighborAgreement,
)
from skclean.simulation import flip_labels, make_noise_matrix

X, y = make_blobs(90, centers=3, random_state=0)
Y = flip_labels(y, make_noise_matrix("uniform", 3, 0.2), random_state=0)[0]

NEIGHBORS, FOREST = NeighborAgreement(3), ForestMargin(random_state=0)
MODELS = [GaussianNB(), RandomForestClassifier(5, random_state=0), LogisticRegression()]


def named(members):
    return [(f"member{i}", member) for i, member in enumerate(members)]


ENSEMBLES = {
    "EnsembleDetector": (EnsembleDetector, "detectors", [NEIGHBORS, FOREST]),
    "EnsembleFilter": (EnsembleFilter, "estimators", MODELS),
    "InstanceHardness": (InstanceHardness, "estimators", MODELS),
}


@pytest.fixture(params=ENSEMBLES)
def ensemble(request):
    return ENSEMBLES[request.param]


def test_names_change_no_findings(ensemble):
    kind, _, members = ensemble
    plain, with_names = (kind(each).fit(X, Y) for each in (members, named(members)))
    np.testing.assert_array_equal(plain.label_quality_, with_names.label_quality_)
    np.testing.assert_array_equal(plain.issue_mask_, with_names.issue_mask_)


def test_members_are_reached_by_name(ensemble):
    kind, parameter, members = ensemble
    detector = kind(named(members))
    assert detector.get_params()["member1__random_state"] == 0
    assert detector.get_params()["member1"] is members[1]
    assert set(detector.get_params(deep=False)) == set(kind().get_params())
    copy = clone(detector).set_params(member1__random_state=7, member0=members[1])
    assert [getattr(copy, parameter)[i][1].random_state for i in range(2)] == [0, 7]
    assert members[1].random_state == 0  # a clone shares no member
    with pytest.raises(ValueError, match="Invalid parameter 'member9'"):
        detector.set_params(member9__random_state=1)


def test_the_list_is_set_before_the_parameters_of_its_members(ensemble):
    kind, parameter, members = ensemble
    detector = kind().set_params(
        **{"member1__random_state": 3, parameter: named(clone(each) for each in members)}
    )
    assert getattr(detector, parameter)[1][1].random_state == 3
    detector.set_params(**{parameter: members})
    assert set(detector.get_params()) == set(kind().get_params())


def test_a_grid_tunes_members_within_a_classifier():
    detector = EnsembleDetector(named([NEIGHBORS, FOREST]))
    model = NoiseAwareClassifier(LogisticRegression(), detector=detector)
    grid = {"detector__member0__n_neighbors": [3, 5], "detector__voting": ["rank", "vote"]}
    search = GridSearchCV(model, grid, cv=2).fit(X, Y)
    fitted = search.best_estimator_.detector_.detectors_[0]
    assert fitted.n_neighbors == search.best_params_["detector__member0__n_neighbors"]


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (("a", "a"), "names.*not unique"),
        (("a", "n_jobs"), "conflict with constructor arguments: \\['n_jobs'\\]"),
        (("a", "b__c"), "must not contain __: got \\['b__c'\\]"),
    ],
)
def test_names_that_lead_nowhere(ensemble, names, match):
    kind, parameter, members = ensemble
    detector = kind(list(zip(names, members, strict=False)))
    with pytest.raises(ValueError, match=f"The '{parameter}' parameter.*{match}"):
        detector.fit(X, Y)


def test_some_names_are_not_enough(ensemble):
    kind, _, members = ensemble
    first = members[0]
    for strange in (("a", first), (1, first), ("a", first, first), ["a", first], "a"):
        for detector in (kind([strange, members[1]]), kind([members[1], strange])):
            with pytest.raises(ValueError, match=r"or of \(name, \w+\) tuples. Got .*"):
                detector.fit(X, Y)
            with pytest.raises(ValueError, match=r"or of \(name, \w+\) tuples. Got .*"):
                NoiseAwareClassifier(LogisticRegression(), detector=detector).fit(X, Y)


def test_members_of_a_tuple_are_replaced_too(ensemble):
    kind, parameter, members = ensemble
    detector = kind(tuple(named(members))).set_params(member0=members[1])
    assert [member for _, member in getattr(detector, parameter)[:2]] == [members[1]] * 2
    assert not hasattr(detector, "member0")
