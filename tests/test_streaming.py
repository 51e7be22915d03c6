"""What comes in batches gives what it gives in one piece, where that is promised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skclean import (
    confident_joint,
    estimate_noise_matrix,
    find_label_issues,
    label_quality_scores,
)
from skclean.streaming import QUALITY_BY_ROW, StackedRows, StreamingConfidentLearning


def noisy_probs(n_samples, n_classes, seed, dtype=np.float64):
    rng = np.random.RandomState(seed)
    y = rng.randint(n_classes, size=n_samples)
    logits = rng.normal(size=(n_samples, n_classes)) + 2 * np.eye(n_classes)[y]
    wrong = rng.uniform(size=n_samples) < 0.2
    y = np.where(wrong, rng.randint(n_classes, size=n_samples), y)
    pred_probs = np.exp(logits)
    pred_probs /= pred_probs.sum(axis=1, keepdims=True)
    return y, pred_probs.astype(dtype)


def cut(y, pred_probs, ends):
    return list(zip(np.split(y, ends), np.split(pred_probs, ends), strict=True))


def streamed(batches, n_classes, **params):
    stream = StreamingConfidentLearning(**params)
    for y, pred_probs in batches:
        stream.partial_fit(y, pred_probs, classes=range(n_classes))
    for y, pred_probs in batches:
        stream.partial_fit_joint(y, pred_probs)
    return stream


@settings(deadline=None, max_examples=25)
@given(
    n_samples=st.integers(2, 200),
    n_classes=st.integers(2, 5),
    n_batches=st.integers(1, 6),
    seed=st.integers(0, 1000),
    dtype=st.sampled_from([np.float32, np.float64]),
    collision=st.sampled_from(["restricted", "unrestricted"]),
)
def test_two_passes_give_the_joint_of_all_rows(
    n_samples, n_classes, n_batches, seed, dtype, collision
):
    y, pred_probs = noisy_probs(n_samples, n_classes, seed, dtype)
    ends = np.unique(np.random.RandomState(seed).randint(1, n_samples, size=n_batches))
    stream = streamed(cut(y, pred_probs, ends), n_classes, collision=collision)
    assert stream.exact_
    options = {"classes": range(n_classes), "collision": collision}
    expected = confident_joint(y, pred_probs, **options)
    np.testing.assert_array_equal(stream.confident_joint_, expected)
    of_present = np.unique(y)
    own = pred_probs[np.arange(n_samples), y].astype(np.float64)
    means = [own[y == k].mean() for k in of_present]
    np.testing.assert_allclose(stream.thresholds_[of_present], means, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_cut_into_batches_leaves_no_trace(dtype):
    y, pred_probs = noisy_probs(500, 4, seed=0, dtype=dtype)
    whole = streamed([(y, pred_probs)], 4)
    parts = streamed(cut(y, pred_probs, [1, 100, 102, 499]), 4)
    np.testing.assert_array_equal(parts.thresholds_, whole.thresholds_)
    np.testing.assert_array_equal(parts.confident_joint_, whole.confident_joint_)


def test_noise_is_that_of_the_confident_joint():
    y, pred_probs = noisy_probs(500, 4, seed=1)
    noise = streamed(cut(y, pred_probs, [50, 300]), 4).noise_
    expected = estimate_noise_matrix(y, pred_probs, method="confident_joint")
    np.testing.assert_array_equal(noise.noise_matrix, expected.noise_matrix)
    assert noise.noise_rate == expected.noise_rate


@pytest.mark.parametrize("quality", QUALITY_BY_ROW)
def test_scores_of_batches_are_those_of_all_rows(quality):
    y, pred_probs = noisy_probs(300, 3, seed=2, dtype=np.float32)
    batches = cut(y, pred_probs, [10, 200])
    stream = StreamingConfidentLearning().partial_fit(*batches[0], classes=[0, 1, 2])
    found = [stream.label_quality_scores(*batch, quality=quality) for batch in batches]
    expected = label_quality_scores(y, pred_probs, quality=quality)
    np.testing.assert_array_equal(np.concatenate(found), expected)
    assert found[0].dtype == np.float32


@pytest.mark.parametrize("prune", ["confident", "predicted_neq_given"])
def test_masks_of_a_third_pass_are_those_of_all_rows(prune):
    y, pred_probs = noisy_probs(300, 3, seed=3)
    y[:] = np.where(np.arange(300) == 7, 2, y % 2)  # the only one of its class
    batches = cut(y, pred_probs, [10, 200])
    stream = streamed(batches, 3)
    found = [stream.find_label_issues(*batch, prune=prune) for batch in batches]
    expected = find_label_issues(y, pred_probs, prune=prune)
    mask = np.concatenate([issues.issue_mask for issues in found])
    np.testing.assert_array_equal(mask, expected.issue_mask)
    suggested = np.concatenate([issues.suggested_label for issues in found])
    np.testing.assert_array_equal(suggested, expected.suggested_label)
    assert mask.any()
    assert not mask[7]


def test_labels_of_any_type_are_named_in_what_comes_out():
    stream = StreamingConfidentLearning()
    y, pred_probs = ["b", "a", "b"], [[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]]
    stream.partial_fit(y, pred_probs, classes=["a", "b"])
    issues = stream.find_label_issues(y, pred_probs, prune="predicted_neq_given")
    assert issues.suggested_label.tolist() == ["b", "b", "b"]
    assert issues.given_label.tolist() == y


def test_one_pass_is_close_and_says_that_it_is_not_exact():
    y, pred_probs = noisy_probs(5000, 3, seed=4)
    stream = StreamingConfidentLearning()
    for batch in cut(y, pred_probs, np.arange(100, 5000, 100)):
        stream.partial_fit(*batch, classes=[0, 1, 2]).partial_fit_joint(*batch)
    assert not stream.exact_
    exact = confident_joint(y, pred_probs) / 5000
    assert np.abs(stream.confident_joint_ / 5000 - exact).max() < 0.01


def test_a_pass_is_exact_only_when_it_is_complete():
    batches = cut(*noisy_probs(100, 2, seed=5), [50])
    stream = StreamingConfidentLearning()
    assert not stream.exact_
    stream.partial_fit(*batches[0], classes=[0, 1]).partial_fit(*batches[1])
    stream.partial_fit_joint(*batches[0])
    assert not stream.exact_
    assert stream.partial_fit_joint(*batches[1]).exact_
    assert not stream.partial_fit(*batches[0]).exact_


def test_what_a_stream_cannot_do_is_said_with_the_way_out():
    stream = StreamingConfidentLearning()
    y, pred_probs = noisy_probs(20, 2, seed=6)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        stream.partial_fit(y, pred_probs)
    with pytest.raises(AttributeError, match="no thresholds yet. Call partial_fit "):
        stream.partial_fit_joint(y, pred_probs)
    stream.partial_fit(y, pred_probs, classes=[0, 1])
    with pytest.raises(AttributeError, match="Call partial_fit_joint with every"):
        stream.noise_  # noqa: B018
    with pytest.raises(ValueError, match="prune must be one of .* use StackedRows"):
        stream.find_label_issues(y, pred_probs, prune="by_class")
    with pytest.raises(ValueError, match="quality must be one of .* Got 'posterior'"):
        stream.label_quality_scores(y, pred_probs, quality="posterior")
    with pytest.raises(ValueError, match="is not the same as on the first call"):
        stream.partial_fit(y, pred_probs, classes=[1, 0])
    with pytest.raises(ValueError, match="y holds labels that are not in classes"):
        stream.partial_fit([5], pred_probs[:1])
    with pytest.raises(ValueError, match="every batch has all columns"):
        stream.partial_fit(y, pred_probs[:, :1])
    with pytest.raises(ValueError, match="'collision' parameter"):
        StreamingConfidentLearning(collision="none")
    assert stream.n_samples_seen_ == 20


def test_stacked_rows_are_the_rows_of_the_concatenated_batches():
    rng = np.random.RandomState(0)
    batches = [rng.uniform(size=(n, 3)) for n in (4, 0, 1, 7)]
    stacked, whole = StackedRows(batches), np.concatenate(batches)
    assert stacked.shape == whole.shape
    assert len(stacked) == len(whole)
    np.testing.assert_array_equal(np.asarray(stacked), whole)
    for start in range(13):
        for stop in range(start, 14):
            np.testing.assert_array_equal(stacked[start:stop], whole[start:stop])
    np.testing.assert_array_equal(stacked[::-2], whole[::-2])
    rows = np.array([11, 3, 3, -1, 0])
    np.testing.assert_array_equal(stacked[rows], whole[rows])
    np.testing.assert_array_equal(stacked[whole[:, 0] > 0.5], whole[whole[:, 0] > 0.5])
    assert stacked[[]].shape == (0, 3)


def test_stacked_rows_take_the_widest_dtype():
    stacked = StackedRows([np.eye(2, dtype=np.float16), np.eye(2, dtype=np.float32)])
    assert stacked.dtype == np.float32
    assert stacked[:1].dtype == np.float32


def test_every_result_from_stacked_files_is_that_of_the_whole(tmp_path):
    y, pred_probs = noisy_probs(1000, 4, seed=7, dtype=np.float32)
    for i, part in enumerate(np.array_split(pred_probs, 5)):
        np.save(tmp_path / f"{i}.npy", part)
    stacked = StackedRows([np.load(tmp_path / f"{i}.npy", mmap_mode="r") for i in range(5)])
    for prune in [None, "by_noise_rate", "by_class", "both", "by_posterior"]:
        found = find_label_issues(y, stacked, prune=prune)
        expected = find_label_issues(y, pred_probs, prune=prune)
        np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
        np.testing.assert_array_equal(found.label_quality, expected.label_quality)


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([], "at least one batch"),
        ([np.eye(2), np.eye(3)], "same number of columns"),
        ([np.zeros(3)], "2D arrays"),
    ],
)
def test_batches_that_do_not_stack_are_refused(batches, message):
    with pytest.raises(ValueError, match=message):
        StackedRows(batches)


@pytest.mark.parametrize("rows", [0, [30], [-31], np.ones(5, dtype=bool), np.zeros((2, 2), int)])
def test_rows_out_of_bounds_are_refused(rows):
    stacked = StackedRows([np.full((10, 2), 0.5), np.full((20, 2), 0.5)])
    with pytest.raises(IndexError):
        stacked[rows]
