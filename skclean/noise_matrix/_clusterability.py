"""The noise matrix from the given labels of each sample and its two nearest neighbors."""

from numbers import Integral

import numpy as np
from scipy.sparse import csc_array
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state

from skclean._core._algebra import TINY, normalize_rows
from skclean._core._blocks import row_blocks
from skclean._core._transition import calibrate_columns
from skclean.noise_matrix._base import BaseJoint
from skclean.utils._sklearn import Interval
from skclean.utils._typing import Seed

JITTER = 1e-4  # among equal probabilities the neighbors are drawn, not the first ones
START = 0.8  # diagonal of the first noise matrix: most labels are right
MAX_ITER = 500
TOL = 1e-8  # of the log-likelihood, per triple


def neighbor_triples(points, random_state):
    """Each row and its two nearest neighbors, as positions, (n_rows, 3)."""
    points = points + random_state.uniform(-JITTER, JITTER, points.shape).astype(points.dtype)
    index = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(points)
    neighbors = index.kneighbors(return_distance=False)
    return np.column_stack([np.arange(len(points)), neighbors])


def _blocks_of_triples(triples, counts, n_classes):
    """Triples by blocks: their labels, their counts, and which label is where in them."""
    for rows in row_blocks(np.broadcast_to(0.0, (len(triples), n_classes))):
        given, n = triples[rows], counts[rows]
        entries = np.ones(given.size), given.ravel(), np.arange(0, given.size + 1, 3)
        yield given, n, csc_array(entries, shape=(n_classes, len(given))).tocsr()


def _em_step(blocks, class_prior, noise_matrix):
    """Expected counts of the true class and one label, and the log-likelihood before."""
    weight = np.zeros_like(noise_matrix)  # [given, true]
    log_likelihood = 0.0
    given_true = np.ascontiguousarray(noise_matrix.T)
    for given, n, label_in in blocks:
        posterior = given_true[given[:, 0]] * given_true[given[:, 1]] * given_true[given[:, 2]]
        posterior *= class_prior
        likelihood = np.maximum(posterior.sum(axis=1), TINY)
        log_likelihood += n @ np.log(likelihood)
        posterior *= (n / likelihood)[:, np.newaxis]
        weight += label_in @ posterior
    return weight.T, log_likelihood


def fit_consensus(triples, counts, joint):
    """Joint of maximum likelihood of triples of labels that share their true class.

    Parameters
    ----------
    triples : ndarray of shape (n_triples, 3)
        Given labels, as codes 0..K-1.

    counts : ndarray of shape (n_triples,)
        How often each triple was seen.

    joint : ndarray of shape (n_classes, n_classes)
        Where to start.

    Returns
    -------
    joint : ndarray of shape (n_classes, n_classes)
        p(true, given), sums to 1.
    """
    total, before = counts.sum(), -np.inf
    blocks = list(_blocks_of_triples(triples, counts, len(joint)))
    for _ in range(MAX_ITER):
        weight, log_likelihood = _em_step(blocks, joint.sum(axis=1), normalize_rows(joint))
        joint = weight / (3 * total)
        if log_likelihood - before <= TOL * total:
            break
        before = log_likelihood
    return joint


