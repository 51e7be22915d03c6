"""Matrices from given labels and probabilities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skclean import confident_joint, estimate_joint, estimate_noise_matrix
from skclean._core._evidence import Evidence
from skclean._core._noise_rows import NoiseRows
from skclean._core._posterior import PosteriorTerms
from skclean._core._rescaling import no_rescaling
from skclean.noise_matrix import AveragedJoint, BaseJoint, ConfidentJoint

# thresholds .9, .2 and .3; one sample is confident for no class and one for two
Y = ["a", "a", "b", "b", "c", "c"]
PRED_PROBS = [
    [0.95, 0.03, 0.02],
    [0.85, 0.10, 0.05],
    [0.50, 0.20, 0.30],
    [0.80, 0.20, 0.00],
    [0.30, 0.10, 0.60],
    [0.90, 0.10, 0.00],
]
METHODS = ["confident_joint", "averaged_joint"]


@st.composite
def tables(draw):
    """Labels and probabilities without ties, at least two samples of each class."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 5))
    n_samples = draw(st.integers(20, 120))
    pred_probs = rng.dirichlet(np.full(n_classes, draw(st.sampled_from([0.3, 1, 3]))), n_samples)
    pred_probs = 0.98 * pred_probs + 0.02 / n_classes
    y = (pred_probs.cumsum(axis=1) < rng.random((n_samples, 1))).sum(axis=1)
    y = np.minimum(y, n_classes - 1)
    y[: 2 * n_classes] = np.repeat(np.arange(n_classes), 2)
    return y, pred_probs, rng


def test_confident_joint_by_hand():
    raw = confident_joint(Y, PRED_PROBS, calibrate=False)
    np.testing.assert_array_equal(raw, [[1, 0, 1], [0, 1, 0], [0, 1, 1]])
    calibrated = confident_joint(Y, PRED_PROBS)
    np.testing.assert_array_equal(calibrated, [[2, 0, 1], [0, 1, 0], [0, 1, 1]])
    assert calibrated.dtype.kind == raw.dtype.kind == "i"


def test_collision_decides_between_confident_and_all_classes():
    raw = confident_joint(Y, PRED_PROBS, calibrate=False, collision="unrestricted")
    np.testing.assert_array_equal(raw, [[1, 1, 1], [0, 1, 0], [0, 0, 1]])


def test_thresholds_may_come_from_elsewhere():
    raw = confident_joint(Y, PRED_PROBS, calibrate=False, thresholds=[0.5, 0.5, 0.5])
    np.testing.assert_array_equal(raw, [[2, 2, 1], [0, 1, 0], [0, 0, 1]])
    joint = estimate_joint(Y, PRED_PROBS, thresholds=[0.5, 0.5, 0.5])
    np.testing.assert_allclose(joint.sum(axis=0), 1 / 3)
    assert joint[0, 0] == pytest.approx(1 / 3)


@pytest.mark.parametrize("thresholds", [[0.5, 0.5], [[0.5, 0.5, 0.5]], 0.5 * np.ones(4)])
def test_thresholds_must_hold_one_value_per_class(thresholds):
    with pytest.raises(ValueError, match="thresholds must hold one finite value for each of the"):
        confident_joint(Y, PRED_PROBS, thresholds=thresholds)


def test_estimate_joint_is_the_calibrated_confident_joint_over_n_samples():
    joint = estimate_joint(Y, PRED_PROBS)
    np.testing.assert_allclose(joint, confident_joint(Y, PRED_PROBS) / 6, rtol=1e-15)


def test_noise_estimate_by_hand():
    noise = estimate_noise_matrix(Y, PRED_PROBS, method="confident_joint")
    np.testing.assert_allclose(noise.noise_matrix, [[2 / 3, 0, 1 / 3], [0, 1, 0], [0, 0.5, 0.5]])
    inverse = [[1, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]]
    np.testing.assert_allclose(noise.inverse_noise_matrix, inverse)
    np.testing.assert_allclose(noise.class_prior, [1 / 2, 1 / 6, 1 / 3])
    np.testing.assert_allclose(noise.given_prior, [1 / 3, 1 / 3, 1 / 3])
    assert noise.noise_rate == pytest.approx(1 / 3)
    np.testing.assert_array_equal(noise.classes, ["a", "b", "c"])
    assert repr(noise) == "NoiseEstimate(n_classes=3, noise_rate=0.333)"


