"""The distance between noise matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skclean import estimate_noise_matrix
from skclean.metrics import noise_matrix_error
from skclean.simulation import make_noise_matrix

TRUE = [[0.9, 0.1], [0.4, 0.6]]


def test_known_answers():
    assert noise_matrix_error(TRUE, np.eye(2)) == pytest.approx(0.25)
    assert noise_matrix_error(TRUE, np.eye(2), class_prior=[0.8, 0.2]) == pytest.approx(0.16)
    assert noise_matrix_error(np.eye(2), np.eye(2)[::-1]) == 1


def test_an_estimate_stands_for_its_matrix():
    noise = estimate_noise_matrix([0, 0, 0, 1, 1], [[0.9, 0.1]] * 2 + [[0.1, 0.9]] * 3)
    expected = noise_matrix_error(TRUE, noise.noise_matrix)
    assert noise_matrix_error(TRUE, noise) == noise_matrix_error(noise, TRUE) == expected > 0


@settings(max_examples=60, deadline=None)
@given(n_classes=st.integers(2, 8), rate=st.floats(0, 1), seed=st.integers(0, 99))
def test_it_is_a_distance_that_does_not_know_the_names_of_classes(n_classes, rate, seed):
    rng = np.random.default_rng(seed)
    first, second, third = (
        make_noise_matrix("random", n_classes, rate * share, random_state=seed + i)
        for i, share in enumerate([1, 0.5, 0.2])
    )
    prior = rng.dirichlet(np.ones(n_classes))

    def error(a, b):
        return noise_matrix_error(a, b, class_prior=prior)

    assert error(first, first) == 0
    assert error(first, second) == pytest.approx(error(second, first))
    assert error(first, third) <= error(first, second) + error(second, third) + 1e-12
    assert 0 <= error(first, second) <= 1
    order = rng.permutation(n_classes)
    renamed = [matrix[np.ix_(order, order)] for matrix in (first, second)]
    assert noise_matrix_error(*renamed) == pytest.approx(noise_matrix_error(first, second))


@pytest.mark.parametrize(
    ("estimate", "prior", "message"),
    [
        (np.eye(3), None, "3 rows for 2 classes"),
        ([[1, 1], [0, 1]], None, "Row 0 is"),
        (np.eye(2), [1, 0, 0], "3 values for 2 classes"),
        (np.eye(2), [30, 10], r"Got \[30.0, 10.0\]; divide counts by their sum"),
        (np.eye(2), [1.5, -0.5], "sum to 1"),
        (np.eye(2), [np.nan, 1], "sum to 1"),
    ],
)
def test_bad_input_is_refused(estimate, prior, message):
    with pytest.raises(ValueError, match=message):
        noise_matrix_error(TRUE, estimate, class_prior=prior)
