"""Products with a noise matrix, whether its uneven entries are few or not."""

import pickle

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


def with_room(products, values):
    """Values with the rows to be filled, full of what must not count."""
    room = np.full((products.room, values.shape[1]), np.nan, dtype=values.dtype)
    return np.concatenate([values, room])


@pytest.mark.parametrize("n_classes", [4, 65, 200])
@pytest.mark.parametrize("name", ["even", "pairs", "unseen", "uneven", "groups"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_products_are_those_of_the_matrix(n_classes, name, dtype):
    noise = noise_matrices(n_classes)[name]
    products, matrix = Products(noise, dtype), noise.toarray()
    values = np.random.default_rng(1).random((n_classes, 7)).astype(dtype)
    codes, each = np.arange(7) % n_classes, np.arange(7)
    forward = products.forward(with_room(products, values))
    backward = products.backward(with_room(products, values))
    others = products.of_others(values, codes)
    own = matrix.diagonal()[codes] * values[codes, each]
    np.testing.assert_allclose(forward, matrix.T @ values, rtol=1e-5)
    np.testing.assert_allclose(backward, matrix @ values, rtol=1e-5)
    expected = (matrix.T @ values)[codes, each] - own
    np.testing.assert_allclose(others, expected, rtol=1e-5, atol=1e-7)
    for found in (forward, backward, others):
        assert found.dtype == dtype


@pytest.mark.parametrize("name", ["even", "groups", "uneven"])
def test_products_with_no_rows_at_all(name):
    products = Products(noise_matrices(65)[name], np.float32)
    nothing = np.zeros((65, 0), dtype=np.float32)
    for product in (products.forward, products.backward):
        assert product(with_room(products, nothing)).shape == (65, 0)
    assert products.of_others(nothing, np.zeros(0, dtype=int)).shape == (0,)


@pytest.mark.parametrize("name", ["even", "uneven"])
def test_products_can_be_sent_to_other_processes(name):
    products = Products(noise_matrices(65)[name], np.float32)
    values = np.random.default_rng(1).random((65, 3)).astype(np.float32)
    sent = pickle.loads(pickle.dumps(products))
    found = sent.forward(with_room(products, values))
    np.testing.assert_array_equal(found, products.forward(with_room(products, values)))
