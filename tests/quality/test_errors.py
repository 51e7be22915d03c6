"""What label quality and label issues refuse, and how they say so."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skclean import find_label_issues, label_quality_scores
from tests.quality.tables import table_of

NAMES = ["ant", "bee", "cat"]


@pytest.mark.parametrize("function", [find_label_issues, label_quality_scores])
@pytest.mark.parametrize("value", [np.nan, -0.1, 1.2])
def test_a_row_that_is_no_distribution_is_named(function, value):
    y, pred_probs = table_of()
    pred_probs[[17, 30], 1] = value
    with pytest.raises(ValueError, match="Row 17 sums to"):
        function(y, pred_probs)


@pytest.mark.parametrize("function", [find_label_issues, label_quality_scores])
def test_the_number_of_columns_must_match(function):
    _, pred_probs = table_of()
    y = np.array(["a", "b", "c", "d"] * 30)[: len(pred_probs)]
    with pytest.raises(ValueError) as caught:
        function(y, pred_probs)
    assert str(caught.value) == (
        "pred_probs must have one column per class. Got 3 columns for 4 classes "
        "['a', 'b', 'c', 'd']; pass classes= if a class is absent from y."
    )


@pytest.mark.parametrize("function", [find_label_issues, label_quality_scores])
@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_labels_are_refused(function, missing):
    codes, pred_probs = table_of()
    y = np.array(NAMES, dtype=object)[codes]
    y[4] = missing
    with pytest.raises(ValueError, match="the first in row 4"):
        function(y, pred_probs)


@pytest.mark.parametrize("function", [find_label_issues, label_quality_scores])
def test_one_class_is_refused(function):
    with pytest.raises(ValueError, match="number of classes has to be greater than one"):
        function(["a", "a"], [[1.0], [1.0]])
    with pytest.raises(ValueError, match="Got 2 columns for 1 classes"):
        function(["a", "a"], [[0.5, 0.5], [0.5, 0.5]])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"prune": "magic"}, "The 'prune' parameter of find_label_issues must be"),
        ({"quality": "magic"}, "The 'quality' parameter"),
        ({"collision": "magic"}, "The 'collision' parameter"),
        ({"max_fdr": 1.5}, r"The 'max_fdr' parameter .* range \[0.0, 1.0\]"),
        ({"max_fdr": -0.1}, "The 'max_fdr' parameter"),
        ({"n_issues": -1}, "The 'n_issues' parameter"),
        ({"n_issues": 2.5}, "The 'n_issues' parameter"),
        ({"n_issues": 91}, "between 0 and the 90 samples. Got 91"),
        ({"n_issues": {0: 91}}, "between 0 and the .* samples given 0. Got 91"),
        ({"n_issues": {0: -1}}, "between 0 and the .* samples given 0. Got -1"),
        ({"n_issues": {0: 1.5}}, "Got 1.5"),
        ({"n_issues": {5: 1}}, "n_issues names a class that is not among .*: 5"),
        ({"n_issues": 3, "max_fdr": 0.1}, "max_fdr and n_issues both bound the flags"),
        ({"min_samples_per_class": -1}, "The 'min_samples_per_class' parameter"),
        ({"classes": [0, 1]}, r"not in classes: \[2\]"),
    ],
)
def test_wrong_parameters_are_refused(params, message):
    y, pred_probs = table_of()
    with pytest.raises(ValueError, match=message):
        find_label_issues(y, pred_probs, **params)


@pytest.mark.parametrize("quality", ["averaged", "posterior"])
def test_scores_of_the_noise_matrix_are_not_adjusted(quality):
    y, pred_probs = table_of()
    with pytest.raises(ValueError, match="adjust=True is for the scores"):
        label_quality_scores(y, pred_probs, quality=quality, adjust=True)


def test_columns_named_in_another_order_are_refused():
    pred_probs = pd.DataFrame({"b": [0.1, 0.8, 0.2], "a": [0.9, 0.2, 0.8]})
    with pytest.raises(ValueError, match=r"order of the classes, \['a', 'b'\]. Got \['b', 'a'\]"):
        label_quality_scores(["a", "b", "a"], pred_probs)
    label_quality_scores(["a", "b", "a"], pred_probs[["a", "b"]])
    by_number = pred_probs.set_axis(["1", "0"], axis=1)  # as a file names them
    with pytest.raises(ValueError, match=r"order of the classes, \[0, 1\]. Got \['1', '0'\]"):
        label_quality_scores([0, 1, 0], by_number)
    label_quality_scores([0, 1, 0], by_number[["0", "1"]])


def test_sparse_probabilities_are_refused():
    with pytest.raises(ValueError, match="toarray"):
        label_quality_scores(["a", "b"], sparse.csr_array(np.eye(2)))
