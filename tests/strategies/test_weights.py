"""Strategies that weigh, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from skclean.noise_matrix._base import noise_estimate
from skclean.strategies import CostSensitive, ForwardCorrection, Prune, Relabel, Reweight

EXACT = 0.03  # the noise is undone in a finite number of steps


def test_importance_is_the_true_over_the_given_probability(noisy_pair):
    y, issues = noisy_pair
    # p(true = given | x) / p(given | x): 1 / (3/4); 0 / (1/4); 1 / 1; (1/2) / (5/8)
    weight = Reweight(method="importance", floor=0).apply(y, issues).sample_weight
    np.testing.assert_allclose(weight, [4 / 3, 0, 1, 4 / 5], atol=EXACT)
    floored = Reweight(method="importance", floor=0.9).apply(y, issues).sample_weight
    np.testing.assert_allclose(floored, [4 / 3, 0.9, 1, 0.9], atol=EXACT)


def test_importance_is_zero_in_a_class_that_is_never_labelled_right(noisy_pair):
    y, issues = noisy_pair
    noise = noise_estimate(np.array([[0.0, 0.5], [0.25, 0.25]]), issues.classes)
    issues = replace(issues, noise=noise)
    assert Reweight(method="importance", floor=0).apply(y, issues).sample_weight[0] == 0


def test_costs_of_two_classes_are_those_of_natarajan(noisy_pair):
    y, issues = noisy_pair
    # dog is the positive class: r1 = 0 and r0 = 1/4, so a = (1 - 0 + 1/4) / 2 = 5/8
    weight = CostSensitive().apply(y, issues).sample_weight
    np.testing.assert_allclose(weight, [2 * 5 / 8, 2 * 3 / 8, 2 * 3 / 8, 2 * 3 / 8])


def test_costs_of_even_noise_are_equal(noisy_pair):
    y, issues = noisy_pair
    noise = noise_estimate(np.array([[0.4, 0.1], [0.1, 0.4]]), issues.classes)
    weight = CostSensitive().apply(y, replace(issues, noise=noise)).sample_weight
    np.testing.assert_array_equal(weight, 1)


@pytest.mark.parametrize("strategy", [Prune(class_weight="prior"), Relabel(class_weight="prior")])
def test_prior_gives_each_class_its_estimated_share(noisy_pair, strategy):
    y, issues = noisy_pair  # p(true) = 1/2 each, so 2 of 4
    treatment = strategy.apply(y, issues)
    weight = treatment.sample_weight * treatment.keep
    assert weight[treatment.y == "cat"].sum() == pytest.approx(2)
    assert weight[treatment.y == "dog"].sum() == pytest.approx(2)


def test_prior_scales_the_weights_within_a_class(noisy_pair):
    y, issues = noisy_pair
    weight = Reweight(floor=0.1, class_weight="prior").apply(y, issues).sample_weight
    np.testing.assert_allclose(weight, [2, *(2 / 1.9 * np.array([0.1, 1, 0.8]))])


def test_balanced_needs_no_noise(noisy_pair):
    y, issues = noisy_pair
    issues = replace(issues, noise=None)
    weight = Prune(class_weight="balanced").apply(y, issues).sample_weight
    np.testing.assert_allclose(weight, [2, 1, 1, 1])  # the second is left out


def test_a_class_weighs_one_sample_at_least(noisy_pair):
    y, issues = noisy_pair
    noise = noise_estimate(np.array([[0.0, 0.0], [0.25, 0.75]]), issues.classes)
    weight = Prune(class_weight="prior").apply(y, replace(issues, noise=noise)).sample_weight
    np.testing.assert_allclose(weight[[0, 2, 3]], [1, 2, 2])


def test_a_class_that_comes_back_has_its_whole_weight(noisy_pair):
    y, issues = noisy_pair
    issues = replace(issues, issue_mask=np.array([True, False, False, False]))
    treatment = Prune(class_weight="balanced").apply(y, issues)
    assert treatment.keep.all()
    np.testing.assert_allclose(treatment.sample_weight, [2, 2 / 3, 2 / 3, 2 / 3])


@pytest.mark.parametrize(
    "strategy",
    [
        Prune(class_weight="prior"),
        Reweight(method="importance"),
        CostSensitive(),
        ForwardCorrection(),
    ],
)
def test_who_needs_the_noise_says_so(noisy_pair, strategy):
    y, issues = noisy_pair
    with pytest.raises(ValueError, match="needs the noise matrix.*ConfidentLearning"):
        strategy.apply(y, replace(issues, noise=None))
