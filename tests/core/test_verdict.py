"""How sure a flag can be."""

import numpy as np
import pytest
from scipy.special import expit, logit

from skclean._core._verdict import (
    cautious,
    class_overlap,
    common_shift,
    log_seen,
    noise_rate_bounds,
    odds_contradicted,
    overlap,
    precision_interval,
    quality_odds,
    stands,
    wrong_by_anchors,
)


def test_overlap_by_hand():
    # a fifth of the labels is contradicted, 90 % of the 10 % noise explains a part of it
    assert overlap(0.2, 0.1) == pytest.approx(0.11 / 0.9)
    # no more noise than contradictions is taken for an explanation
    assert overlap(0.1, 0.2) == pytest.approx(0.01 / 0.8)
    assert overlap(0.001, 0.0) == 0.005
    assert overlap(1.0, 0.0) == 0.995


def test_the_overlap_of_a_class_lies_between_its_own_and_that_of_all():
    found = class_overlap(np.array([0.01, 0.2, 0.8]), 0.2)
    np.testing.assert_allclose(found, [0.2, 0.2, 1 / 2])


def test_wrong_labels_by_the_anchors_by_hand():
    # all that is contradicted is noise, or none of it
    np.testing.assert_allclose(
        wrong_by_anchors(np.array([0.2, 0.2]), np.array([0.2, 0]), 2), [0.2, 0]
    )
    # of two classes, a wrong label of a row that the model mistakes is the predicted one
    assert wrong_by_anchors(0.26, 0.2, 2) == pytest.approx(0.2 * 0.9)
    # of five, in a quarter of these cases
    assert wrong_by_anchors(0.275, 0.2, 5) == pytest.approx(0.2 * (1 - 0.1 / 4))
    # no more than all contradictions are wrong
    assert wrong_by_anchors(0.1, 0.3, 3) == pytest.approx(0.1)
    assert wrong_by_anchors(0.0, 0.0, 1) == 0


def test_wrong_labels_by_the_anchors_in_a_simulation():
    rng = np.random.default_rng(0)
    n, n_classes, rate = 200_000, 4, 0.3
    y_true = rng.integers(0, n_classes, n)
    predicted = np.where(rng.random(n) < 0.2, rng.integers(0, n_classes, n), y_true)
    flipped = (y_true + rng.integers(1, n_classes, n)) % n_classes
    y = np.where(rng.random(n) < rate, flipped, y_true)
    contradicted = predicted != y
    found = wrong_by_anchors(contradicted.mean(), rate, n_classes)
    assert found == pytest.approx(np.mean(contradicted & (y != y_true)), abs=0.005)


def test_odds_of_contradicted_labels_by_hand():
    seen = np.full(2, 0.1), np.array([4, 6]), 1.0, 1.0
    odds = odds_contradicted(0.15, 0.3, 0.4, (0.2, 0.25), *seen)
    expected = -0.15 - 1.45 * logit(0.3) + 0.6 * logit(0.4) + 1.9 * np.log(0.25 / 0.3)
    assert odds == pytest.approx(expected)
    # a model is taken to be no surer than .15, and other counts for no more than its own
    odds = odds_contradicted(0.005, 0.01, 0.001, (0.2, 0.3), *seen)
    assert odds == pytest.approx(-0.15 - 0.85 * logit(0.15))


def test_classes_that_the_model_does_not_see_leave_the_say_to_the_anchors():
    contradictions = 0.01, 0.04, 0.05, (0.04, 0.04)
    overlap = np.array([0.1, 0.9])
    assert odds_contradicted(*contradictions, overlap, np.array([6, 4]), 1.0, 1.0) > 0
    few = odds_contradicted(*contradictions, overlap, np.array([4, 6]), 1.0, 1.0)
    assert few == pytest.approx(logit(1 / 4))


def test_what_the_model_does_not_see_is_no_likelier_wrong_than_right():
    args = 0.29, 0.3, 0.4, (0.29, 0.29), np.full(2, 0.1), np.array([4, 6])
    odds = odds_contradicted(*args, 1.0, 1.0)
    assert odds > 1
    assert odds_contradicted(*args, 0.25, 1.0) == pytest.approx(odds / 4)
    assert odds_contradicted(*args, 0.0, 1.0) == 0
    # where nothing is purer than the rest, a contradiction is as likely the model's error
    assert odds_contradicted(*args, 1.0, 0.0) == 0
    assert odds_contradicted(*args, 1.0, 0.5) == pytest.approx(odds / 2)
    args = 0.01, 0.3, 0.4, (0.01, 0.01), np.full(2, 0.1), np.array([4, 6])
    assert odds_contradicted(*args, 0.0, 1.0) < 0  # no likelier for it


