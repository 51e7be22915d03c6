"""The algebra between joint, noise matrix, inverse noise matrix and priors.

With J[i, j] = p(true = i, given = j), the noise matrix is J with its rows
normalised, the inverse noise matrix is J with its columns normalised, transposed,
and the priors are the row and column sums.
"""

import numpy as np

TINY = 1e-100


def normalize_rows(matrix):
    """Scale each row of a non-negative square matrix to sum 1.

    A row of zeros becomes the row of the identity: a class that was never seen is
    taken to be labelled right.
    """
    matrix = np.asarray(matrix, dtype=np.float64)
    totals = matrix.sum(axis=1)
    never = np.flatnonzero(totals <= TINY)
    scaled = matrix / np.where(totals > TINY, totals, 1)[:, np.newaxis]
    scaled[never] = 0
    scaled[never, never] = 1
    return scaled


def noise_matrix_from_joint(joint):
    """p(given = j | true = i) from p(true = i, given = j)."""
    return normalize_rows(joint)


def inverse_noise_matrix_from_joint(joint):
    """p(true = j | given = i) from p(true = i, given = j)."""
    return normalize_rows(np.transpose(joint))


def joint_from_noise_matrix(noise_matrix, class_prior):
    """p(true = i, given = j) from p(given = j | true = i) and p(true = i)."""
    return np.asarray(noise_matrix) * np.asarray(class_prior)[:, np.newaxis]


def joint_from_inverse_noise_matrix(inverse_noise_matrix, given_prior):
    """p(true = i, given = j) from p(true = i | given = j) and p(given = j)."""
    return np.transpose(inverse_noise_matrix) * np.asarray(given_prior)
