"""What is known of labels and probabilities: each quantity, once, by blocks of rows."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from skclean._core import _blocks, _scan
from skclean._core._evidence import Evidence
from skclean._core._posterior import Posterior
from skclean._core._prune import PRUNE, prune_mask
from skclean._core._rescaling import no_rescaling
from skclean._core._verdict import noise_rate_bounds, stands

Y = np.array([0, 0, 1, 1, 2, 2])
PRED_PROBS = np.array(
    [
        [0.95, 0.03, 0.02],
        [0.85, 0.10, 0.05],
        [0.50, 0.20, 0.30],
        [0.80, 0.20, 0.00],
        [0.30, 0.10, 0.60],
        [0.90, 0.10, 0.00],
    ]
)


@st.composite
def tables(draw):
    """Labels and probabilities without ties, at least two samples of each class."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 5))
    n_samples = draw(st.integers(20, 80))
    pred_probs = rng.dirichlet(np.full(n_classes, draw(st.sampled_from([0.3, 1, 3]))), n_samples)
    pred_probs = 0.98 * pred_probs + 0.02 / n_classes
    y = (pred_probs.cumsum(axis=1) < rng.random((n_samples, 1))).sum(axis=1)
    y = np.minimum(y, n_classes - 1)
    y[: 2 * n_classes] = np.repeat(np.arange(n_classes), 2)
    return y, pred_probs


def test_evidence_by_hand():
    evidence = Evidence(Y, PRED_PROBS)
    np.testing.assert_array_equal(evidence.given_counts, [2, 2, 2])
    np.testing.assert_allclose(evidence.thresholds, [0.9, 0.2, 0.3])
    np.testing.assert_array_equal(evidence.guess, [0, -1, 2, 1, 2, 0])
    np.testing.assert_array_equal(evidence.predicted, [0, 0, 0, 0, 2, 0])
    np.testing.assert_array_equal(evidence.predicted_proba, PRED_PROBS.max(axis=1))
    np.testing.assert_array_equal(
        evidence.confident_counts.toarray(), [[1, 0, 1], [0, 1, 0], [0, 1, 1]]
    )
    np.testing.assert_array_equal(
        evidence.calibrated_counts.toarray(), [[2, 0, 1], [0, 1, 0], [0, 1, 1]]
    )
    np.testing.assert_allclose(evidence.joint, evidence.calibrated_counts.toarray() / 6)


def test_collision_reaches_the_counts():
    evidence = Evidence(Y, PRED_PROBS, collision="unrestricted")
    np.testing.assert_array_equal(
        evidence.confident_counts.toarray(), [[1, 1, 1], [0, 1, 0], [0, 0, 1]]
    )


def test_thresholds_from_elsewhere_are_used():
    evidence = Evidence(Y, PRED_PROBS, thresholds=np.array([0.5, 0.5, 0.5]))
    np.testing.assert_array_equal(evidence.guess, [0, 0, 0, 0, 2, 0])


def test_a_joint_from_elsewhere_is_used():
    joint = np.diag([0.2, 0.3, 0.5])
    evidence = Evidence(Y, PRED_PROBS, joint=joint, min_samples_per_class=0)
    assert evidence.joint is joint
    np.testing.assert_array_equal(evidence.prune_counts.toarray(), np.diag([2, 2, 2]))
    possible = PRED_PROBS[np.arange(6), Y] > 0
    evidence.rescaling = no_rescaling(3)  # without one no label is impossible
    np.testing.assert_allclose(evidence.label_posterior, possible, atol=1e-6)


def test_each_quantity_is_computed_once():
    evidence = Evidence(Y, PRED_PROBS)
    for name in ("thresholds", "guess", "joint", "averaged_quality", "posterior_joint"):
        assert getattr(evidence, name) is getattr(evidence, name)


