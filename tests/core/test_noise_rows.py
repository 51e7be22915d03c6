"""Noise matrices held as levels and what stands out of them."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skclean import find_label_issues, label_quality_scores
from skclean._core._algebra import normalize_rows
from skclean._core._noise_rows import NoiseRows
from skclean._core._transition import joint_from_transition, shares_right


@st.composite
def noise_rows(draw, n_classes):
    """Rows with one or two groups of columns, and some entries that stand out."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_groups = draw(st.integers(1, 2))
    group = rng.integers(0, n_groups, n_classes)
    levels = rng.random((n_classes, n_groups)) / n_classes
    true, given = np.nonzero(np.triu(rng.random((n_classes, n_classes)) < 0.4, 1))
    excess = rng.random(len(true)) / n_classes
    noise = NoiseRows(np.zeros(n_classes), levels, group, true, given, excess)
    factor = 0.5 / np.maximum(noise.toarray().sum(axis=1), 0.1)
    scaled = noise.scaled(factor, noise.diagonal)
    return scaled.scaled(np.ones(n_classes), 1 - scaled.toarray().sum(axis=1))


def problems():
    return st.integers(2, 9).flatmap(lambda k: st.tuples(noise_rows(k), noise_rows(k)))


@given(problems(), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_what_is_done_to_the_rows_is_done_to_the_matrix(pair, seed):
    one, other = pair
    first, second = one.toarray(), other.toarray()
    n_classes = len(first)
    np.testing.assert_allclose(first.sum(axis=1), 1)
    rng = np.random.default_rng(seed)
    share = rng.choice([0, 0.5, 1], n_classes)
    mean = (1 - share)[:, np.newaxis] * first + share[:, np.newaxis] * second
    np.testing.assert_allclose(one.mixed(other, share).toarray(), mean, atol=1e-15)
    certain = rng.random(n_classes) < 0.5
    expected = np.where(certain[:, np.newaxis], np.eye(n_classes), first)
    np.testing.assert_array_equal(one.certain(certain).toarray(), expected)
    leaked = normalize_rows(first + 1e-3)
    np.testing.assert_allclose(one.leaking(1e-3).toarray(), leaked, atol=1e-15)
    np.testing.assert_array_equal(one.own_level, one.levels[range(n_classes), one.group])
    np.testing.assert_allclose(NoiseRows.of(first).toarray(), first, rtol=2e-6)


@given(problems(), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_the_shares_of_right_labels_are_those_of_the_whole_joint(pair, seed):
    noise, _ = pair
    prior = np.random.default_rng(seed).dirichlet(np.ones(noise.n_classes))
    prior[seed % noise.n_classes] *= seed % 3 > 0  # at times a class that no label gives
    prior /= prior.sum()
    joint = joint_from_transition(noise.toarray(), prior)
    np.testing.assert_allclose(shares_right(noise, prior), joint.diagonal(), atol=1e-12)


def test_a_given_label_that_the_noise_holds_impossible_is_right():
    # class 1 is always given as 0, and yet a third of the labels is 1
    noise = np.array([[1.0, 0, 0], [1, 0, 0], [0, 0, 1]])
    prior = np.full(3, 1 / 3)
    found = shares_right(NoiseRows.of(noise), prior)
    np.testing.assert_allclose(found, joint_from_transition(noise, prior).diagonal(), atol=1e-12)
    assert found[1] == pytest.approx(1 / 3)


def test_a_matrix_that_is_level_holds_nothing_else():
    even = np.full((200, 200), 0.3 / 199)
    np.fill_diagonal(even, 0.7)
    jitter = 1 + 1e-9 * np.random.default_rng(0).random(even.shape)
    assert len(NoiseRows.of(even * jitter).excess) == 0
    even[3, 5] += 0.1
    noise = NoiseRows.of(even)
    assert (noise.true, noise.given) == (3, 5)
    assert noise.excess == pytest.approx(0.1)


@pytest.mark.parametrize("exponent", [0, 2])
def test_many_classes_take_no_matrix_of_all_their_pairs(exponent):
    # of 3000 classes such a matrix takes 72 MB; with exponent 2 most classes have no label
    n_samples, n_classes = 2000, 3000
    rng = np.random.default_rng(0)
    prior = np.arange(1, n_classes + 1.0) ** -exponent
    y = rng.choice(n_classes, n_samples, p=prior / prior.sum())
    pred_probs = np.full((n_samples, n_classes), 0.2 / (n_classes - 1), dtype=np.float32)
    pred_probs[np.arange(n_samples), (y + (rng.random(n_samples) < 0.3)) % n_classes] = 0.8
    args = {"y": y, "pred_probs": pred_probs, "classes": np.arange(n_classes)}

    def peak(function, **options):
        tracemalloc.start()
        try:
            function(**args, **options)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(label_quality_scores)  # what is imported does not count
    assert peak(label_quality_scores) < 32e6
    # but for the sums that the joint is made of, half as large
    assert peak(find_label_issues) < 32e6 + 4 * n_classes**2