def test_what_a_model_sees_of_a_class_by_hand():
    n_given, n_predicted = np.array([600, 400]), np.array([700, 300])
    # 580 of the 600 are predicted, and 700 of 1000 would be by guesses; of the 300 predicted
    # as the other class 280 are given it, and 400 of 1000 would be by guesses
    assert (log_seen(n_given, np.array([580, 280]), n_predicted) == 0).all()
    # 480 of 600 labels, or of 700 predictions, are a bit more than guesses
    n_right = np.array([480, 180])
    share, n = 480 / 600, 600
    surely = (share + 1 / (2 * n) - np.sqrt(share * (1 - share) / n + 1 / (4 * n**2))) / (1 + 1 / n)
    by_labels = (surely - 0.7) / 0.3
    share, n = 480 / 700, 700
    surely = (share + 1 / (2 * n) - np.sqrt(share * (1 - share) / n + 1 / (4 * n**2))) / (1 + 1 / n)
    by_predictions = (surely - 0.6) / 0.4
    expected = np.log(max(by_labels, by_predictions) / 0.33)
    assert -1 < expected < 0
    assert log_seen(n_given, n_right, n_predicted)[0] == pytest.approx(expected)
    # guesses
    assert (log_seen(n_given, np.array([420, 120]), n_predicted) == np.log(1e-4)).all()
    # a perfect model sees a class of nearly all labels
    few = np.array([9990, 10])
    assert (log_seen(few, few, few) == 0).all()
    # a constant model, and classes without a label
    found = log_seen(np.array([600, 400, 0]), np.array([600, 0, 0]), np.array([1000, 0, 0]))
    assert (found == np.log(1e-4)).all()


def test_odds_are_finite_where_nothing_is_contradicted():
    none = np.zeros(3), 1.0, 1.0
    assert np.isfinite(odds_contradicted(0.0, 0.0, 0.0, (0.0, 0.0), np.full(3, 0.005), *none))
    every = np.ones(3), 1.0, 1.0
    assert np.isfinite(odds_contradicted(1.0, 1.0, 1.0, (1.0, 1.0), np.full(3, 0.995), *every))


def test_odds_of_quality_by_hand():
    np.testing.assert_allclose(quality_odds(np.array([0.5, 0.2])), [0, 1.2 * np.log(4)])
    assert np.isfinite(quality_odds(np.array([0, 1], dtype=np.float32))).all()
    assert (np.diff(quality_odds(np.linspace(0.01, 0.99, 11))) < 0).all()
    coarse = quality_odds(np.array([0.001, 0.05, 0.1, 0.2]), least=0.1)
    np.testing.assert_allclose(coarse, 1.2 * np.log([9, 9, 9, 4]))


@pytest.mark.parametrize("mean_odds", [-6.0, -0.4, 0.0, 2.0])
def test_the_common_shift_gives_the_mean_chance_asked_for(mean_odds):
    odds = quality_odds(np.random.default_rng(0).beta(0.5, 1, 1000))
    shift = common_shift(odds, mean_odds)
    assert expit(odds + shift).mean() == pytest.approx(expit(mean_odds), abs=1e-4)
    assert common_shift(odds[:1], mean_odds) == pytest.approx(mean_odds - odds[0])
    assert common_shift(odds[:0], mean_odds) == mean_odds


def test_caution_takes_from_the_odds_where_there_is_overlap():
    chance = np.array([0.0, 0.1, 0.5, 0.9, 1.0])
    for share in (0.2, 0.9):  # of the contradicted labels that are wrong
        factor = np.exp(3.5 * 0.8 * (1 - share))
        expected = chance / (chance + (1 - chance) * factor)
        np.testing.assert_allclose(cautious(chance, logit(share), 0.1), expected)
        np.testing.assert_allclose(cautious(chance, logit(share), 0.5), chance)