def test_a_method_is_an_object_or_its_name():
    by_name = estimate_noise_matrix(Y, PRED_PROBS, method="ConfidentJoint")
    by_object = estimate_noise_matrix(Y, PRED_PROBS, method=ConfidentJoint())
    np.testing.assert_array_equal(by_name.joint, by_object.joint)
    unrestricted = estimate_noise_matrix(
        Y, PRED_PROBS, method=ConfidentJoint(collision="unrestricted")
    )
    assert (unrestricted.joint != by_object.joint).any()
    with pytest.raises(ValueError, match="'method' parameter must be .*AveragedJoint.*Got 'magic'"):
        estimate_noise_matrix(Y, PRED_PROBS, method="magic")


def test_a_method_of_ones_own_needs_one_hook():
    class Uniform(BaseJoint):
        def _estimate(self, y, pred_probs):
            return np.full((pred_probs.shape[1],) * 2, 1 / pred_probs.shape[1] ** 2)

    noise = estimate_noise_matrix(Y, PRED_PROBS, method=Uniform())
    np.testing.assert_allclose(noise.noise_matrix, 1 / 3)
    assert noise.noise_rate == pytest.approx(2 / 3)


def test_a_hook_of_ones_own_may_do_without_the_scan():
    class Rounded(ConfidentJoint):
        """A subclass of a method that takes the scan."""

        def _estimate(self, y, pred_probs):
            return super()._estimate(y, pred_probs).round(1)

    found = estimate_noise_matrix(Y, PRED_PROBS, method=Rounded()).joint
    expected = estimate_noise_matrix(Y, PRED_PROBS, method="confident_joint").joint
    np.testing.assert_array_equal(found, expected.round(1))


def test_estimate_of_ones_own_is_called():
    class Even(ConfidentJoint):
        """A subclass that overrides the public method."""

        def estimate(self, y, pred_probs):
            return np.full_like(super().estimate(y, pred_probs), 1 / 9)

    joint = estimate_noise_matrix(Y, PRED_PROBS, method=Even()).joint
    np.testing.assert_array_equal(joint, np.full((3, 3), 1 / 9))


@pytest.mark.parametrize("method", [ConfidentJoint(), AveragedJoint()])
@pytest.mark.parametrize("rounded", [False, True])
def test_a_scan_that_was_done_changes_nothing(simulate, method, rounded):
    y, pred_probs, *_ = simulate(0.7 * np.eye(4) + 0.075, 400)
    if rounded:  # such rows are renormalised, so that the scan has to come after
        pred_probs = pred_probs.round(4)
    classes = np.arange(pred_probs.shape[1])
    found = estimate_noise_matrix(y, pred_probs, method=method, classes=classes).joint
    if rounded:
        pred_probs = pred_probs / pred_probs.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, method.estimate(y, pred_probs), rtol=1e-12)


def test_averaged_joint_by_hand(monkeypatch):
    y, pred_probs = np.repeat([0, 1], 4), np.array([[0.9, 0.1]] * 3 + [[0.1, 0.9]] * 5)
    confident = np.array([[3, 0], [1, 4]]) / 8
    np.testing.assert_allclose(ConfidentJoint().estimate(y, pred_probs), confident)
    # its noise matrix is [[1, 0], [.2, .8]]; undone it makes [.9, .1] into [.875, .125] and
    # [.1, .9] into [0, 1], so a given 0 of the former is right with .875 / (.875 + .2 * .125)
    noise = NoiseRows.of(np.array([[1, 0], [0.2, 0.8]]))
    terms = PosteriorTerms(noise, no_rescaling(2), 50, 0.0)
    monkeypatch.setattr(Evidence, "posterior_terms", terms)
    right = 0.875 / 0.9
    posterior = np.array([[3 * right, 0], [3 * (1 - right) + 1, 4]]) / 8
    joint = AveragedJoint().estimate(y, pred_probs)
    np.testing.assert_allclose(joint, (confident + posterior) / 2, atol=2e-3)


