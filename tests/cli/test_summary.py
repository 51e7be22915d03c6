"""The words of a summary in the terminal."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from skclean import find_label_issues
from skclean._cli_summary import (
    describe_classes,
    describe_flags,
    describe_noise,
    describe_trust,
)


def table_of(y):
    return SimpleNamespace(y=y, rows=np.arange(len(y)), ids=None, y_before=None)


def test_overlap_may_explain_all_flags():
    rng = np.random.default_rng(0)
    y, pred_probs = rng.integers(2, size=200), rng.dirichlet([2, 2], size=200)
    issues = find_label_issues(y, pred_probs)
    assert issues.n_ambiguous == issues.n_issues > 0
    text = describe_flags(table_of(y), issues)
    assert "Overlap of the classes could explain them all." in text
    assert "stand" not in text
    assert "then the true rate is lower" in describe_noise(table_of(y), issues)


def test_flags_that_stand_are_called_so():
    rng = np.random.default_rng(0)
    y, pred_probs = rng.integers(2, size=200), rng.dirichlet([2, 2], size=200)
    issues = find_label_issues(y, pred_probs)
    standing = np.flatnonzero(issues.issue_mask)
    for n, words in ((1, "the other 1 stands."), (3, "the other 3 stand.")):
        ambiguous = issues.ambiguous_mask.copy()
        ambiguous[standing[:n]] = False
        text = describe_flags(table_of(y), replace(issues, ambiguous_mask=ambiguous))
        assert f"could explain {issues.n_issues - n} of them; {words}" in text


def test_that_overlap_alone_is_possible_is_said_and_that_columns_tell_nothing():
    rng = np.random.default_rng(0)
    y, pred_probs = rng.integers(2, size=200), rng.dirichlet([2, 2], size=200)
    issues = find_label_issues(y, pred_probs)
    assert issues.noise_rate_bounds[0] < 0.0005
    text = describe_trust(table_of(y), issues)
    assert "allow overlap alone and no wrong label" in text
    assert "tell little of the labels" in text
    clear = replace(issues, suggested_label=y, noise_rate_bounds=(0.1, 0.2))
    text = describe_trust(table_of(y), clear)
    assert "overlap alone" not in text
    assert "tell little" not in text
    reviewed = replace(issues, measured_precision=0.5)
    assert "overlap alone" not in describe_trust(table_of(y), reviewed)


@pytest.mark.filterwarnings("ignore:The most probable class is the given label")
@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_predictions_that_are_no_better_than_guesses_are_called_so(share):
    rng = np.random.default_rng(0)
    y, guesses = rng.random((2, 2000)) < share
    pred_probs = np.where(guesses[:, np.newaxis] == [False, True], 0.8, 0.2)
    issues = find_label_issues(y, pred_probs)
    assert "tell little of the labels" in describe_trust(table_of(y), issues)
    wrong = rng.random(2000) < 0.3
    pred_probs = np.where((y ^ wrong)[:, np.newaxis] == [False, True], 0.8, 0.2)
    text = describe_trust(table_of(y), find_label_issues(y, pred_probs))
    assert "tell little" not in text


def test_blanks_are_seen_in_the_names_of_classes():
    y = np.array(["a", "a ", "b  c"] * 20)
    codes = np.arange(60) % 3
    probs = np.full((60, 3), 0.05)
    probs[np.arange(60), np.where(np.arange(60) < 6, (codes + 1) % 3, codes)] = 0.9
    issues = find_label_issues(y, probs)
    assert issues.n_issues > 0
    table = table_of(y)
    for text in (describe_classes(table, issues), describe_flags(table, issues)):
        assert "'a '" in text
        assert "'b  c'" in text


def test_no_noise_cannot_be_lower():
    y = np.arange(200) % 2
    issues = find_label_issues(y, np.where(np.eye(2)[y] > 0, 0.99, 0.01))
    assert issues.noise.noise_rate == 0
    assert "true rate is lower" not in describe_noise(table_of(y), issues)


def test_a_class_of_wrong_labels_without_a_flag_is_named():
    y = np.repeat(["a", "b", "c"], 100)
    codes = np.repeat(np.arange(3), 100)
    issues = find_label_issues(y, np.where(np.eye(3)[codes] > 0, 0.98, 0.01))
    assert issues.n_issues == 0
    true = np.array([[1, 0, 0], [0.6, 0.4, 0], [0, 0, 1]])
    issues = replace(issues, noise=replace(issues.noise, inverse_noise_matrix=true))
    text = describe_flags(table_of(y), issues)
    assert (
        "Most labels that are or should be b look wrong, though none is flagged: see some rows"
        in text
    )