class Clusterability(BaseJoint):
    """Fit the noise matrix to the agreement of each sample with its two neighbors.

    If a sample and its two nearest neighbors share their true class, their three given
    labels are three independent draws from one row of the noise matrix. How often one,
    two and three of them carry which labels then determines class prior and noise matrix
    up to the order of the classes [1]_: that is HOC, high-order consensus. Most labels
    of each class being right settles the order.

    The paper fits the shares of first, second and third order by least squares. Here the
    shares of third order, which contain the others, are fitted by maximum likelihood,
    which is steadier and faster.

    A noise-matrix method does not see `X`, so the neighbors are those in the space of
    `pred_probs`: it assumes that samples with like probabilities share their true class,
    and that the noise depends on the class alone. Calibration does not matter. It fails
    where classes overlap: neighbors of different true classes look like noise, of all
    classes that overlap; and where most labels of a class are wrong, classes swap.

    Parameters
    ----------
    n_samples : int, default=15000
        Number of samples to draw where there are more; the cost grows with its square.

    random_state : int, RandomState instance or None, default=0
        Draws the samples, and neighbors among equal probabilities. With the default the
        same data give the same matrix.

    See Also
    --------
    AveragedJoint : The default, which uses the probabilities themselves.

    Notes
    -----
    A class without a given label is taken to be labelled right, and so is every label
    where there are fewer than three samples. Bootstrap intervals keep the neighbors and
    draw as many samples with theirs as are worth independent ones, each label being used
    about three times.

    References
    ----------
    .. [1] Zhu, Song & Liu, "Clusterability as an Alternative to Anchor Points When
       Learning with Noisy Labels", ICML 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean import estimate_noise_matrix
    >>> from skclean.noise_matrix import Clusterability
    >>> y_true = np.repeat([0, 1], 500)
    >>> pred_probs = np.array([[0.7, 0.3], [0.4, 0.6]])[y_true]
    >>> y = np.where(np.arange(1000) % 5 == 0, 1, y_true)  # a fifth of the zeros
    >>> estimate_noise_matrix(y, pred_probs, method=Clusterability()).noise_matrix.round(1)
    array([[0.8, 0.2],
           [0. , 1. ]])
    """

    _parameter_constraints: dict = {
        "n_samples": [Interval(Integral, 3, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        n_samples: int | None = 15_000,
        random_state: Seed = 0,
    ) -> None:
        self.n_samples = n_samples
        self.random_state = random_state

    def _triples(self, y, pred_probs):
        """Positions of samples and their two neighbors, (min(n, n_samples), 3)."""
        # a generator of its own: without a seed nothing is drawn from the global state
        seed = np.random.RandomState() if self.random_state is None else self.random_state
        random_state = check_random_state(seed)
        rows = np.arange(len(y))
        if len(y) > self.n_samples:
            rows = np.sort(random_state.choice(len(y), self.n_samples, replace=False))
        points = np.asarray(pred_probs[rows], dtype=np.float32)
        return rows[neighbor_triples(points, random_state)]

    def _fit(self, triples, given_prior):
        """Joint of some triples, columns scaled to the given prior."""
        present = np.union1d(np.flatnonzero(given_prior), triples)
        seen, counts = np.unique(triples, axis=0, return_counts=True)
        start = np.full((len(present),) * 2, (1 - START) / max(1, len(present) - 1))
        np.fill_diagonal(start, START)
        start *= given_prior[present, np.newaxis]
        joint = np.zeros((len(given_prior),) * 2)
        fitted = fit_consensus(np.searchsorted(present, seen), counts, start)
        joint[np.ix_(present, present)] = fitted
        return calibrate_columns(joint, given_prior)

    def _estimate(self, y, pred_probs):
        given_prior = np.bincount(y, minlength=pred_probs.shape[1]) / len(y)
        if len(y) < 3:
            return np.diag(given_prior)
        return self._fit(y[self._triples(y, pred_probs)], given_prior)

    def _bootstrap(self, y, pred_probs, n_bootstrap, random_state):
        # a row drawn twice would be its own neighbor, so triples are drawn, not rows; as
        # each label is in several of them, they are worth fewer independent ones
        if len(y) < 3:
            yield from super()._bootstrap(y, pred_probs, n_bootstrap, random_state)
            return
        positions = self._triples(y, pred_probs)
        triples, uses = y[positions], np.bincount(positions.ravel())
        n_triples = int(np.ceil(len(triples) * uses.sum() / (uses**2).sum()))
        given_prior = np.bincount(y, minlength=pred_probs.shape[1]) / len(y)
        for _ in range(n_bootstrap):
            drawn = triples[random_state.randint(len(triples), size=n_triples)]
            given_counts = random_state.multinomial(len(y), given_prior)
            yield self._fit(drawn, given_counts / len(y))