def test_averaged_joint_lies_between_its_two_parts():
    codes = np.repeat([0, 1, 2], 2)
    pred_probs = np.array(PRED_PROBS)
    averaged = AveragedJoint().estimate(codes, pred_probs)
    confident = ConfidentJoint().estimate(codes, pred_probs)
    posterior = 2 * averaged - confident
    assert posterior.min() >= -1e-12
    np.testing.assert_allclose(posterior.sum(axis=0), 1 / 3, atol=1e-9)
    assert (posterior != confident).any()


@given(tables(), st.sampled_from(METHODS))
@settings(deadline=None, max_examples=50)
def test_every_estimate_is_consistent(table, method):
    y, pred_probs, _ = table
    noise = estimate_noise_matrix(y, pred_probs, method=method)
    given_prior = np.bincount(y) / len(y)
    np.testing.assert_allclose(noise.joint.sum(), 1, atol=1e-12)
    np.testing.assert_allclose(noise.given_prior, given_prior, atol=1e-12)
    np.testing.assert_allclose(noise.joint.sum(axis=0), given_prior, atol=1e-12)
    np.testing.assert_allclose(noise.joint.sum(axis=1), noise.class_prior, atol=1e-12)
    np.testing.assert_allclose(noise.noise_matrix.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(noise.inverse_noise_matrix.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(noise.class_prior @ noise.noise_matrix, given_prior, atol=1e-12)
    np.testing.assert_allclose(
        given_prior @ noise.inverse_noise_matrix, noise.class_prior, atol=1e-12
    )
    off_diagonal = noise.joint[~np.eye(len(given_prior), dtype=bool)].sum()
    assert noise.noise_rate == pytest.approx(off_diagonal, abs=1e-12)
    assert noise.joint.min() >= 0


@given(tables(), st.sampled_from(["restricted", "unrestricted"]))
@settings(deadline=None, max_examples=50)
def test_calibrated_columns_count_the_given_labels(table, collision):
    y, pred_probs, _ = table
    counts = confident_joint(y, pred_probs, collision=collision)
    np.testing.assert_array_equal(counts.sum(axis=0), np.bincount(y))
    assert counts.min() >= 0


@given(tables(), st.sampled_from(METHODS))
@settings(deadline=None, max_examples=50)
def test_the_order_of_the_samples_does_not_matter(table, method):
    y, pred_probs, rng = table
    order = rng.permutation(len(y))
    np.testing.assert_array_equal(
        confident_joint(y[order], pred_probs[order]), confident_joint(y, pred_probs)
    )
    np.testing.assert_allclose(
        estimate_noise_matrix(y[order], pred_probs[order], method=method).joint,
        estimate_noise_matrix(y, pred_probs, method=method).joint,
        atol=1e-10,
    )


def _rounding_is_clear(counts, given_counts):
    """Has no column halves to round or equal remainders, which go by the order of classes?"""
    exact = counts / counts.sum(axis=0) * given_counts
    remainders = np.sort(exact - np.round(exact), axis=0)
    halves = abs(abs(remainders) - 0.5) < 1e-6
    equal = (np.diff(remainders, axis=0) < 1e-6) & (abs(remainders[1:]) > 1e-6)
    return not halves.any() and not equal.any()


@given(tables())
@settings(deadline=None, max_examples=50)
def test_renaming_classes_permutes_the_matrices(table):
    y, pred_probs, rng = table
    names = rng.permutation(pred_probs.shape[1])  # class k is called names[k]
    back = np.argsort(names)
    renamed, reordered = names[y], pred_probs[:, back]
    raw = confident_joint(y, pred_probs, calibrate=False)
    raw_renamed = confident_joint(renamed, reordered, calibrate=False)
    np.testing.assert_array_equal(raw_renamed, raw[np.ix_(back, back)])
    assume(_rounding_is_clear(raw, np.bincount(y)))
    before = estimate_noise_matrix(y, pred_probs)
    after = estimate_noise_matrix(renamed, reordered)
    np.testing.assert_array_equal(
        confident_joint(renamed, reordered), confident_joint(y, pred_probs)[np.ix_(back, back)]
    )
    for name in ("joint", "noise_matrix", "inverse_noise_matrix"):
        expected = getattr(before, name)[np.ix_(back, back)]
        np.testing.assert_allclose(getattr(after, name), expected, atol=1e-9)
    np.testing.assert_allclose(after.class_prior, before.class_prior[back], atol=1e-9)
    assert after.noise_rate == pytest.approx(before.noise_rate, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n_classes", [2, 3, 7])
def test_perfect_probabilities_show_no_noise(method, n_classes):
    y = np.arange(40) % n_classes
    noise = estimate_noise_matrix(y, np.eye(n_classes)[y], method=method)
    np.testing.assert_allclose(noise.noise_matrix, np.eye(n_classes), atol=1e-6)
    assert noise.noise_rate == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_known_class_conditional_noise_is_found(method):
    # a perfect model of p(given | x): all classes are pure, labels flip by T
    noise_matrix = np.array([[0.8, 0.2, 0.0], [0.0, 0.9, 0.1], [0.1, 0.1, 0.8]])
    y_true = np.repeat([0, 1, 2], [500, 300, 200])
    y = np.concatenate(
        [
            np.repeat([0, 1, 2], (n * row).round().astype(int))
            for n, row in zip([500, 300, 200], noise_matrix, strict=True)
        ]
    )
    noise = estimate_noise_matrix(y, noise_matrix[y_true], method=method)
    np.testing.assert_allclose(noise.noise_matrix, noise_matrix, atol=0.02)
    np.testing.assert_allclose(noise.class_prior, [0.5, 0.3, 0.2], atol=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_an_absent_class_has_a_column_of_zeros_and_an_identity_row(method):
    y = ["a", "a", "c", "c", "c"]
    pred_probs = [[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.2, 0, 0.8], [0, 0, 1.0]]
    noise = estimate_noise_matrix(y, pred_probs, method=method, classes=["a", "b", "c"])
    np.testing.assert_array_equal(noise.joint[:, 1], 0)
    np.testing.assert_allclose(noise.given_prior, [0.4, 0, 0.6])
    np.testing.assert_array_equal(noise.inverse_noise_matrix[1], [0, 1, 0])
    np.testing.assert_allclose(noise.noise_matrix.sum(axis=1), 1)
    counts = confident_joint(y, pred_probs, classes=["a", "b", "c"])
    np.testing.assert_array_equal(counts, [[2, 0, 0], [0, 0, 0], [0, 0, 3]])
    np.testing.assert_array_equal(counts.sum(axis=0), [2, 0, 3])


def test_classes_set_the_order_of_rows_and_columns():
    straight = confident_joint(Y, PRED_PROBS, classes=["a", "b", "c"])
    turned = confident_joint(Y, np.array(PRED_PROBS)[:, ::-1], classes=["c", "b", "a"])
    np.testing.assert_array_equal(turned, straight[::-1, ::-1])


def test_more_classes_than_samples():
    pred_probs = np.full((3, 10), 0.05)
    pred_probs[[0, 1, 2], [4, 5, 4]] = 0.55
    noise = estimate_noise_matrix([4, 5, 5], pred_probs, classes=np.arange(10))
    np.testing.assert_allclose(noise.joint.sum(), 1)
    np.testing.assert_allclose(noise.noise_matrix.sum(axis=1), 1)
    np.testing.assert_array_equal(
        confident_joint([4, 5, 5], pred_probs, classes=np.arange(10)).sum(axis=0),
        [0, 0, 0, 0, 1, 2, 0, 0, 0, 0],
    )


@pytest.mark.parametrize("function", [confident_joint, estimate_joint, estimate_noise_matrix])
def test_functions_take_tables_and_series(function):
    frame = pd.DataFrame(PRED_PROBS, index=range(50, 56), columns=["a", "b", "c"])
    labels = pd.Series(Y, index=range(6, 0, -1), dtype="category")
    expected, found = function(Y, PRED_PROBS), function(labels, frame)
    expected, found = (getattr(value, "joint", value) for value in (expected, found))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("function", [confident_joint, estimate_joint, estimate_noise_matrix])
def test_functions_name_the_bad_row(function):
    bad = np.array(PRED_PROBS)
    bad[4, 1] = np.nan
    with pytest.raises(ValueError, match="Row 4 sums to nan"):
        function(Y, bad)


@pytest.mark.parametrize("function", [confident_joint, estimate_joint])
def test_an_unknown_collision_is_refused(function):
    with pytest.raises(ValueError, match="The 'collision' parameter of .* must be a str among"):
        function(Y, PRED_PROBS, collision="free")
