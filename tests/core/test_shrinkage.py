"""Noise matrices from few counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import betabinom, dirichlet_multinomial

from skclean._core import _shrinkage
from skclean._core._joint import PairCounts
from skclean._core._noise_rows import NoiseRows
from skclean.simulation import make_noise_matrix


def shrink_counts(counts):
    return _shrinkage.shrink_counts(PairCounts.of(counts)).toarray()


def agreed_noise(one, other, shares):
    noise, disputed = _shrinkage.agreed_noise(NoiseRows.of(one), NoiseRows.of(other), shares)
    return noise.toarray(), disputed


def draw(noise_matrix, n, seed=0):
    rng = np.random.default_rng(seed)
    return np.stack([rng.multinomial(n, row) for row in noise_matrix])


def test_shrinkage_by_hand(monkeypatch):
    # one concentration only: rates are (wrong + 10 * 1/4) / (n + 10), and each confusion
    # (count + 10 / 2) / (wrong + 10) of its rate, counts of 1 and 2 shared out evenly
    monkeypatch.setattr(_shrinkage, "CONCENTRATIONS", np.array([10.0]))
    counts = np.array([[9, 3, 0], [0, 4, 0], [2, 1, 5]])
    rates = np.array([3 + 2.5, 0 + 2.5, 3 + 2.5]) / np.array([22, 14, 18])
    expected = np.array(
        [
            [1 - rates[0], rates[0] * 8 / 13, rates[0] * 5 / 13],
            [rates[1] / 2, 1 - rates[1], rates[1] / 2],
            [rates[2] / 2, rates[2] / 2, 1 - rates[2]],
        ]
    )
    np.testing.assert_allclose(shrink_counts(counts), expected, rtol=1e-12)


def test_the_concentration_is_the_most_likely_one():
    counts = draw(make_noise_matrix("random", 5, 0.3, random_state=0), 200)
    wrong = counts - np.diag(counts.diagonal())
    n, n_wrong = counts.sum(axis=1), wrong.sum(axis=1)
    rate = n_wrong.sum() / n.sum()
    for c in (1.0, 100.0):
        terms = betabinom(n, c * rate, c * (1 - rate)).logpmf(n_wrong)
        ours = [_shrinkage._beta_binomial(n_wrong, n, rate)(x) for x in (c, 7.0)]
        theirs = betabinom(n, 7 * rate, 7 * (1 - rate)).logpmf(n_wrong)
        assert ours[0] - ours[1] == pytest.approx((terms - theirs).sum())
        others = [np.delete(row, i) for i, row in enumerate(wrong)]
        exact = [
            sum(dirichlet_multinomial(np.full(4, x / 4), row.sum()).logpmf(row) for row in others)
            for x in (c, 7.0)
        ]
        ours = [
            _shrinkage._dirichlet_multinomial(wrong[wrong > 0], n_wrong, 4)(x) for x in (c, 7.0)
        ]
        assert ours[0] - ours[1] == pytest.approx(exact[0] - exact[1])


def test_uniform_noise_is_smoothed_and_pair_noise_is_kept():
    uniform = make_noise_matrix("uniform", 10, 0.3)
    counts = draw(uniform, 60)
    raw = counts / counts.sum(axis=1, keepdims=True)
    assert np.abs(shrink_counts(counts) - uniform).max() < 0.4 * np.abs(raw - uniform).max()
    pair = make_noise_matrix("pair", 10, 0.3)
    np.testing.assert_allclose(shrink_counts(draw(pair, 2000)), pair, atol=0.02)


def test_no_noise_stays_next_to_none():
    np.testing.assert_allclose(shrink_counts(np.diag([50, 50, 50])), np.eye(3), atol=1e-3)


def test_classes_without_counts_are_labelled_right():
    counts = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
    found = shrink_counts(counts)
    np.testing.assert_array_equal(found[2], [0, 0, 1])
    np.testing.assert_array_equal(found[:, 2], [0, 0, 1])
    np.testing.assert_allclose(found[:2, :2], shrink_counts(counts[:2, :2]))
    np.testing.assert_array_equal(shrink_counts(np.diag([0, 3, 0])), np.eye(3))


@given(arrays(np.int64, st.integers(2, 6).map(lambda k: (k, k)), elements=st.integers(0, 40)))
@settings(deadline=None, max_examples=60)
def test_rows_sum_to_one_and_classes_can_be_renamed(counts):
    found = shrink_counts(counts)
    assert found.min() >= 0
    np.testing.assert_allclose(found.sum(axis=1), 1)
    order = np.arange(len(counts))[::-1]
    renamed = shrink_counts(counts[np.ix_(order, order)])
    np.testing.assert_allclose(renamed, found[np.ix_(order, order)], atol=1e-12)


def test_agreed_noise_by_hand():
    one = np.array([[0.7, 0.3, 0.0], [0.1, 0.8, 0.1], [0.0, 0.1, 0.9]])
    other = np.array([[0.9, 0.1, 0.0], [0.1, 0.8, 0.1], [0.0, 0.1, 0.9]])
    matrix, disputed = agreed_noise(one, other, np.array([0.5, 0.25, 0.25]))
    assert disputed == pytest.approx(0.5 * 0.2 / (0.5 * 0.2 + 0.25 * 0.3))
    # rates .2 .2 .1 in the middle, of mean .175 and variance .001875; half of the mean square
    # .02 that the estimates differ by is more, so they go half-way to the mean
    rates = np.array([0.1875, 0.1875, 0.1375])
    np.testing.assert_allclose(1 - matrix.diagonal(), rates)
    np.testing.assert_allclose(matrix[1], [rates[1] / 2, 1 - rates[1], rates[1] / 2])
    np.testing.assert_allclose(matrix.sum(axis=1), 1)


def test_estimates_that_agree_are_left_alone():
    matrix = make_noise_matrix("pair", 4, [0.1, 0.2, 0.3, 0.4])
    found, disputed = agreed_noise(matrix, matrix, np.full(4, 0.25))
    np.testing.assert_allclose(found, matrix)
    assert disputed == 0


def test_of_a_class_that_one_estimate_does_not_know_the_other_counts():
    one = np.array([[0.8, 0.2], [0.2, 0.8]])
    found, disputed = agreed_noise(one, np.array([[1.0, 0.0], [0.2, 0.8]]), np.full(2, 0.5))
    np.testing.assert_allclose(found, one)
    assert disputed == pytest.approx(0.5)  # nothing confirms half of the noise
    found, disputed = agreed_noise(np.eye(2), np.eye(2), np.full(2, 0.5))
    np.testing.assert_array_equal(found, np.eye(2))
    assert disputed == 0


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_agreed_noise_is_a_noise_matrix_between_the_estimates(n_classes, seed):
    rng = np.random.default_rng(seed)
    one, other = (rng.dirichlet(np.ones(n_classes), size=n_classes) for _ in range(2))
    shares = rng.dirichlet(np.ones(n_classes))
    found, disputed = agreed_noise(one, other, shares)
    assert found.min() >= 0
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert 0 <= disputed <= 1
    middle = 1 - (one + other).diagonal() / 2
    rates, mean = 1 - found.diagonal(), shares @ middle
    assert shares @ rates == pytest.approx(mean)
    assert (np.abs(rates - middle) <= np.abs(mean - middle) / 2 + 1e-12).all()


def test_classes_that_no_label_gives_say_nothing_of_the_others():
    one = np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0, 0, 1]])
    other = np.array([[0.95, 0.05, 0], [0.1, 0.9, 0], [0.5, 0.5, 0]])
    shares = np.array([0.5, 0.5, 0])
    found, disputed = agreed_noise(one, other, shares)
    np.testing.assert_array_equal(found[2], [0, 0, 1])
    expected, doubt = agreed_noise(one[:2, :2], other[:2, :2], shares[:2])
    np.testing.assert_allclose(found[:2, :2], expected)
    assert disputed == pytest.approx(doubt)


def test_a_class_with_a_handful_of_labels_hardly_moves_the_others():
    one, other = np.diag([0.9, 0.8, 0.2]), np.diag([0.9, 0.8, 0.4])
    one[0, 1] = other[0, 1] = 0.1
    one[1, 0] = other[1, 0] = 0.2
    one[2, 0], other[2, 0] = 0.8, 0.6
    found, _ = agreed_noise(one, other, np.array([0.5, 0.499, 0.001]))
    np.testing.assert_allclose(1 - found.diagonal()[:2], [0.1, 0.2], atol=5e-3)
