"""The algebra between joint, noise matrix, inverse noise matrix and priors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skclean._core._algebra import (
    inverse_noise_matrix_from_joint,
    joint_from_inverse_noise_matrix,
    joint_from_noise_matrix,
    noise_matrix_from_joint,
    normalize_rows,
)

JOINT = np.array([[0.4, 0.1], [0.2, 0.3]])  # [true, given]


@st.composite
def joints(draw, min_value=0.0):
    n_classes = draw(st.integers(1, 6))
    elements = st.floats(min_value, 100)
    weights = draw(arrays(np.float64, (n_classes, n_classes), elements=elements))
    total = weights.sum()
    return weights / total if total > 1e-6 else np.eye(n_classes) / n_classes


def test_rows_of_the_noise_matrix_are_true_classes():
    expected = [[0.8, 0.2], [0.4, 0.6]]
    np.testing.assert_allclose(noise_matrix_from_joint(JOINT), expected, rtol=1e-15)


def test_rows_of_the_inverse_noise_matrix_are_given_labels():
    expected = [[2 / 3, 1 / 3], [1 / 4, 3 / 4]]
    np.testing.assert_allclose(inverse_noise_matrix_from_joint(JOINT), expected, rtol=1e-15)


def test_the_inverse_noise_matrix_is_not_the_matrix_inverse():
    product = noise_matrix_from_joint(JOINT) @ inverse_noise_matrix_from_joint(JOINT)
    assert abs(product - np.eye(2)).max() > 0.1


def test_a_row_of_zeros_becomes_a_row_of_the_identity():
    joint = np.array([[0.5, 0.2, 0.1], [0, 0, 0], [0.1, 0.1, 0]])
    noise_matrix = noise_matrix_from_joint(joint)
    np.testing.assert_array_equal(noise_matrix[1], [0, 1, 0])
    np.testing.assert_allclose(noise_matrix[2], [0.5, 0.5, 0])


def test_an_absent_given_label_becomes_a_row_of_the_identity():
    joint = np.array([[0.6, 0, 0.1], [0.1, 0, 0.1], [0, 0, 0.1]])
    np.testing.assert_array_equal(inverse_noise_matrix_from_joint(joint)[1], [0, 1, 0])


def test_normalize_rows_leaves_its_argument_alone():
    counts = np.array([[3, 1], [0, 4]])
    np.testing.assert_array_equal(normalize_rows(counts), [[0.75, 0.25], [0, 1]])
    np.testing.assert_array_equal(counts, [[3, 1], [0, 4]])


@pytest.mark.parametrize("scale", [1e-90, 1e-12, 1.0, 1e90])
def test_normalize_rows_does_not_depend_on_the_scale(scale):
    np.testing.assert_allclose(normalize_rows(JOINT * scale), normalize_rows(JOINT), rtol=1e-14)


@given(joints())
@settings(deadline=None, max_examples=60)
def test_conditional_matrices_are_row_stochastic(joint):
    for matrix in (noise_matrix_from_joint(joint), inverse_noise_matrix_from_joint(joint)):
        np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-12)
        assert matrix.min() >= 0
        assert matrix.max() <= 1 + 1e-12


@given(joints())
@settings(deadline=None, max_examples=60)
def test_the_joint_comes_back_from_either_conditional_matrix(joint):
    class_prior, given_prior = joint.sum(axis=1), joint.sum(axis=0)
    forward = joint_from_noise_matrix(noise_matrix_from_joint(joint), class_prior)
    backward = joint_from_inverse_noise_matrix(inverse_noise_matrix_from_joint(joint), given_prior)
    np.testing.assert_allclose(forward, joint, atol=1e-14)
    np.testing.assert_allclose(backward, joint, atol=1e-14)


@given(joints(min_value=0.01))
@settings(deadline=None, max_examples=60)
def test_each_conditional_matrix_comes_back_from_the_other(joint):
    class_prior, given_prior = joint.sum(axis=1), joint.sum(axis=0)
    noise_matrix = noise_matrix_from_joint(joint)
    inverse = inverse_noise_matrix_from_joint(joint_from_noise_matrix(noise_matrix, class_prior))
    back = noise_matrix_from_joint(joint_from_inverse_noise_matrix(inverse, given_prior))
    np.testing.assert_allclose(back, noise_matrix, rtol=1e-10)
    np.testing.assert_allclose(inverse, inverse_noise_matrix_from_joint(joint), rtol=1e-10)


@given(joints())
@settings(deadline=None, max_examples=60)
def test_each_matrix_carries_one_prior_to_the_other(joint):
    class_prior, given_prior = joint.sum(axis=1), joint.sum(axis=0)
    np.testing.assert_allclose(
        class_prior @ noise_matrix_from_joint(joint), given_prior, atol=1e-14
    )
    np.testing.assert_allclose(
        given_prior @ inverse_noise_matrix_from_joint(joint), class_prior, atol=1e-14
    )
