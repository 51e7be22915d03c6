"""SoftLabels: each sample under all labels that may be its true one."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from skclean.strategies import SoftLabels

# p(true = cat | x, given) of the four samples: 1; 1; 0; 1/2 * 1/4 / (1/2 * 1/4 + 1/2) = 1/5
EXACT = 1e-3  # the noise is undone in a finite number of steps


def test_each_sample_counts_once_in_all(noisy_pair):
    y, issues = noisy_pair
    treatment = SoftLabels().apply(y, issues)
    np.testing.assert_array_equal(treatment.sample_indices, [0, 1, 2, 3, 3])
    np.testing.assert_array_equal(treatment.y, ["cat", "cat", "dog", "cat", "dog"])
    np.testing.assert_allclose(treatment.sample_weight, [1, 1, 1, 0.2, 0.8], atol=EXACT)
    assert treatment.keep.all()


@pytest.mark.parametrize(("min_weight", "n_rows"), [(0.0, 8), (0.1, 5), (0.25, 4), (1.0, 4)])
def test_improbable_classes_are_left_out_but_never_the_best(noisy_pair, min_weight, n_rows):
    y, issues = noisy_pair
    treatment = SoftLabels(min_weight=min_weight).apply(y, issues)
    assert len(treatment.y) == n_rows
    totals = np.bincount(treatment.sample_indices, treatment.sample_weight)
    np.testing.assert_allclose(totals, 1)


def test_without_weights_flagged_samples_are_relabelled_or_left_out(noisy_pair):
    y, issues = noisy_pair
    X = np.zeros((4, 1))
    issues = replace(issues, issue_mask=np.array([False, True, False, True]))
    treatment = SoftLabels().treat(KNeighborsClassifier(), X, y, issues)
    np.testing.assert_array_equal(treatment.y, ["cat", "cat", "dog", "dog"])
    np.testing.assert_array_equal(treatment.keep, [True, True, True, False])
    sure = SoftLabels(min_confidence=0.99).treat(KNeighborsClassifier(), X, y, issues)
    np.testing.assert_array_equal(sure.keep, [True, False, True, False])
    assert treatment.sample_weight is None
    assert treatment.sample_indices is None
    assert SoftLabels().treat(LogisticRegression(), X, y, issues).sample_weight is not None


def test_labels_that_are_not_flagged_may_stay(noisy_pair):
    y, issues = noisy_pair
    X = np.zeros((4, 1))
    soft = SoftLabels(flagged_only=True)
    issues = replace(issues, issue_mask=np.zeros(4, dtype=bool))
    treatment = soft.apply(y, issues)
    np.testing.assert_array_equal(treatment.y, y)
    np.testing.assert_array_equal(treatment.sample_weight, 1)
    np.testing.assert_array_equal(soft.treat(KNeighborsClassifier(), X, y, issues).y, y)
    # the last one flagged: it alone is spread, as without the option
    issues = replace(issues, issue_mask=np.arange(4) == 3)
    treatment = soft.apply(y, issues)
    np.testing.assert_array_equal(treatment.sample_indices, [0, 1, 2, 3, 3])
    np.testing.assert_array_equal(treatment.y[:3], y[:3])
    np.testing.assert_allclose(treatment.sample_weight, [1, 1, 1, 0.2, 0.8], atol=EXACT)


def test_a_class_that_is_lost_comes_back_with_the_whole_of_its_best_sample(noisy_pair):
    _, issues = noisy_pair
    # the only emu is surely a cat
    classes = np.array(["cat", "dog", "emu"])
    bare = replace(
        issues,
        noise=None,
        pred_probs=None,
        classes=classes,
        given_label=np.array(["cat", "dog", "dog", "emu"]),
        label_quality=np.array([1.0, 1.0, 1.0, 0.0]),
        suggested_label=np.array(["cat", "dog", "dog", "cat"]),
    )
    treatment = SoftLabels().apply(bare.given_label, bare)
    np.testing.assert_array_equal(treatment.y, ["cat", "dog", "dog", "emu"])
    np.testing.assert_array_equal(treatment.sample_weight, 1)


def test_blocks_of_rows_make_one_whole(noisy_pair, monkeypatch):
    y, issues = noisy_pair
    whole = SoftLabels().apply(y, issues)
    monkeypatch.setattr("skclean._core._blocks.BLOCK_BYTES", 16)
    pieces = SoftLabels().apply(y, issues)
    np.testing.assert_array_equal(pieces.sample_indices, whole.sample_indices)
    np.testing.assert_allclose(pieces.sample_weight, whole.sample_weight)