def test_a_flag_stands_beyond_the_odds_of_overlap():
    # overlap 1/17: odds 1/16, to the power 3/4 1/8; contradictions 1/5: odds 1/4, the root 1/2;
    # for even odds of contradicted labels, those of a flag must exceed 1.75 / 16 = 0.109
    posterior = np.array([0.91, 0.89, 1.0, 0.0])
    np.testing.assert_array_equal(stands(posterior, 1 / 17, 0.2, 0.0, 0.0), [0, 1, 0, 1])
    # 1.75 / 8 = 0.219 where every other label is contradicted
    posterior = np.array([0.83, 0.81, 1.0, 0.0])
    np.testing.assert_array_equal(stands(posterior, 1 / 17, 0.5, 0.0, 0.0), [0, 1, 0, 1])
    # 1.75 / 16 * 4 = 0.438 where only one in five of them is wrong, or the model sees but a
    # quarter of what is no doubt
    posterior = np.array([0.7, 0.69, 1.0, 0.0])
    np.testing.assert_array_equal(stands(posterior, 1 / 17, 0.2, logit(0.2), 0.0), [0, 1, 0, 1])
    unseen = stands(posterior, 1 / 17, 0.2, 0.0, np.log(0.25))
    np.testing.assert_array_equal(unseen, [0, 1, 0, 1])


def test_no_contradiction_counts_as_few():
    posterior = np.linspace(0, 1, 50)
    for none, few in ((0.0, 0.005), (1.0, 0.995)):
        found = [stands(posterior, 0.2, share, 0.0, 0.0) for share in (none, few)]
        np.testing.assert_array_equal(*found)


def test_the_interval_narrows_to_the_spread_of_the_model():
    few, many = (precision_interval(0.7, n) for n in (10, 10_000))
    assert few[0] < many[0] < 0.7 < many[1] < few[1]
    low, high = precision_interval(1.0, 5)
    assert 0 <= low < high <= 1


def test_bounds_by_hand():
    low, high = noise_rate_bounds(0.23, 0.5, 0.2, 400, 1.0)  # skill 1 - 0.23 / 0.5 = 0.54
    assert low == pytest.approx(0.2 - 1.5 * 0.03 / 0.54 - 2 * np.sqrt(0.16 / 400))
    assert high == pytest.approx(0.23 + 2 * np.sqrt(0.23 * 0.77 / 400))
    assert (
        noise_rate_bounds(0.23, 0.9, 0.2, 400, 1.0)[0] > low
    )  # the same of more classes says more
    assert noise_rate_bounds(0.23, 0.5, 0.2, 400, 0.25)[0] == pytest.approx(low / 4)
    assert noise_rate_bounds(0.3, 0.5, 0.1, 400, 1.0)[0] == 0
    assert noise_rate_bounds(0.0, 0.5, 0.0, 400, 1.0) == (0, 0)
    assert not np.signbit(noise_rate_bounds(0.01, 0.5, 0.0, 400, 0.0)[0])
    assert noise_rate_bounds(0.0, 0.0, 0.0, 400, 1.0) == (0, 0)  # one class
    assert noise_rate_bounds(1.0, 0.9, 0.9, 10, 1.0)[1] == 1


def test_a_model_that_only_guesses_leaves_the_rate_open_below():
    assert noise_rate_bounds(0.49, 0.5, 0.48, 10_000, 1.0)[0] == 0
    assert noise_rate_bounds(0.6, 0.5, 0.59, 10_000, 1.0)[0] == 0  # or does worse than guesses


@pytest.mark.parametrize("expected", [0.3, 0.9, 0.999])
def test_the_interval_of_the_precision_narrows_with_the_flags_and_is_never_all_there_is(expected):
    ends = np.array([precision_interval(expected, n) for n in (1, 5, 50, 500, 500_000)])
    assert (np.diff(ends[:, 0]) >= 0).all()
    assert (np.diff(ends[:, 1]) <= 0).all()
    assert (ends[:, 0] <= expected).all()
    assert (ends[:, 1] >= expected).all()
    assert ends[1, 0] > 0 or expected < 0.5  # five sure flags are not nothing
    model = expit(logit(expected) + np.array([-1, 1]) * 1.645 * 1.2)
    np.testing.assert_allclose(ends[-1], model, atol=1e-3)
