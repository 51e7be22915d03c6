"""Simulated labels whose probabilities are known exactly."""

import numpy as np
import pytest
from scipy.special import softmax


def _simulate(noise_matrix, n_samples, *, separation=3.0, class_prior=None, seed=0):
    """Gaussian classes, labels that flip by `noise_matrix`.

    Returns y, p(given | x), p(true | x) and the class prior; `separation=None` makes
    pure classes, whose p(true | x) is 0 or 1.
    """
    rng = np.random.default_rng(seed)
    n_classes = len(noise_matrix)
    if class_prior is None:
        class_prior = np.full(n_classes, 1 / n_classes)
    y_true = rng.choice(n_classes, n_samples, p=class_prior)
    if separation is None:
        clean_probs = np.eye(n_classes)[y_true]
    else:
        centers = separation * np.eye(n_classes)
        X = centers[y_true] + rng.normal(size=(n_samples, n_classes))
        clean_probs = softmax(X @ centers.T + np.log(class_prior), axis=1)
    y = (noise_matrix[y_true].cumsum(axis=1) < rng.random((n_samples, 1))).sum(axis=1)
    return np.minimum(y, n_classes - 1), clean_probs @ noise_matrix, clean_probs, class_prior


@pytest.fixture
def simulate():
    """Function that draws labels and their exact probabilities."""
    return _simulate
