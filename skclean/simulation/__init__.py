"""Simulated label noise: noise matrices and the labels they produce."""

from skclean.simulation._flip import flip_labels
from skclean.simulation._noise_matrices import make_noise_matrix

__all__ = ["flip_labels", "make_noise_matrix"]
