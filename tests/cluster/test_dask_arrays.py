"""Probabilities held as a Dask array give what the array gives, and stay on the cluster."""

import subprocess
import sys

import dask
import dask.array as da
import numpy as np
import pytest
from distributed.diagnostics.plugin import SchedulerPlugin

from skclean import (
    confident_joint,
    estimate_joint,
    estimate_noise_matrix,
    find_label_issues,
    label_quality_scores,
)
from skclean.pruning import get_noise_indices
from skclean.quality import PRUNE_NAMES, QUALITY_NAMES
from skclean.utils._dask_rows import DaskRows
from skclean.utils._rows import as_rows
from skclean.utils._validation import check_pred_probs

N, K = 3000, 4


def labelled(n_samples=N, n_classes=K, dtype=np.float64):
    rng = np.random.RandomState(0)
    y = rng.randint(n_classes, size=n_samples)
    pred_probs = rng.uniform(size=(n_samples, n_classes))
    pred_probs[np.arange(n_samples), y] += 1
    pred_probs /= pred_probs.sum(axis=1, keepdims=True)
    y = np.where(rng.uniform(size=n_samples) < 0.2, rng.randint(n_classes, size=n_samples), y)
    return y, pred_probs.astype(dtype)


def assert_equal_issues(found, expected):
    np.testing.assert_array_equal(found.issue_mask, expected.issue_mask)
    np.testing.assert_array_equal(found.ambiguous_mask, expected.ambiguous_mask)
    np.testing.assert_array_equal(found.suggested_label, expected.suggested_label)
    np.testing.assert_allclose(found.label_quality, expected.label_quality, rtol=1e-6)
    np.testing.assert_allclose(found.noise.joint, expected.noise.joint, rtol=1e-6, atol=1e-12)
    some = np.array([5, 2, 2, N - 1])
    np.testing.assert_allclose(
        found.true_label_proba(some), expected.true_label_proba(some), rtol=1e-6, atol=1e-12
    )


@pytest.fixture(autouse=True, params=["threads", "cluster"])
def scheduler(request):
    """What Dask computes with: threads of this process, or other processes."""
    if request.param == "cluster":
        yield request.getfixturevalue("client")
    else:
        with dask.config.set(scheduler="threads"):
            yield None


# columns in several chunks, chunks of rows of any size, and one that is empty
CHUNKS = [(1000, K), (700, 2), ((1, 0, 1500, 1499), (1, 3))]


@pytest.mark.parametrize("scheduler", ["threads"], indirect=True)
@pytest.mark.parametrize("chunks", CHUNKS, ids=["even", "columns cut", "uneven"])
@pytest.mark.parametrize("prune", [None, *sorted(PRUNE_NAMES)])
def test_issues_are_those_of_the_array(prune, chunks, monkeypatch):
    monkeypatch.setattr("skclean._core._blocks.BLOCK_BYTES", 1 << 14)
    y, pred_probs = labelled()
    expected = find_label_issues(y, pred_probs, prune=prune)
    found = find_label_issues(y, da.from_array(pred_probs, chunks=chunks), prune=prune)
    assert_equal_issues(found, expected)


@pytest.mark.parametrize("prune", [None, "by_noise_rate"])
def test_issues_of_uneven_chunks_are_those_of_the_array_anywhere(prune):
    y, pred_probs = labelled()
    expected = find_label_issues(y, pred_probs, prune=prune)
    assert_equal_issues(
        find_label_issues(y, da.from_array(pred_probs, chunks=CHUNKS[2]), prune=prune), expected
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_lower_precision_is_kept_or_raised_as_for_an_array(dtype):
    y, pred_probs = labelled(dtype=dtype)
    expected = find_label_issues(y, pred_probs)
    found = find_label_issues(y, da.from_array(pred_probs, chunks=(1000, K)))
    assert found.label_quality.dtype == expected.label_quality.dtype == np.float32
    assert_equal_issues(found, expected)


@pytest.mark.parametrize("quality", sorted(QUALITY_NAMES))
def test_scores_are_those_of_the_array(quality):
    y, pred_probs = labelled(dtype=np.float32)
    chunked = da.from_array(pred_probs, chunks=(1000, K))
    expected = label_quality_scores(y, pred_probs, quality=quality)
    found = label_quality_scores(y, chunked, quality=quality)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found.dtype == np.float32


def test_joints_and_noise_matrices_are_those_of_the_array():
    y, pred_probs = labelled()
    chunked = da.from_array(pred_probs, chunks=(1000, K))
    np.testing.assert_array_equal(confident_joint(y, chunked), confident_joint(y, pred_probs))
    np.testing.assert_array_equal(estimate_joint(y, chunked), estimate_joint(y, pred_probs))
    np.testing.assert_array_equal(get_noise_indices(y, chunked), get_noise_indices(y, pred_probs))
    for method in ["averaged_joint", "anchor_points", "dual_t", "em_noise_matrix"]:
        found = estimate_noise_matrix(y, chunked, method=method).joint
        expected = estimate_noise_matrix(y, pred_probs, method=method).joint
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12)


