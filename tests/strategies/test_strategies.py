"""Each strategy by hand, and the promise of the base class."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from skclean import LabelIssues
from skclean._issues import Treatment
from skclean.strategies import (
    BaseStrategy,
    CoTeaching,
    Prune,
    Relabel,
    Reweight,
    SoftLabels,
)

Y = np.array(["a", "a", "a", "b", "b", "c"])
ISSUES = LabelIssues(
    label_quality=np.array([0.1, 0.9, 0.3, 0.8, 0.2, 0.4]),
    issue_mask=np.array([True, False, True, False, True, True]),
    suggested_label=np.array(["b", "a", "c", "b", "a", "a"]),
    suggested_proba=np.array([0.9, 0.9, 0.6, 0.8, 0.7, 0.5]),
    given_label=Y,
    classes=np.unique(Y),
)


def test_prune_drops_the_flagged_but_keeps_the_last_of_a_class():
    treatment = Prune().apply(Y, ISSUES)
    np.testing.assert_array_equal(treatment.keep, [0, 1, 0, 1, 0, 1])
    np.testing.assert_array_equal(treatment.y, Y)
    assert treatment.sample_weight is None


@pytest.mark.parametrize(("most", "dropped"), [(0, []), (1, [0]), (2, [0, 4]), (0.5, [0, 2, 4])])
def test_prune_drops_the_worst_first_up_to_its_maximum(most, dropped):
    keep = Prune(max_removed=most).apply(Y, ISSUES).keep
    np.testing.assert_array_equal(np.flatnonzero(~keep), dropped)


def test_prune_never_drops_what_is_not_flagged():
    assert np.count_nonzero(~Prune(max_removed=1.0).apply(Y, ISSUES).keep) == 3


def test_prune_may_keep_what_overlap_could_explain():
    ambiguous = np.array([False, False, True, False, True, False])
    issues = replace(ISSUES, ambiguous_mask=ambiguous, noise_rate_bounds=(0.0, 0.5))
    keep = Prune(keep_ambiguous=True).apply(Y, issues).keep
    np.testing.assert_array_equal(keep, [0, 1, 1, 1, 1, 1])  # the only c stays for its class
    worst_is_ambiguous = replace(issues, ambiguous_mask=ISSUES.label_quality < 0.15)
    keep = Prune(keep_ambiguous=True, max_removed=1).apply(Y, worst_is_ambiguous).keep
    np.testing.assert_array_equal(keep, [1, 1, 1, 1, 0, 1])
    with pytest.raises(ValueError, match="keep_ambiguous=True needs flags that are told apart"):
        Prune(keep_ambiguous=True).apply(Y, ISSUES)


def test_relabel_takes_the_suggestions_that_are_sure_enough():
    # the suggestion for the only c is not taken, so that a c remains
    np.testing.assert_array_equal(
        Relabel(min_confidence=0.7).apply(Y, ISSUES).y, ["b", "a", "a", "b", "a", "c"]
    )
    np.testing.assert_array_equal(Relabel().apply(Y, ISSUES).y, ["b", "a", "c", "b", "a", "a"])


def test_relabel_may_leave_out_what_it_is_not_sure_of():
    treatment = Relabel(min_confidence=0.7, below="drop").apply(Y, ISSUES)
    # the only c is unsure, and stays for its class
    np.testing.assert_array_equal(treatment.keep, [1, 1, 0, 1, 1, 1])
    np.testing.assert_array_equal(treatment.y[treatment.keep], ["b", "a", "b", "a", "c"])
    everything = Relabel(below="drop").apply(Y, ISSUES)
    assert everything.keep.all()


def test_relabel_without_probabilities_cannot_be_sure():
    issues = LabelIssues(ISSUES.label_quality, ISSUES.issue_mask, ISSUES.suggested_label)
    Relabel().apply(Y, issues)
    with pytest.raises(ValueError, match="min_confidence=0.5"):
        Relabel(min_confidence=0.5).apply(Y, issues)


def test_reweight_weighs_by_label_quality_above_the_floor():
    treatment = Reweight(floor=0.25).apply(Y, ISSUES)
    np.testing.assert_array_equal(treatment.sample_weight, [0.25, 0.9, 0.3, 0.8, 0.25, 0.4])
    assert treatment.keep.all()


def test_the_base_restores_a_class_that_a_strategy_loses():
    class AllA(BaseStrategy):
        def _apply(self, y, issues):
            return Treatment(y=np.full(len(y), "a"), keep=np.arange(len(y)) == 4)

    treatment = AllA().apply(Y, ISSUES)
    # the best of b (row 3) and of c (row 5) come back; row 4 stays as the strategy has it
    np.testing.assert_array_equal(treatment.keep, [0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(treatment.y[treatment.keep], ["b", "a", "c"])


def test_the_base_restores_a_class_among_repeated_rows():
    class Spread(BaseStrategy):
        def _apply(self, y, issues):
            samples = np.repeat(np.arange(len(y)), 2)
            return Treatment(
                y=np.where(np.arange(len(samples)) % 2, "a", "b"),
                keep=np.ones(len(samples), dtype=bool),
                sample_weight=np.tile([0.25, 0.75], len(y)),
                sample_indices=samples,
            )

    treatment = Spread().apply(Y, ISSUES)
    # one of the two rows of the only c takes the weight of both
    np.testing.assert_array_equal(treatment.y, ["b", "a"] * 5 + ["c", "a"])
    np.testing.assert_array_equal(treatment.keep, [True] * 11 + [False])
    np.testing.assert_array_equal(treatment.sample_weight[-2:], [1, 0.75])


@pytest.mark.parametrize(
    "strategy",
    [
        Prune(max_removed=-1),
        Prune(max_removed=1.5),
        Prune(class_weight="even"),
        Relabel(min_confidence=2),
        Relabel(below="ask"),
        Reweight(floor=-1),
        Reweight(method="luck"),
        SoftLabels(min_weight=2),
        CoTeaching(noise_rate=1.0),
    ],
)
def test_bad_parameters_are_named(strategy):
    match = f"parameter of {type(strategy).__name__} must be"
    with pytest.raises(ValueError, match=match):
        strategy.apply(Y, ISSUES)
    with pytest.raises(ValueError, match=match):
        strategy.treat(GaussianNB(), np.zeros((len(Y), 1)), Y, ISSUES)
