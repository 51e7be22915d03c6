"""Products with a noise matrix, whether its uneven entries are few or not."""

import numpy as np
import pytest

from skclean._core._products import Products


def noise_matrices(n_classes):
    rng = np.random.default_rng(0)
    even = np.full((n_classes, n_classes), 0.3 / (n_classes - 1))
    np.fill_diagonal(even, 0.7)
    pairs = 0.9 * even + 0.1 * np.roll(np.eye(n_classes), 1, axis=1)
    unseen = even.copy()
    unseen[3], unseen[:, 3] = 0, 0
    unseen[3, 3] = 1
    uneven = rng.dirichlet(np.ones(n_classes), size=n_classes)
    return {"even": even, "pairs": pairs, "unseen": unseen, "uneven": uneven}


@pytest.mark.parametrize("n_classes", [4, 65, 200])
@pytest.mark.parametrize("name", ["even", "pairs", "unseen", "uneven"])
def test_products_are_those_of_the_matrix(n_classes, name):
    matrix = noise_matrices(n_classes)[name]
    products = Products(matrix, np.float64)
    values = np.random.default_rng(1).random((n_classes, 7)).astype(products.dtype)
    codes = np.arange(7) % n_classes
    given = (matrix.T @ values)[codes, np.arange(7)]
    np.testing.assert_allclose(products.forward(values), matrix.T @ values, rtol=1e-5)
    np.testing.assert_allclose(products.given(values, codes), given, rtol=1e-5)
    assert products.given(values, codes).dtype == products.dtype
    found = products.backward(values.copy())
    np.testing.assert_allclose(found, matrix @ values, rtol=1e-5)
    assert products.forward(values).dtype == products.dtype
    assert found.dtype == products.dtype


def test_few_classes_keep_the_precision_of_the_rows():
    assert Products(np.eye(64), np.float64).dtype == np.float64
    assert Products(np.eye(64), np.float32).dtype == np.float32
    assert Products(np.eye(65), np.float64).dtype == np.float32
