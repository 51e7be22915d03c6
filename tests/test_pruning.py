"""The classic entry point of confident learning."""

import numpy as np
import pytest

from skclean import find_label_issues
from skclean.pruning import get_noise_indices


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    psx = rng.dirichlet(np.ones(3), size=90)
    s = rng.integers(0, 3, 90)
    return s, psx


@pytest.mark.parametrize(
    ("prune_method", "prune"),
    [
        ("prune_by_noise_rate", "by_noise_rate"),
        ("prune_by_class", "by_class"),
        ("both", "both"),
    ],
)
def test_classic_names_are_the_rules_of_find_label_issues(table, prune_method, prune):
    mask = get_noise_indices(*table, prune_method=prune_method)
    assert mask.dtype == bool
    assert mask.any()
    expected = find_label_issues(*table, prune=prune, quality="self_confidence").issue_mask
    np.testing.assert_array_equal(mask, expected)


def test_by_noise_rate_is_the_default(table):
    explicit = get_noise_indices(*table, prune_method="prune_by_noise_rate")
    np.testing.assert_array_equal(get_noise_indices(*table), explicit)


def test_indices_are_ranked_by_self_confidence(table):
    s, psx = table
    indices = get_noise_indices(s, psx, sorted_index_method="prob_given_label")
    np.testing.assert_array_equal(np.sort(indices), np.flatnonzero(get_noise_indices(s, psx)))
    assert (np.diff(psx[indices, s[indices]]) > 0).all()


def test_indices_are_ranked_by_normalized_margin(table):
    s, psx = table
    indices = get_noise_indices(s, psx, sorted_index_method="normalized_margin")
    np.testing.assert_array_equal(np.sort(indices), np.flatnonzero(get_noise_indices(s, psx)))
    others = psx.copy()
    others[np.arange(90), s] = -1
    margin = psx[np.arange(90), s] - others.max(axis=1)
    assert (np.diff(margin[indices]) > 0).all()
    by_confidence = get_noise_indices(s, psx, sorted_index_method="prob_given_label")
    assert (indices != by_confidence).any()


@pytest.mark.parametrize("budget", [[10, 0, 0], [0, 4, 1], np.array([3, 3, 3]), [0, 0, 0]])
@pytest.mark.parametrize("prune_method", ["prune_by_noise_rate", "prune_by_class", "both"])
def test_budgets_are_exact_and_by_given_class(table, prune_method, budget):
    s, psx = table
    mask = get_noise_indices(s, psx, prune_method=prune_method, num_to_remove_per_class=budget)
    np.testing.assert_array_equal(np.bincount(s[mask], minlength=3), budget)


def test_a_budget_takes_the_least_self_confident(table):
    s, psx = table
    mask = get_noise_indices(
        s, psx, prune_method="prune_by_class", num_to_remove_per_class=[2, 0, 0]
    )
    rows = np.flatnonzero(s == 0)
    np.testing.assert_array_equal(np.flatnonzero(mask), np.sort(rows[np.argsort(psx[rows, 0])[:2]]))


def test_a_budget_needs_one_number_per_class(table):
    with pytest.raises(ValueError, match="one number per class. Got 2 for 3 classes"):
        get_noise_indices(*table, num_to_remove_per_class=[1, 2])


def test_a_budget_counts_given_classes_in_their_order(table):
    s, psx = table
    labels = np.array(["a", "b", "c"])[s]
    mask = get_noise_indices(
        labels,
        np.column_stack([psx[:, ::-1], np.zeros(90)]),
        classes=["c", "b", "a", "z"],
        num_to_remove_per_class=[2, 1, 0, 0],
    )
    assert sorted(labels[mask]) == ["b", "c", "c"]


@pytest.mark.parametrize(
    "params", [{"prune_method": "by_class"}, {"sorted_index_method": "self_confidence"}]
)
def test_unknown_names_are_refused(table, params):
    with pytest.raises(ValueError, match=f"The '{next(iter(params))}' parameter"):
        get_noise_indices(*table, **params)
