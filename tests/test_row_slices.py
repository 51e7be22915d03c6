"""Whatever has shape, dtype and slices of rows serves as probabilities."""

import h5py
import numpy as np
import pytest
import zarr
from sklearn.linear_model import LogisticRegression

from skclean import (
    NoiseMatrixEstimator,
    confident_joint,
    estimate_joint,
    estimate_noise_matrix,
    find_label_issues,
    label_quality_scores,
)
from skclean.detectors import ConfidentLearning
from skclean.pruning import get_noise_indices
from skclean.quality import PRUNE_NAMES, QUALITY_NAMES


class OnlySlices:
    """Rows by slices of two ints within the data, and nothing else."""

    def __init__(self, values):
        self._values, self.shape, self.dtype = values, values.shape, values.dtype
        self.most_bytes = 0

    def __getitem__(self, rows):
        assert type(rows) is slice, f"indexed by {rows!r}"
        assert type(rows.start) is int
        assert type(rows.stop) is int
        assert rows.step is None
        assert 0 <= rows.start < rows.stop <= self.shape[0]
        self.most_bytes = max(
            self.most_bytes, (rows.stop - rows.start) * self.shape[1] * self.dtype.itemsize
        )
        return self._values[rows].copy()


def in_memmap(values, folder):
    np.save(folder / "probs.npy", values)
    return np.load(folder / "probs.npy", mmap_mode="r")


def in_fortran_memmap(values, folder):
    return in_memmap(np.asfortranarray(values), folder)


def in_hdf5(values, folder):
    return h5py.File(folder / "probs.h5", "w").create_dataset("p", data=values, chunks=(64, 2))


def in_zarr(values, folder):
    stored = zarr.open(
        str(folder / "probs.zarr"),
        mode="w",
        shape=values.shape,
        dtype=values.dtype,
        chunks=(64, values.shape[1]),
    )
    stored[:] = values
    return stored


def only_slices(values, folder):
    return OnlySlices(values)


CONTAINERS = [in_memmap, in_fortran_memmap, in_hdf5, in_zarr, only_slices]
N, K = 1500, 5


def matrices(noise):
    return noise.joint, noise.noise_matrix, noise.class_prior


def found(issues):
    some = np.array([700, 3, 3, 1499])
    return (
        issues.label_quality,
        issues.issue_mask,
        issues.ambiguous_mask,
        issues.suggested_label,
        issues.suggested_proba,
        issues.expected_precision,
        issues.true_label_proba(some),
        issues.true_label_proba(issues.issue_mask),
        *([] if issues.noise is None else matrices(issues.noise)),
    )


FUNCTIONS = {
    **{
        f"quality {name}": lambda y, p, name=name: [label_quality_scores(y, p, quality=name)]
        for name in sorted(QUALITY_NAMES)
    },
    "adjusted quality": lambda y, p: [
        label_quality_scores(y, p, quality="normalized_margin", adjust=True)
    ],
    "confident joint": lambda y, p: [confident_joint(y, p)],
    "confident joint, unrestricted": lambda y, p: [
        confident_joint(y, p, collision="unrestricted", calibrate=False)
    ],
    "joint": lambda y, p: [estimate_joint(y, p)],
    **{
        f"noise matrix {name}": lambda y, p, name=name: matrices(
            estimate_noise_matrix(y, p, method=name)
        )
        for name in ["averaged_joint", "confident_joint", "anchor_points", "dual_t"]
    },
    "noise matrix em_noise_matrix": lambda y, p: matrices(
        estimate_noise_matrix(y, p, method="em_noise_matrix")
    ),
    "noise matrix clusterability": lambda y, p: matrices(
        estimate_noise_matrix(y, p, method="clusterability")
    ),
    "bootstrap": lambda y, p: (
        estimate_noise_matrix(y, p, n_bootstrap=3, random_state=0).noise_matrix_interval
    ),
    **{
        f"issues {name}": lambda y, p, name=name: found(find_label_issues(y, p, prune=name))
        for name in [None, *sorted(PRUNE_NAMES)]
    },
    "issues in threads": lambda y, p: found(find_label_issues(y, p, n_jobs=2)),
    "issues within a budget": lambda y, p: found(find_label_issues(y, p, n_issues=20)),
    "issues within an FDR": lambda y, p: found(find_label_issues(y, p, max_fdr=0.1)),
    "classic mask": lambda y, p: [get_noise_indices(y, p)],
    "classic ranks": lambda y, p: [
        get_noise_indices(y, p, prune_method="both", sorted_index_method="normalized_margin")
    ],
    "a detector": lambda y, p: found(
        ConfidentLearning().fit(np.zeros((N, 1)), y, pred_probs=p).issues_
    ),
    "a matrix estimator": lambda y, p: [
        NoiseMatrixEstimator(LogisticRegression())
        .fit(np.zeros((N, 1)), y, pred_probs=p)
        .noise_matrix_
    ],
}


