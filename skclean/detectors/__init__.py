"""Detectors of wrong labels: `fit(X, y)` finds them, `issues_` holds them."""

from skclean.detectors._base import BaseDetector, BaseProbaDetector
from skclean.detectors._confident_learning import ConfidentLearning
from skclean.detectors._ensemble_detector import EnsembleDetector
from skclean.detectors._ensemble_filter import EnsembleFilter
from skclean.detectors._forest_margin import ForestMargin
from skclean.detectors._hardness_measures import hardness_measures
from skclean.detectors._instance_hardness import InstanceHardness
from skclean.detectors._iterative_partitioning import IterativePartitioning
from skclean.detectors._knn_shapley import KNNShapley
from skclean.detectors._neighbor_agreement import NeighborAgreement
from skclean.detectors._training_dynamics import TrainingDynamics

__all__ = [
    "BaseDetector",
    "BaseProbaDetector",
    "ConfidentLearning",
    "EnsembleDetector",
    "EnsembleFilter",
    "ForestMargin",
    "InstanceHardness",
    "IterativePartitioning",
    "KNNShapley",
    "NeighborAgreement",
    "TrainingDynamics",
    "hardness_measures",
]
