"""Bootstrap intervals of noise matrix and noise rate."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skclean import NoiseMatrixEstimator, estimate_noise_matrix
from skclean.noise_matrix import AveragedJoint, BaseJoint, Clusterability, EMNoiseMatrix
from skclean.noise_matrix._base import ResampledRows
from skclean.utils.discovery import all_estimators

METHODS = {name: cls() for name, cls in all_estimators() if issubclass(cls, BaseJoint)}
NOISE_MATRIX = np.array([[0.8, 0.2, 0.0], [0.0, 0.9, 0.1], [0.1, 0.1, 0.8]])
NOISE_RATE = 1 - NOISE_MATRIX.trace() / 3  # classes of equal size


def rate_interval(y, pred_probs, method, n_bootstrap=40, **kwargs):
    noise = estimate_noise_matrix(
        y, pred_probs, method=method, n_bootstrap=n_bootstrap, random_state=0, **kwargs
    )
    return noise.noise_rate_interval


def test_there_are_no_intervals_unless_asked_for(simulate):
    y, pred_probs, _, _ = simulate(NOISE_MATRIX, 100)
    noise = estimate_noise_matrix(y, pred_probs)
    assert noise.noise_rate_interval is None
    assert noise.noise_matrix_interval is None


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_method_has_intervals_that_hold_its_estimate(method, simulate):
    y, pred_probs, _, _ = simulate(NOISE_MATRIX, 200)
    noise = estimate_noise_matrix(y, pred_probs, method=method, n_bootstrap=10, random_state=0)
    low, high = noise.noise_rate_interval
    assert 0 <= low <= noise.noise_rate <= high <= 1
    assert f"noise_rate_interval=({low:.3f}, {high:.3f})" in repr(noise)
    low, high = noise.noise_matrix_interval
    assert low.shape == high.shape == (3, 3)
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert (low <= noise.noise_matrix).all()
    assert (noise.noise_matrix <= high).all()
    plain = estimate_noise_matrix(y, pred_probs, method=method)
    np.testing.assert_array_equal(noise.joint, plain.joint)


def test_intervals_by_hand():
    class ShareOfOnes(BaseJoint):
        def _estimate(self, y, pred_probs):
            return np.diag([1 - y.mean(), y.mean()])

    y, pred_probs = np.array([0, 1, 1, 1]), np.full((4, 2), 0.5)
    joints = ShareOfOnes()._bootstrap(y, pred_probs, 500, np.random.RandomState(0))
    shares = np.array([joint[1, 1] for joint in joints])
    assert set(shares) <= {0, 0.25, 0.5, 0.75, 1}
    assert shares.mean() == pytest.approx(0.75, abs=0.04)
    assert shares.std() == pytest.approx(np.sqrt(0.75 * 0.25 / 4), abs=0.02)


def test_resampled_rows_are_the_rows():
    pred_probs = np.random.default_rng(0).dirichlet(np.ones(3), 10).astype(np.float32)
    order = np.array([0, 0, 3, 9, 9])
    rows = ResampledRows(pred_probs, order)
    np.testing.assert_array_equal(rows[1:4], pred_probs[[0, 3, 9]])
    np.testing.assert_array_equal(rows[np.array([4, 0])], pred_probs[[9, 0]])
    assert rows.shape == (5, 3)
    assert len(rows) == 5
    assert rows.dtype == np.float32


# pure classes for the methods that read p(given | x), overlapping ones where p(true | x) is exact
@pytest.mark.parametrize(
    ("method", "separation", "column"),
    [(AveragedJoint(), None, 1), (EMNoiseMatrix(), 3.0, 2), (Clusterability(), None, 1)],
    ids=lambda value: type(value).__name__,
)
def test_intervals_cover_the_noise_rate_where_probabilities_are_exact(
    simulate, method, separation, column
):
    covered = 0
    for seed in range(60):
        simulated = simulate(NOISE_MATRIX, 400, separation=separation, seed=seed)
        low, high = rate_interval(simulated[0], simulated[column], method)
        covered += low <= NOISE_RATE <= high
    assert covered >= 0.85 * 60


def test_width_shrinks_with_the_root_of_the_number_of_samples(simulate):
    widths = []
    for n_samples in [200, 3200]:
        found = []
        for seed in range(5):
            y, pred_probs, _, _ = simulate(NOISE_MATRIX, n_samples, separation=None, seed=seed)
            found.append(np.diff(rate_interval(y, pred_probs, None)))
        widths.append(np.mean(found))
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.3)


def test_a_higher_level_is_wider_and_a_seed_repeats(simulate):
    y, pred_probs, _, _ = simulate(NOISE_MATRIX, 300)
    wide, narrow = (
        rate_interval(y, pred_probs, None, confidence_level=level) for level in (0.99, 0.5)
    )
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    assert rate_interval(y, pred_probs, None, confidence_level=0.99) == wide


def test_samples_drawn_twice_are_not_their_own_neighbors(simulate):
    # rows drawn instead of triples would often agree with a copy of themselves
    y, pred_probs, _, _ = simulate(NOISE_MATRIX, 2000, separation=None)
    joints = Clusterability()._bootstrap(y, pred_probs, 20, np.random.RandomState(0))
    rates = [1 - joint.trace() for joint in joints]
    estimate = estimate_noise_matrix(y, pred_probs, method="Clusterability").noise_rate
    assert np.mean(rates) == pytest.approx(estimate, abs=0.015)


@pytest.mark.parametrize("name", ["n_bootstrap", "confidence_level"])
def test_bad_parameters_are_named(name):
    with pytest.raises(ValueError, match=f"The {name!r} parameter of estimate_noise_matrix must"):
        estimate_noise_matrix([0, 1], [[1, 0], [0, 1]], **{name: 0})


def test_the_estimator_publishes_intervals(noisy_blobs):
    X, y, _, _ = noisy_blobs
    fitted = NoiseMatrixEstimator(LogisticRegression(), n_bootstrap=20, random_state=0).fit(X, y)
    noise = estimate_noise_matrix(y, fitted.pred_probs_, n_bootstrap=20, random_state=0)
    assert fitted.noise_rate_interval_ == noise.noise_rate_interval
    np.testing.assert_array_equal(fitted.noise_matrix_interval_, noise.noise_matrix_interval)
    plain = NoiseMatrixEstimator(LogisticRegression(), random_state=0).fit(X, y)
    assert plain.noise_rate_interval_ is None
    np.testing.assert_array_equal(plain.joint_, fitted.joint_)


def test_without_a_seed_the_global_random_state_is_left_alone(noisy_blobs):
    X, y, _, _ = noisy_blobs
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    NoiseMatrixEstimator(LogisticRegression(), n_bootstrap=3).fit(X, y)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
