"""Whole data sets with wrong labels."""

import numpy as np
import pytest
from sklearn.datasets import make_classification

from skclean.simulation import make_noise_matrix, make_noisy_classification


@pytest.mark.parametrize("noise", ["uniform", "pair", "block", "random", "instance", "feature"])
def test_every_kind_of_noise_has_the_rate_asked_for(noise):
    data = make_noisy_classification(
        600, n_classes=4, noise=noise, noise_rate=0.3, random_state=0, return_X_y=False
    )
    assert data.flipped.mean() == pytest.approx(0.3, abs=0.075)  # four standard deviations
    np.testing.assert_array_equal(data.flipped, data.y != data.y_true)
    np.testing.assert_allclose(data.noise_matrix.sum(axis=1), 1)
    assert data.noise_matrix.shape == (4, 4)
    assert data.parameter["noise"] == noise
    assert noise in data.DESCR
    assert len(data.feature_info) == data.X.shape[1] == 20


def test_data_are_those_of_scikit_learn():
    X, _, y_true = make_noisy_classification(50, 5, random_state=3, class_sep=2.0)
    X_expected, y_expected = make_classification(50, 5, flip_y=0, random_state=3, class_sep=2.0)
    np.testing.assert_array_equal(X, X_expected)
    np.testing.assert_array_equal(y_true, y_expected)


@pytest.mark.parametrize(
    ("n_features", "n_classes", "n_clusters"),
    [(1, 2, 1), (2, 2, 2), (2, 3, 1), (2, 4, 1), (3, 2, 2), (3, 4, 2), (3, 8, 1), (4, 10, 1)],
)
def test_few_features_are_enough_for_the_defaults(n_features, n_classes, n_clusters):
    keywords = {"n_classes": n_classes, "class_sep": 5.0, "random_state": 0}
    X, _, y_true = make_noisy_classification(400, n_features, **keywords)
    assert X.shape == (400, n_features)
    assert set(y_true) == set(range(n_classes))
    n_informative = max(min(2, n_features), int(np.ceil(np.log2(n_classes * n_clusters))))
    expected = make_classification(
        400,
        n_features,
        flip_y=0,
        n_informative=n_informative,
        n_redundant=min(2, n_features - n_informative),
        n_clusters_per_class=n_clusters,
        **keywords,
    )
    np.testing.assert_array_equal(X, expected[0])


def test_both_forms_hold_the_same_arrays_at_every_call():
    X, y, y_true = make_noisy_classification(random_state=0)
    data = make_noisy_classification(random_state=0, return_X_y=False)
    np.testing.assert_array_equal(X, data.X)
    np.testing.assert_array_equal(y, data.y)
    np.testing.assert_array_equal(y_true, data.y_true)


def test_a_given_matrix_sets_the_number_of_classes():
    matrix = make_noise_matrix("pair", 5, [0, 0.1, 0.2, 0.3, 0.4])
    data = make_noisy_classification(5_000, noise=matrix, random_state=0, return_X_y=False)
    np.testing.assert_array_equal(data.noise_matrix, matrix)
    rates = [data.flipped[data.y_true == k].mean() for k in range(5)]
    np.testing.assert_allclose(rates, [0, 0.1, 0.2, 0.3, 0.4], atol=0.05)


def test_no_noise_leaves_the_labels_alone():
    for noise in ["uniform", "feature"]:
        _, y, y_true = make_noisy_classification(noise=noise, noise_rate=0, random_state=0)
        np.testing.assert_array_equal(y, y_true)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"noise": "gaussian"}, "'noise' parameter of make_noisy_classification"),
        ({"noise": np.eye(3), "n_classes": 2}, "3 rows for 2 classes"),
        ({"noise": [[0.5, 0.6], [0, 1]]}, "Row 0 is"),
        ({"noise": "instance", "noise_rate": 0.7}, "at most 0.5"),
        ({"noise": "feature", "noise_rate": [0.1, 0.2]}, "one number for noise='feature'"),
        ({"n_samples": 0}, "'n_samples' parameter"),
        ({"n_features": 1, "n_classes": 3}, "n_classes"),
    ],
)
def test_bad_input_is_refused(params, message):
    with pytest.raises(ValueError, match=message):
        make_noisy_classification(**params)
