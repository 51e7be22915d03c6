"""Given labels of the most typical rows of each class."""

import numpy as np
import pytest

from skclean._core import _anchors
from skclean._core._anchors import wilson_bound


def typical_counts(y, guess, probability, n_classes):
    return _anchors.typical_counts(y, guess, probability, n_classes).toarray()


def anchor_counts(y, predicted, probability, n_classes):
    return _anchors.anchor_counts(y, predicted, probability, n_classes).toarray()


def test_typical_counts_by_hand():
    # twelve rows confident of class 0: nine of them count, and a tenth that equals the ninth
    probability = np.array([0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.9, 0.9, 0.8, 0.7])
    y = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 1, 1])
    guess = np.zeros(12, dtype=int)
    expected = np.array([[8, 1, 1], [0, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(typical_counts(y, guess, probability, 3), expected)


def test_rows_that_are_confident_of_nothing_do_not_count():
    y, guess = np.array([0, 1, 0, 1]), np.array([0, -1, -1, 1])
    counts = typical_counts(y, guess, np.array([0.9, 0.4, 0.5, 0.8]), 3)
    np.testing.assert_array_equal(counts, np.diag([1, 1, 0]))


def test_anchors_by_hand():
    # class 0: one other label among the twenty rows that the model is surest of, then every
    # second one
    probability = np.linspace(0.99, 0.6, 40)
    y = np.zeros(40, dtype=int)
    y[5] = 1
    y[20::2] = 1
    counts = anchor_counts(y, np.zeros(40, dtype=int), probability, 2)
    np.testing.assert_array_equal(counts, [[19, 1], [0, 0]])
    found = wilson_bound(19, 20)
    for n, right in [(8, 7), (19, 18), (22, 20), (40, 29)]:  # other cuts are less sure
        assert wilson_bound(right, n) < found


def test_the_bound_is_that_of_the_score_test():
    # the share at which what was seen lies 2.5 standard errors above it
    for n_right, n in [(8, 8), (19, 20), (3, 10)]:
        share = wilson_bound(n_right, n)
        error = np.sqrt(share * (1 - share) / n)
        np.testing.assert_allclose(n_right / n - share, 2.5 * error)


def test_equal_rows_stay_together():
    y = np.array([0] * 9 + [1])
    for order in (np.arange(10), np.arange(10)[::-1]):
        counts = anchor_counts(y[order], np.zeros(10, dtype=int), np.full(10, 0.8), 2)
        np.testing.assert_array_equal(counts, [[9, 1], [0, 0]])


def test_a_few_rows_are_taken_whole():
    y = np.array([0, 1, 1, 1])
    counts = anchor_counts(y, np.array([0, 0, 0, 1]), np.array([0.9, 0.8, 0.7, 0.9]), 2)
    np.testing.assert_array_equal(counts, [[1, 2], [0, 1]])


def plain_anchor_counts(y, predicted, probability, n_classes):
    """The definition: every cut between rows of unlike probability is tried."""
    counts = np.zeros((n_classes, n_classes), dtype=int)
    for k in range(n_classes):
        rows = np.flatnonzero(predicted == k)
        fewest = min(len(rows), max(8, int(0.05 * len(rows))))
        best, taken = -np.inf, rows[:0]
        for least in np.unique(probability[rows])[::-1]:
            surest = rows[probability[rows] >= least]
            surely = wilson_bound(np.count_nonzero(y[surest] == k), len(surest))
            if len(surest) >= fewest and surely > best:
                best, taken = surely, surest
        counts[k] += np.bincount(y[taken], minlength=n_classes)
        if np.count_nonzero(probability[rows] > 0.999) > 0.95 * len(rows):
            counts[k] = 0
    return counts


@pytest.mark.parametrize("n_classes", [1, 2, 7, 60])
@pytest.mark.parametrize("decimals", [1, 2, 16])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_anchors_are_those_of_the_definition(n_classes, decimals, dtype):
    rng = np.random.default_rng([n_classes, decimals])
    for wrong in (0.0, 0.2, 0.8):
        probs = rng.dirichlet(np.full(n_classes, 0.3), 500).round(decimals).astype(dtype)
        predicted, probability = probs.argmax(axis=1), probs.max(axis=1)
        guesses = rng.integers(0, n_classes, len(probs))
        y = np.where(rng.random(len(probs)) < wrong, guesses, predicted)
        args = y, predicted, probability, n_classes
        np.testing.assert_array_equal(anchor_counts(*args), plain_anchor_counts(*args))


def test_anchors_show_the_noise_where_classes_have_a_core():
    rng = np.random.default_rng(0)
    p_one = rng.random(20_000)
    y_true = (rng.random(20_000) < p_one).astype(int)
    flip = rng.random(20_000) < np.where(y_true == 0, 0.1, 0.3)
    y = np.where(flip, 1 - y_true, y_true)
    p_given = p_one * 0.7 + (1 - p_one) * 0.1
    predicted = (p_given > 0.5).astype(int)
    counts = anchor_counts(y, predicted, np.maximum(p_given, 1 - p_given), 2)
    found = counts / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, [[0.9, 0.1], [0.3, 0.7]], atol=0.04)


def test_a_lucky_pick_among_many_rows_does_not_count():
    # the first hundred of ten thousand rows happen to be pure, a tenth of the others is wrong
    y = np.zeros(10_000, dtype=int)
    y[100::10] = 1
    counts = anchor_counts(y, np.zeros_like(y), np.linspace(0.9, 0.6, 10_000), 2)
    assert counts.sum() >= 500
    assert counts[0, 1] > 0.07 * counts.sum()


def test_rows_predicted_with_certainty_show_nothing():
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 0])
    predicted = np.repeat([0, 1], 5)
    certain = anchor_counts(y, predicted, np.ones(10), 2)
    np.testing.assert_array_equal(certain, 0)
    graded = anchor_counts(y, predicted, np.full(10, 0.9), 2)
    np.testing.assert_array_equal(graded, [[4, 1], [1, 4]])


def test_counts_are_the_same_however_they_are_made(monkeypatch):
    rng = np.random.default_rng(0)
    y, guess = rng.integers(0, 20, 900), rng.integers(-1, 20, 900)
    probability = rng.choice(np.linspace(0.2, 0.99, 40), 900)
    for counts, classes in ((typical_counts, guess), (anchor_counts, np.maximum(guess, 0))):
        by_table = counts(y, classes, probability, 20)
        assert by_table.sum() > 200
        one_by_one = counts(y, classes, probability, 40)  # more pairs of classes than rows
        np.testing.assert_array_equal(one_by_one[:20, :20], by_table)
        assert one_by_one.sum() == by_table.sum()
        with monkeypatch.context() as patch:
            patch.setattr(_anchors, "BATCH_ROWS", 1)
            np.testing.assert_array_equal(counts(y, classes, probability, 20), by_table)