@pytest.mark.parametrize(
    ("row", "label", "wins"),
    [
        ([0.6, 0.4], 0, True),
        ([0.6, 0.4], 1, False),
        ([0.5, 0.5], 0, True),
        ([0.5, 0.5], 1, True),
        ([0.5 + 4e-7, 0.5 - 4e-7], 1, True),
        ([0.5 + 6e-7, 0.5 - 6e-7], 1, False),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_label_wins_with_a_millionth_to_spare(row, label, wins, dtype):
    evidence = Evidence(np.array([label]), np.array([row], dtype=dtype))
    assert evidence.label_wins.tolist() == [wins]


def test_an_exact_tie_with_the_favoured_label_goes_to_the_lowest_class():
    close = 0.5 - 1e-6
    assert close + 1e-6 == 0.5
    pred_probs = np.array([[close, 0.5], [0.5, close]])
    assert Evidence(np.array([0, 1]), pred_probs).label_wins.tolist() == [True, False]


@given(tables())
@settings(deadline=None, max_examples=40)
def test_a_label_wins_where_the_favoured_row_says_so(table):
    y, pred_probs = table
    pred_probs = pred_probs.round(1)  # many ties
    favoured = pred_probs.copy()
    favoured[np.arange(len(y)), y] += 1e-6
    wins = favoured.argmax(axis=1) == y
    for n_rows in (1, 7, 1 << 16):  # looked at together
        with patch.object(_scan, "CHUNK", n_rows):
            np.testing.assert_array_equal(Evidence(y, pred_probs).label_wins, wins)


@given(tables(), st.integers(1, 30))
@settings(deadline=None, max_examples=40)
def test_blocks_do_not_change_what_is_known(table, rows_per_block):
    y, pred_probs = table
    whole, blocked = Evidence(y, pred_probs), Evidence(y, pred_probs)
    masks = {rule: prune_mask(whole, rule) for rule in PRUNE}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "BLOCK_BYTES", rows_per_block * pred_probs[0].nbytes)
        assert len(_blocks.row_blocks(pred_probs)) == -(-len(y) // rows_per_block)
        for rule, mask in masks.items():
            np.testing.assert_array_equal(prune_mask(blocked, rule), mask)
        for name in ("self_confidence", "predicted", "thresholds", "guess", "joint"):
            np.testing.assert_array_equal(getattr(blocked, name), getattr(whole, name))
        # products of matrices round by the shape of the block
        np.testing.assert_allclose(blocked.label_posterior, whole.label_posterior, atol=1e-12)
        np.testing.assert_allclose(blocked.posterior_joint, whole.posterior_joint, atol=1e-12)


@given(tables())
@settings(deadline=None, max_examples=40)
def test_the_joints_keep_the_shares_of_the_given_labels(table):
    y, pred_probs = table
    evidence = Evidence(y, pred_probs)
    given_prior = np.bincount(y, minlength=pred_probs.shape[1]) / len(y)
    for joint in (evidence.joint, evidence.posterior_joint):
        np.testing.assert_allclose(joint.sum(axis=0), given_prior, atol=1e-12)
        assert joint.min() >= 0


@given(tables())
@settings(deadline=None, max_examples=40)
def test_the_chances_of_contradicted_labels_have_the_odds_asked_for(table):
    evidence = Evidence(*table)
    contradicted = evidence.predicted != evidence.y
    if contradicted.any():
        mean = evidence.chance_wrong(contradicted).mean()
        assert mean == pytest.approx(expit(evidence.odds_contradicted), abs=1e-3)


def test_prune_counts_recover_the_calibrated_counts():
    rng = np.random.default_rng(0)
    for n_samples in (7, 49, 1000, 9973):
        pred_probs = rng.dirichlet(np.ones(4), size=n_samples)
        y = rng.integers(0, 4, n_samples)
        evidence = Evidence(y, pred_probs, min_samples_per_class=0)
        found = evidence.prune_counts.toarray()
        np.testing.assert_array_equal(found, evidence.calibrated_counts.toarray())


def overlapping(n=600, n_classes=3, seed=0):
    """Labels with uniform noise, and probabilities of classes that overlap."""
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, n_classes, n)
    logits = rng.normal(size=(n, n_classes)) + 1.5 * np.eye(n_classes)[y_true]
    pred_probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = np.where(rng.random(n) < 0.2, rng.integers(0, n_classes, n), y_true)
    return y, pred_probs


def test_the_posterior_is_as_cautious_as_the_noise_is_in_doubt():
    evidence = Evidence(*overlapping())
    terms = evidence.posterior_terms
    assert 0.01 < terms.disputed < 0.4
    odds = 1.25 * terms.disputed * logit(evidence.self_confidence)
    odds += (1 - 1.25 * terms.disputed) * logit(evidence.plain_posterior)
    np.testing.assert_allclose(evidence.label_posterior, expit(odds), rtol=1e-6)
    sure = Evidence(*overlapping(), posterior_terms=terms._replace(disputed=0.0))
    np.testing.assert_array_equal(sure.label_posterior, evidence.plain_posterior)


def test_a_joint_from_elsewhere_is_not_in_doubt():
    y, pred_probs = overlapping()
    evidence = Evidence(y, pred_probs, joint=np.eye(3) / 4 + 1 / 36)
    assert evidence.posterior_terms.disputed == 0
    np.testing.assert_array_equal(evidence.label_posterior, evidence.plain_posterior)


def test_the_share_that_is_counted_wrong_is_that_of_the_joint():
    y, pred_probs = overlapping()
    evidence = Evidence(y, pred_probs)
    assert evidence.counted_noise_rate == pytest.approx(1 - evidence.joint.trace())
    given = Evidence(y, pred_probs, joint=np.eye(3) / 4 + 1 / 36)
    assert given.counted_noise_rate == pytest.approx(1 / 6)


def test_terms_from_elsewhere_rate_rows_as_they_did_there():
    y, pred_probs = overlapping()
    fitted = Evidence(y, pred_probs)
    again = Evidence(y[:50], pred_probs[:50], posterior_terms=fitted.posterior_terms)
    np.testing.assert_allclose(again.label_posterior, fitted.label_posterior[:50])
    assert again.rescaling is fitted.rescaling


def test_a_class_that_is_predicted_but_never_given_leaves_the_others_alone():
    y, pred_probs = overlapping()
    absent = np.where(np.arange(len(y)) % 20 == 0, 0.9, 0.01)[:, np.newaxis]
    wider = np.hstack([pred_probs * (1 - absent), absent])
    expected = Evidence(y, pred_probs).posterior_terms.noise.toarray()
    found = Evidence(y, wider).posterior_terms.noise.toarray()
    np.testing.assert_allclose(found[:3, :3], expected, atol=0.04)


def test_the_lower_bound_of_the_noise_rate_knows_the_number_of_classes():
    # three labels in ten are contradicted: of guesses among two classes that would be five
    y = np.repeat([0, 1], 200)
    pred_probs = np.where((np.arange(400) % 10 < 7)[:, np.newaxis], [0.9, 0.1], [0.1, 0.9])
    pred_probs[200:] = pred_probs[200:, ::-1]
    evidence = Evidence(y, pred_probs)
    assert evidence.disagreement == pytest.approx(0.3)
    expected = noise_rate_bounds(0.3, 0.5, evidence.anchor_noise_rate, 400, 1.0)
    assert evidence.noise_rate_bounds == pytest.approx(expected)
    skewed = Evidence(np.where(np.arange(400) < 300, 0, 1), pred_probs)
    by_chance = 1 - 0.75**2 - 0.25**2
    seen = skewed.seen
    assert seen == pytest.approx(
        np.exp(skewed.log_seen)[skewed.y[skewed.predicted != skewed.y]].mean()
    )
    assert 0 < seen < 1
    args = skewed.disagreement, by_chance, skewed.anchor_noise_rate, 400, seen
    assert skewed.noise_rate_bounds == pytest.approx(noise_rate_bounds(*args))


def test_flags_stand_by_the_share_of_labels_that_the_model_contradicts():
    evidence = Evidence(*overlapping())
    mask = evidence.predicted != evidence.y
    standing = evidence.stands(mask)
    assert 0 < standing.sum() < mask.sum()
    posterior = Posterior(evidence.anchor_noise, np.float64, evidence.rescaling)
    found = posterior.of_labels(evidence.pred_probs[mask], evidence.y[mask])
    overlap = evidence.overlap[evidence.y[mask]]
    others = evidence.odds_contradicted, evidence.log_seen[evidence.y[mask]]
    expected = stands(found, overlap, mask.mean(), *others)
    np.testing.assert_array_equal(standing[mask], expected)
    assert not standing[~mask].any()
    other = stands(found, overlap, 0.5, *others)
    assert (other != expected).any()


def test_max_fdr_takes_the_surest_of_few_votes_for_no_surer_than_their_number_allows():
    # five votes: rows of which all speak against the label are as one, though some were ranked
    # below others by a hair
    rng = np.random.default_rng(0)
    y_true = np.repeat([0, 1], 300)
    y = np.where(rng.random(600) < 0.15, 1 - y_true, y_true)
    share = rng.binomial(5, np.where(y_true == 1, 0.85, 0.15)) / 5
    votes = np.column_stack([1 - share, share])
    evidence = Evidence(y, votes)
    assert evidence.rescaling.floor == pytest.approx(0.1)
    mask = evidence.predicted != y
    chance = evidence.cautious_chance_wrong(mask, 0.1)
    surest = evidence.averaged_quality[mask] <= 0.03
    assert 10 < surest.sum() < mask.sum()
    assert np.ptp(chance[surest]) < 1e-12
    assert (chance <= evidence.chance_wrong(mask)).all()
    fine = Evidence(y, 0.999 * votes + 0.0005)  # which no longer look like votes
    assert fine.cautious_chance_wrong(mask, 0.1)[surest].min() > chance[surest].max()
