"""Pruning rules: which samples to flag, given the evidence on each.

Every rule in `PRUNE` maps an `Evidence` to a boolean mask. Among samples that a rule
cannot tell apart, those that come first in the data are flagged first.
"""

import numpy as np

from skclean._core._classes import class_counts
from skclean._core._pairs import largest_margins
from skclean._core._race import Race

CHUNK = 1 << 16  # sorted values that are summed at a time


def lowest(values, n, among=None):
    """Mask of the `n` lowest values, or all; among equal ones the first are taken.

    With a mask `among`, of those in it.
    """
    left = values if among is None else values.take(np.flatnonzero(among))
    if n >= len(left):
        return np.ones(len(values), dtype=bool) if among is None else among.copy()
    if n <= 0:
        return np.zeros(len(values), dtype=bool)
    cut = np.partition(left, n - 1)[n - 1]
    mask, level = values < cut, values == cut
    if among is not None:
        mask &= among
        level &= among
    mask[np.flatnonzero(level)[: n - np.count_nonzero(mask)]] = True
    return mask


def keep_minimum(counts, n):
    """Raise the diagonal of sparse [true, given] counts to `n`.

    The increase of a column is taken evenly from its non-zero off-diagonal counts;
    what is left of them is rounded down.
    """
    given, values = counts.given, counts.values
    n_others = counts.by_given(values != 0) - 1
    on_diagonal = counts.true == given
    lack = np.maximum(n - counts.diagonal(), 0) / np.maximum(n_others, 1)
    kept = np.floor(np.maximum(values - lack[given], 0)).astype(np.int64)
    kept[on_diagonal] = np.maximum(values[on_diagonal], n)
    return counts._replace(values=kept)


def by_class(evidence):
    """In each class, as many of the least self-confident as the joint calls wrong."""
    return _by_class_among(evidence, ~evidence.label_wins)


def _by_class_among(evidence, among):
    """The flags of `by_class` within `among`: surer rows than those need no look."""
    n_wrong = evidence.given_counts - evidence.prune_counts.diagonal()
    asked = (n_wrong > 0) & (evidence.given_counts > evidence.min_samples_per_class)
    mask = np.zeros(len(evidence.y), dtype=bool)
    if asked.any():
        confidence = evidence.self_confidence
        highest = np.max(confidence.take(np.flatnonzero(among)), initial=0)
        rows = np.flatnonzero((confidence <= highest) & asked[evidence.y])
        race = Race(n_wrong[asked])
        groups = (np.cumsum(asked) - 1).take(evidence.y.take(rows))
        race.add(rows, groups, -confidence.take(rows))
        mask[race.finish()] = True
    return mask & among


def by_noise_rate(evidence):
    """For each pair of classes, as many as the joint confuses, largest margin first."""
    counts = evidence.prune_counts
    spare = evidence.given_counts > evidence.min_samples_per_class
    asked = (counts.true != counts.given) & (counts.values > 0) & spare[counts.given]
    pairs = counts.true[asked], counts.given[asked]
    return largest_margins(evidence, *pairs, counts.values[asked])


def both(evidence):
    """What by_class and by_noise_rate agree on."""
    return _by_class_among(evidence, by_noise_rate(evidence))


def confident(evidence):
    """Samples that are confidently of another class than the given one."""
    return (evidence.guess >= 0) & (evidence.guess != evidence.y)


def predicted_neq_given(evidence):
    """Samples for which another class is the most probable."""
    return evidence.predicted != evidence.y


def by_posterior(evidence):
    """The set of largest expected F1, from p(true != given | x, given).

    With the samples sorted by that probability w, worst first, it is the first m of
    them where 2 * sum(w[:m]) / (m + sum(w)) is largest (Lipton, Elkan & Narayanaswamy,
    "Optimal Thresholding of Classifiers to Maximize F1 Measure", ECML PKDD 2014).
    """
    return lowest(evidence.plain_posterior, evidence.n_by_posterior)


