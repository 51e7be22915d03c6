"""Simulated label noise: noise matrices, noise by sample, and the labels they produce."""

from skclean.simulation._datasets import make_noisy_classification
from skclean.simulation._feature_dependent import make_feature_dependent_proba
from skclean.simulation._flip import flip_labels
from skclean.simulation._flip_by_instance import flip_labels_by_instance
from skclean.simulation._flip_by_proba import flip_labels_by_proba
from skclean.simulation._noise_matrices import make_noise_matrix

__all__ = [
    "flip_labels",
    "flip_labels_by_instance",
    "flip_labels_by_proba",
    "make_feature_dependent_proba",
    "make_noise_matrix",
    "make_noisy_classification",
]
