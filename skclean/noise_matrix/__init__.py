"""How given labels depend on true ones: joint, noise matrix and their estimators."""

from skclean.noise_matrix._anchor_points import AnchorPoints
from skclean.noise_matrix._averaged_joint import AveragedJoint
from skclean.noise_matrix._base import BaseJoint
from skclean.noise_matrix._clusterability import Clusterability
from skclean.noise_matrix._confident_joint import ConfidentJoint
from skclean.noise_matrix._dual_t import DualT
from skclean.noise_matrix._em_noise_matrix import EMNoiseMatrix
from skclean.noise_matrix._functions import (
    confident_joint,
    estimate_joint,
    estimate_noise_matrix,
)
from skclean.noise_matrix._meta import NoiseMatrixEstimator

__all__ = [
    "AnchorPoints",
    "AveragedJoint",
    "BaseJoint",
    "Clusterability",
    "ConfidentJoint",
    "DualT",
    "EMNoiseMatrix",
    "NoiseMatrixEstimator",
    "confident_joint",
    "estimate_joint",
    "estimate_noise_matrix",
]
