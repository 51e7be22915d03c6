"""Products with a noise matrix, whether its uneven entries are few or not."""

import numpy as np
import pytest

from skclean._core._noise_rows import NoiseRows
from skclean._core._products import Products


def noise_matrices(n_classes):
    rng = np.random.default_rng(0)
    even = np.full((n_classes, n_classes), 0.3 / (n_classes - 1))
    np.fill_diagonal(even, 0.7)
    pairs = 0.9 * even + 0.1 * np.roll(np.eye(n_classes), 1, axis=1)
    unseen = even.copy()
    unseen[3], unseen[:, 3] = 0, 0
    unseen[3, 3] = 1
    group = np.arange(n_classes) % 3
    levels = rng.dirichlet(np.ones(3), size=n_classes) / n_classes
    groups = NoiseRows(np.ones(n_classes), levels, group, *np.array([[2, 0], [1, 3]]), np.ones(2))
    uneven = rng.dirichlet(np.ones(n_classes), size=n_classes)
    dense = {"even": even, "pairs": pairs, "unseen": unseen, "uneven": uneven}
    return {name: NoiseRows.of(matrix) for name, matrix in dense.items()} | {"groups": groups}


@pytest.mark.parametrize("n_classes", [4, 65, 200])
@pytest.mark.parametrize("name", ["even", "pairs", "unseen", "uneven", "groups"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_products_are_those_of_the_matrix(n_classes, name, dtype):
    noise = noise_matrices(n_classes)[name]
    products, matrix = Products(noise, dtype), noise.toarray()
    values = np.random.default_rng(1).random((n_classes, 7)).astype(dtype)
    codes = np.arange(7) % n_classes
    given = (matrix.T @ values)[codes, np.arange(7)]
    np.testing.assert_allclose(products.forward(values), matrix.T @ values, rtol=1e-5)
    np.testing.assert_allclose(products.given(values, codes), given, rtol=1e-5)
    found = products.backward(values.copy())
    np.testing.assert_allclose(found, matrix @ values, rtol=1e-5)
    for each in (products.forward(values), found, products.given(values, codes)):
        assert each.dtype == dtype


@pytest.mark.parametrize("name", ["even", "groups", "uneven"])
def test_products_with_no_rows_at_all(name):
    products = Products(noise_matrices(65)[name], np.float32)
    nothing = np.zeros((65, 0), dtype=np.float32)
    assert products.forward(nothing).shape == products.backward(nothing).shape == (65, 0)
    assert products.given(nothing, np.zeros(0, dtype=int)).shape == (0,)