def test_labels_may_be_a_dask_array_too():
    y, pred_probs = labelled()
    chunked = da.from_array(pred_probs, chunks=(1000, K))
    found = confident_joint(da.from_array(y, chunks=1000), chunked)
    np.testing.assert_array_equal(found, confident_joint(y, pred_probs))


def test_bad_probabilities_are_refused_as_those_of_an_array():
    y, pred_probs = labelled()
    pred_probs[2345] *= 2
    chunked = da.from_array(pred_probs, chunks=(1000, K))
    with pytest.raises(ValueError, match="Row 2345 sums to 2 "):
        find_label_issues(y, chunked)
    with pytest.raises(ValueError, match="one column per class. Got 3 columns"):
        find_label_issues(y, chunked[:, :3])
    with pytest.raises(ValueError, match="2D array"):
        find_label_issues(y, chunked[:, 0])
    with pytest.raises(ValueError, match="compute_chunk_sizes"):
        find_label_issues(y, chunked[chunked[:, 0] > 0.1])


def test_rows_of_any_kind_are_fetched():
    _, pred_probs = labelled()
    rows = as_rows(da.from_array(pred_probs, chunks=(700, 2)))
    assert isinstance(rows, DaskRows)
    for some in [slice(690, 710), np.array([2999, 4, 4, -1, 699]), pred_probs[:, 0] > 0.5]:
        np.testing.assert_array_equal(rows[some], pred_probs[some])
    assert rows[np.array([], dtype=int)].shape == (0, K)
    integers = as_rows(da.ones((5, 2), dtype=int, chunks=2)).astype(np.float64)
    np.testing.assert_array_equal(integers[:], np.ones((5, 2)))


def row_sums(block, *columns):
    """What a pass returns for a block: small, and of these rows alone."""
    assert type(block) is np.ndarray
    assert all(len(column) == len(block) for column in columns)
    return block.sum(axis=1), [column.sum() for column in columns]


@pytest.mark.parametrize("chunks", CHUNKS, ids=["even", "columns cut", "uneven"])
def test_a_function_sees_every_row_once_and_in_order(chunks, monkeypatch):
    monkeypatch.setattr("skclean._core._blocks.BLOCK_BYTES", 1 << 14)
    y, pred_probs = labelled()
    rows = DaskRows(da.from_array(pred_probs, chunks=chunks))
    done, total = 0, 0
    for block, (sums, (total_y, total_proba)) in rows.each_block(row_sums, y, pred_probs[:, 0]):
        assert block.start == done
        np.testing.assert_array_equal(sums, pred_probs[block].sum(axis=1))
        assert total_proba == pred_probs[block, 0].sum()
        done, total = block.stop, total + total_y
    assert (done, total) == (N, y.sum())


@pytest.mark.parametrize("scheduler", ["threads"], indirect=True)
def test_blocks_within_a_chunk_are_those_of_an_array(monkeypatch):
    monkeypatch.setattr("skclean._core._blocks.BLOCK_BYTES", 100 * K * 8)
    rows = DaskRows(da.from_array(labelled()[1], chunks=(1000, K)))
    cut = [block for block, _ in rows.each_block(row_sums)]
    assert cut == [slice(start, start + 100) for start in range(0, N, 100)]


def test_rows_are_renormalised_where_they_are():
    _, pred_probs = labelled(dtype=np.float16)
    chunked = da.from_array(pred_probs, chunks=(1000, K))
    rows = check_pred_probs(chunked, N, np.arange(K))
    expected = check_pred_probs(pred_probs, N, np.arange(K))
    assert isinstance(rows, DaskRows)
    assert rows.dtype == expected.dtype == np.float32
    np.testing.assert_array_equal(rows[:], expected[:])


