"""Votes: of neighbors, of classifiers, of detectors.

Votes are class codes, (n_samples, n_voters); functions return one row per sample.
"""

import numpy as np

SHAPLEY_CELLS = 1 << 15  # tests times neighbors at a time


def class_votes(votes, n_classes, weights=None):
    """Weight of each class among the votes of each row, (n_samples, n_classes).

    Parameters
    ----------
    votes : ndarray of shape (n_samples, n_voters)
        Codes of the classes voted for.

    n_classes : int
        Number of classes.

    weights : ndarray of shape (n_samples, n_voters) or (n_voters,), default=None
        Non-negative weight of each vote; None counts.
    """
    n_samples = len(votes)
    cells = np.arange(n_samples)[:, np.newaxis] * n_classes + votes
    if weights is not None:
        weights = np.broadcast_to(weights, votes.shape).ravel()
    counts = np.bincount(cells.ravel(), weights=weights, minlength=n_samples * n_classes)
    return counts.reshape(n_samples, n_classes).astype(float, copy=False)


def vote_shares(votes, n_classes, weights=None):
    """Like `class_votes`, with rows that sum to 1; rows without weight are all 0."""
    counts = class_votes(votes, n_classes, weights)
    total = counts.sum(axis=1, keepdims=True)
    return counts / np.where(total > 0, total, 1)


def cast_votes(y, pred_probs):
    """Count the votes that classifiers cast by their most probable class.

    A classifier that never saw the given class of a sample cannot judge it and casts no
    vote there.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    pred_probs : list of ndarray of shape (n_samples, n_classes)
        Probabilities by each classifier; NaN where it does not know the class.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_classes)
        Number of classifiers that vote for each class.

    mean_probs : ndarray of shape (n_samples, n_classes)
        Mean probability over the classifiers that judge; NaN where none does.
    """
    rows = np.arange(len(y))
    votes = np.zeros((len(y), pred_probs[0].shape[1]))
    total = np.zeros_like(votes)
    for probs in pred_probs:
        judged = ~np.isnan(probs[rows, y])
        known = np.nan_to_num(probs[judged])
        votes[rows[judged], known.argmax(axis=1)] += 1
        total[judged] += known
    n_judges = votes.sum(axis=1, keepdims=True)
    return votes, total / np.where(n_judges > 0, n_judges, np.nan)


def vote_quality(y, votes, mean_probs):
    """Order samples by the votes for their label, and by its probability where votes tie.

    (votes for the given label + its mean probability) / (votes + 1), in [0, 1].
    """
    rows = np.arange(len(y))
    return (votes[rows, y] + mean_probs[rows, y]) / (votes.sum(axis=1) + 1)


def outvoted(y, votes, voting):
    """Samples whose label more than half of the votes ("majority") or all contradict."""
    n_votes = votes.sum(axis=1)
    against = n_votes - votes[np.arange(len(y)), y]
    if voting == "consensus":
        return (n_votes > 0) & (against == n_votes)
    return against > n_votes / 2


def best_of_each_class(y, label_quality):
    """Index of the sample of each class with the highest quality, the first of equals."""
    order = np.lexsort((-label_quality, y))
    return order[np.unique(y[order], return_index=True)[1]]


def shapley_sums(y, tests, neighbors, n_neighbors):
    """Shapley values of all samples times k, summed over some tests, (n_samples,).

    The recursion of Jia et al. over the neighbors of a test sample, nearest first, is
    s_i = s_(i+1) + (m_i - m_(i+1)) min(k, i) / (i k), where m tells whether neighbor i
    has the test sample's label. The farthest ranked neighbor starts it with 0, or with
    m / n_others where all others are ranked, which makes the values exact. With no more
    than k ranked it telescopes to s_i = (m_i - m_last) / k + s_last, whose sums are exact,
    as they are of whole numbers before the division by k.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    tests : slice
        The tests.

    neighbors : ndarray of shape (n_tests, n_ranked)
        Indices of the other samples of each test, nearest first; n_ranked >=
        n_neighbors, or all others.

    n_neighbors : int
        Number of neighbors that vote, k.
    """
    n_samples, n_ranked = len(y), neighbors.shape[1]
    values = (y[neighbors] == y[tests, np.newaxis]).astype(float)
    last = values[:, -1:].copy()
    if n_ranked <= n_neighbors:
        values -= last
    else:
        values[:, :-1] -= values[:, 1:]
        values[:, :-1] *= np.minimum(1, n_neighbors / np.arange(1, n_ranked))
        values[:, -1] = 0
        backwards = values[:, ::-1]
        np.cumsum(backwards, axis=1, out=backwards)
    if n_ranked == n_samples - 1:
        values += last * min(1.0, n_neighbors / n_ranked)
    return np.bincount(neighbors.ravel(), weights=values.ravel(), minlength=n_samples)


def knn_shapley(y, neighbors, n_neighbors):
    """Shapley value of each sample for the k-NN votes on all others, (n_samples,).

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    neighbors : ndarray of shape (n_samples, n_ranked)
        Indices of the other samples, nearest first; see `shapley_sums`, which is called
        on at most 64 blocks of rows.

    n_neighbors : int
        Number of neighbors that vote.
    """
    n_samples, n_ranked = neighbors.shape
    step = max(1, SHAPLEY_CELLS // n_ranked, n_samples // 64)
    total = np.zeros(n_samples)
    for start in range(0, n_samples, step):
        tests = slice(start, start + step)
        total += shapley_sums(y, tests, neighbors[tests], n_neighbors)
    return total / (n_samples * n_neighbors)


def neighbor_shares(y, neighbors, usable, n_classes, n_neighbors):
    """Share of each class among the first usable neighbors, each row counting one more
    neighbor that is undecided.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes.

    neighbors : ndarray of shape (n_samples, n_ranked)
        Indices of other samples, nearest first.

    usable : ndarray of shape (n_samples, n_ranked), dtype bool
        Neighbors that may vote.

    n_classes : int
        Number of classes.

    n_neighbors : int
        Number of neighbors that vote, if as many are usable.

    Returns
    -------
    shares : ndarray of shape (n_samples, n_classes)
        Positive, rows sum to 1.
    """
    voting = usable & (np.cumsum(usable, axis=1) <= n_neighbors)
    counts = class_votes(y[neighbors], n_classes, weights=voting.astype(float))
    return (counts + 1 / n_classes) / (voting.sum(axis=1, keepdims=True) + 1)