@pytest.fixture(scope="module")
def labelled():
    """Labels and probabilities; blocks that are shorter than the data."""
    rng = np.random.RandomState(0)
    y = rng.randint(K, size=N)
    pred_probs = rng.dirichlet(np.ones(K), size=N) / 2 + np.eye(K)[y] / 2
    y = np.where(rng.uniform(size=N) < 0.2, rng.randint(K, size=N), y)
    return y, pred_probs


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch):
    monkeypatch.setattr("skclean._core._blocks.BLOCK_BYTES", 1 << 12)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_result_is_that_of_an_array(name, container, labelled, tmp_path):
    y, pred_probs = labelled
    expected = FUNCTIONS[name](y, pred_probs)
    got = FUNCTIONS[name](y, container(pred_probs, tmp_path))
    assert len(got) == len(expected) > 0
    # sums run along the memory, so that its order shows in the last digits
    tolerance = 1e-6 if container is in_fortran_memmap else 0
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=1e-6 * tolerance)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("dtype", ["<f2", ">f2", "<f4", ">f4", ">f8"])
def test_half_precision_and_foreign_byte_orders_are_read(dtype, container, labelled, tmp_path):
    if container is in_zarr and dtype.startswith(">"):
        dtype = "<" + dtype[1:]  # Zarr itself turns them round
    y, pred_probs = labelled
    stored = container(pred_probs.astype(dtype), tmp_path)
    native = pred_probs.astype(np.dtype(dtype).newbyteorder("="))
    expected = find_label_issues(y, native)
    got = find_label_issues(y, stored)
    assert got.label_quality.dtype == expected.label_quality.dtype
    for one, other in zip(found(got), found(expected), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("container", CONTAINERS)
def test_zeros_and_ones_of_integers_are_read(container, labelled, tmp_path):
    y, pred_probs = labelled
    votes = np.eye(K, dtype=np.uint8)[pred_probs.argmax(axis=1)]
    expected = label_quality_scores(y, votes, quality="self_confidence")
    got = label_quality_scores(y, container(votes, tmp_path), quality="self_confidence")
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_bad_row_is_named(container, labelled, tmp_path):
    y, pred_probs = labelled
    pred_probs = pred_probs.copy()
    pred_probs[1234] *= 2
    with pytest.raises(ValueError, match="Row 1234 sums to 2 "):
        find_label_issues(y, container(pred_probs, tmp_path))
    with pytest.raises(ValueError, match="Got 1500 rows for 1499 labels"):
        find_label_issues(y[1:], container(pred_probs, tmp_path))


@pytest.mark.parametrize("prune", [None, *sorted(PRUNE_NAMES)])
def test_the_data_are_never_read_whole(prune, monkeypatch):
    monkeypatch.setattr("skclean._core._blocks.BLOCK_BYTES", 1 << 21)
    rng = np.random.RandomState(0)
    y = rng.randint(20, size=200_000)
    pred_probs = rng.uniform(size=(200_000, 20)).astype(np.float32)
    pred_probs[np.arange(len(y)), y] += 2
    pred_probs /= pred_probs.sum(axis=1, keepdims=True)
    rows = OnlySlices(pred_probs)
    find_label_issues(y, rows, prune=prune)
    assert 0 < rows.most_bytes <= 1 << 22 < pred_probs.nbytes