class Constant:
    """A function with something to carry, which counts how often it is packed."""

    n_packed = 0

    def __init__(self, value):
        self.value = value

    def __call__(self, block):
        return len(block) * self.value

    def __reduce__(self):
        Constant.n_packed += 1
        return Constant, (self.value,)


@pytest.mark.parametrize("scheduler", ["cluster"], indirect=True)
def test_a_function_is_packed_once_for_all_chunks():
    rows = DaskRows(da.from_array(labelled()[1], chunks=(100, K)))
    Constant.n_packed = 0
    assert [found for _, found in rows.each_block(Constant(2))] == [200] * (N // 100)
    assert Constant.n_packed < 5


class Weigh(SchedulerPlugin):
    """Bytes of what each kind of task returned."""

    def __init__(self):
        self.largest, self.total = {}, {}

    def transition(self, key, start, finish, *args, nbytes=None, **kwargs):
        if finish == "memory" and nbytes is not None:
            kind = str(key[0] if isinstance(key, tuple) else key).rsplit("-", 5)[0]
            self.largest[kind] = max(self.largest.get(kind, 0), nbytes)
            self.total[kind] = self.total.get(kind, 0) + nbytes


@pytest.fixture
def weigh(client):
    plugin = Weigh()
    client.cluster.scheduler.add_plugin(plugin, name="weigh")
    yield plugin
    client.cluster.scheduler.remove_plugin("weigh")


def random_probs(block_info=None, n_classes=50):
    """A chunk of probabilities that is made on the worker."""
    (start, stop), _ = block_info[None]["array-location"]
    rng = np.random.RandomState(start)
    probs = rng.uniform(size=(stop - start, n_classes)).astype(np.float32) ** 8
    return probs / probs.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("scheduler", ["cluster"], indirect=True)
def test_functions_go_to_the_chunks_and_no_task_returns_the_array(client, weigh):
    n_samples = 100_000
    chunked = da.map_blocks(
        random_probs, chunks=((10_000,) * 10, (50,)), dtype=np.float32, meta=np.empty((0, 0), "f4")
    )
    y = np.zeros(n_samples, dtype=np.intp)
    results = list(DaskRows(chunked).each_block(row_sums, y, y))
    assert sum(len(sums) for _, (sums, _) in results) == n_samples
    chunk_bytes = 10_000 * 50 * 4
    assert max(weigh.largest.values()) <= 1.01 * chunk_bytes
    assert weigh.total["_read_chunk"] <= 5 * n_samples


@pytest.mark.parametrize("scheduler", ["cluster"], indirect=True)
@pytest.mark.parametrize("prune", [None, "by_noise_rate", "by_class", "confident"])
def test_finding_issues_leaves_the_probabilities_on_the_cluster(prune, client, weigh, monkeypatch):
    n_samples = 100_000
    chunked = da.map_blocks(
        random_probs, chunks=((10_000,) * 10, (50,)), dtype=np.float32, meta=np.empty((0, 0), "f4")
    ).persist()
    pred_probs = chunked.compute()
    y = pred_probs.argmax(axis=1)
    y = np.where(np.random.RandomState(0).uniform(size=n_samples) < 0.1, 0, y)
    expected = find_label_issues(y, pred_probs, prune=prune)
    n_fetched, read = 0, DaskRows._read

    def counting_read(rows, start, stop):
        nonlocal n_fetched
        n_fetched += stop - start
        return read(rows, start, stop)

    monkeypatch.setattr(DaskRows, "_read", counting_read)
    weigh.total.clear()
    issues = find_label_issues(y, chunked, prune=prune)
    np.testing.assert_array_equal(issues.issue_mask, expected.issue_mask)
    issues.true_label_proba(np.array([3, 1]))
    assert n_fetched == 0
    assert sum(weigh.total.values()) <= 0.5 * pred_probs.nbytes


@pytest.mark.parametrize("scheduler", ["threads"], indirect=True)
def test_a_second_call_works_where_distributed_was_not_imported():
    code = (
        "import dask.array as da, numpy as np\n"
        "from skclean import label_quality_scores\n"
        "rows = da.full((8, 2), 0.5, chunks=(4, 2))\n"
        "for _ in range(2):\n"
        "    print(label_quality_scores([0, 1] * 4, rows, quality='self_confidence').mean())\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout.split() == ["0.5", "0.5"], done.stderr
