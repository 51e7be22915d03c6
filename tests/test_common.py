"""Every public estimator, held to scikit-learn's checks and to our own contract."""

import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_param_validation, parametrize_with_checks

from skclean import LabelCorrector, NoiseAwareClassifier, NoisyLabelFilter
from skclean.detectors import ConfidentLearning
from skclean.noise_matrix import BaseJoint
from skclean.strategies import BaseStrategy
from skclean.utils.discovery import all_estimators
from skclean.utils.estimator_checks import (
    check_joint_method,
    check_strategy,
    contract_checks,
    is_part,
)

ESTIMATORS = {name: cls for name, cls in all_estimators() if not is_part(cls)}
PARTS = {name: cls for name, cls in all_estimators() if is_part(cls)}


def classifiers():
    """Fresh classifiers to put inside."""
    return [
        LogisticRegression(),
        HistGradientBoostingClassifier(max_iter=10, random_state=0),
        make_pipeline(StandardScaler(), KNeighborsClassifier()),
    ]


def takes_classifier(cls):
    return "estimator" in cls().get_params()


DEFAULT = [cls() for cls in ESTIMATORS.values()]
WITH_CLASSIFIER = [
    cls(inner) for cls in ESTIMATORS.values() if takes_classifier(cls) for inner in classifiers()
]
WITH_DETECTOR = [
    cls(ConfidentLearning(inner))
    for cls in [NoisyLabelFilter, LabelCorrector]
    for inner in classifiers()
]
WITH_STRATEGY = [
    NoiseAwareClassifier(LogisticRegression(), strategy=cls())
    for cls in PARTS.values()
    if issubclass(cls, BaseStrategy)
]


@parametrize_with_checks(DEFAULT + WITH_CLASSIFIER + WITH_DETECTOR + WITH_STRATEGY)
@pytest.mark.filterwarnings("ignore")  # the checks feed odd data on purpose
def test_estimator_passes_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("cls", ESTIMATORS.values(), ids=ESTIMATORS)
def test_estimator_names_bad_parameters(cls):
    check_param_validation(cls.__name__, cls())


@pytest.mark.parametrize(
    ("estimator", "check"),
    contract_checks(
        [
            *(cls(LogisticRegression()) for cls in ESTIMATORS.values() if takes_classifier(cls)),
            *(
                cls(ConfidentLearning(LogisticRegression()))
                for cls in [NoisyLabelFilter, LabelCorrector]
            ),
            NoiseAwareClassifier(),
            *WITH_STRATEGY,
        ]
    ),
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_estimator_keeps_our_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_part_keeps_its_contract(name):
    part = PARTS[name]()
    if isinstance(part, BaseStrategy):
        check_strategy(part)
    else:
        assert isinstance(part, BaseJoint)
        check_joint_method(part)


def test_discovery_finds_what_the_contract_names():
    expected = {
        "CoTeaching",
        "ConfidentLearning",
        "ConfidentJoint",
        "CostSensitive",
        "ForwardCorrection",
        "LabelCorrector",
        "NoiseAwareClassifier",
        "NoiseMatrixEstimator",
        "NoisyLabelFilter",
        "Prune",
        "Relabel",
        "Reweight",
        "SoftLabels",
    }
    assert expected <= set(dict(all_estimators()))