def n_by_posterior(label_posterior):
    """Size of the set of largest expected F1, from p(true = given | x, given)."""
    found = np.sort(label_posterior)
    total = len(found) - found.sum(dtype=np.float64)
    best, size, so_far = -1.0, 0, 0.0
    for start in range(0, len(found), CHUNK):
        wrong = np.subtract(1, found[start : start + CHUNK], dtype=np.float64)
        wrong[0] += so_far
        np.cumsum(wrong, out=wrong)
        so_far = wrong[-1]
        wrong /= np.arange(start + 1.0, start + 1 + len(wrong)) + total
        if wrong.max() > best:  # the first of equal ones
            best, size = wrong.max(), start + int(wrong.argmax()) + 1
    return size


def by_vote(evidence, quality):
    """Of labels that another class beats, the lowest quality, the middle one of three counts.

    Counted are the flags of `by_noise_rate` and of `predicted_neq_given` and the set of
    largest expected F1: the first is sound under noise by class, the second near class
    boundaries, the third where the posterior is, and the middle one is never the worst.

    Every class keeps `min_samples_per_class` samples. One that would lose more than half
    of them and more than `by_noise_rate` flags keeps the rest of those that overlap could
    explain: a rare class that the model never predicts would be flagged whole.

    `quality` is a function without arguments, called when the first count is done: until
    then the scores would lie in memory for nothing.
    """
    by_rate = prune_mask(evidence, "by_noise_rate")
    quality = quality()
    counts = [
        np.count_nonzero(by_rate),
        np.count_nonzero(predicted_neq_given(evidence)),
        evidence.n_by_posterior,
    ]
    lost = keep_right_labels(evidence, np.ones(len(quality), dtype=bool))
    mask = lowest(quality, sorted(counts)[1], lost)
    mask &= ~_too_many(evidence, mask, mask, evidence.min_samples_per_class, quality)
    n_by_rate = class_counts(evidence.y, evidence.n_classes, by_rate)
    least = np.minimum(evidence.given_counts - n_by_rate, evidence.given_counts // 2)
    at_risk = class_counts(evidence.y, evidence.n_classes, mask)
    at_risk = at_risk > np.maximum(evidence.given_counts - least, 0)
    doubtful = mask & at_risk[evidence.y]
    if doubtful.any():
        doubtful &= ~evidence.stands(doubtful)
    return mask & ~_too_many(evidence, mask, doubtful, least, quality)


def _too_many(evidence, mask, among, least, quality):
    """Flags to take back so that each class keeps `least` samples, the best of `among`."""
    flagged = class_counts(evidence.y, evidence.n_classes, mask)
    excess = flagged - np.maximum(evidence.given_counts - least, 0)
    back = np.zeros_like(mask)
    for given in np.flatnonzero(excess > 0):
        rows = np.flatnonzero(among & (evidence.y == given))
        back[rows[np.argsort(quality[rows], kind="stable")[::-1][: excess[given]]]] = True
    return back


PRUNE = {
    "by_noise_rate": by_noise_rate,
    "by_class": by_class,
    "both": both,
    "confident": confident,
    "predicted_neq_given": predicted_neq_given,
    "by_posterior": by_posterior,
}


def prune_mask(evidence, rule):
    """Apply a rule of `PRUNE`, then take back the flags that the label itself wins.

    The given label is favoured by 1e-6: where it is then the most probable class, the
    sample is not flagged. The only sample of a class is never flagged.
    """
    return keep_right_labels(evidence, PRUNE[rule](evidence))


def keep_right_labels(evidence, mask):
    """Flags without those of labels that win, and of the only sample of a class."""
    mask = mask & ~evidence.label_wins
    if (alone := evidence.given_counts == 1).any():
        mask &= ~alone[evidence.y]
    return mask


def within_fdr(chance_wrong, mask, max_fdr):
    """The most flags of `mask` whose mean chance of being false is at most `max_fdr`.

    Flags are kept in the order of their chance to be right, largest first.
    """
    flagged = np.flatnonzero(mask)
    order = flagged[np.argsort(-chance_wrong[flagged], kind="stable")]
    false = np.cumsum(1 - chance_wrong[order], dtype=np.float64)
    kept = np.zeros_like(mask)
    kept[order[: np.count_nonzero(false <= max_fdr * np.arange(1, len(order) + 1))]] = True
    return kept


def within_budget(quality, mask, n):
    """Exactly `n` flags: those of `mask` by lowest quality, then the next lowest."""
    order = np.lexsort((quality, ~mask))
    kept = np.zeros_like(mask)
    kept[order[:n]] = True
    return kept
