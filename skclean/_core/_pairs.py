"""For pairs of a true and a given class: which samples look most like the true one.

Margins are p(true) - p(given). Samples whose given label wins are never flagged, so
that for most pairs only samples need be looked at that another class beats.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from skclean._core._blocks import NARROW
from skclean._core._classes import class_counts
from skclean._core._race import Race

CLEAR = 2e-6  # a label that another class beats by more does not win
DENSE = 4  # where one of so many pairs of classes is wanted, all margins of a row are taken
CHUNK = 1 << 18  # rows whose most probable classes are entered at a time


class _Pairs(NamedTuple):
    """Pairs of a true and a given class, sorted by given class and then by true class.

    Attributes
    ----------
    true, given : ndarray of shape (n_pairs,)
        Their classes.

    first : ndarray of shape (n_classes + 1,)
        First pair of each given class.

    number : ndarray of shape (n_classes**2,) or None
        Position of the pair of each given and true class, -1 where that is not wanted;
        None where most are not.
    """

    true: np.ndarray
    given: np.ndarray
    first: np.ndarray
    number: np.ndarray | None

    @classmethod
    def of(cls, true, given, n_classes):
        """The pairs of some classes."""
        number = None
        if DENSE * len(true) > n_classes**2:
            number = np.full(n_classes**2, -1, dtype=np.int32)
            number[given * n_classes + true] = np.arange(len(true))
        return cls(true, given, np.searchsorted(given, np.arange(n_classes + 1)), number)

    def find(self, true, given):
        """Position of each pair, -1 where it is not wanted."""
        n_classes = len(self.first) - 1
        cells = given * n_classes + true
        if self.number is not None:
            return self.number.take(cells)
        own = self.given * n_classes + self.true
        found = np.minimum(np.searchsorted(own, cells), len(own) - 1)
        return np.where(own.take(found) == cells, found, -1)

    def least(self, bar, dtype):
        """What a clear margin must exceed, by [given, true]; infinite for no pair."""
        least = np.append(np.maximum(bar, CLEAR), np.inf).astype(dtype)
        n_classes = len(self.first) - 1
        return least.take(self.number).reshape(n_classes, n_classes)


def _clear_of_all(block, codes, looked_at, pairs, least, bar):
    """Margins that exceed `least` of some rows of a block, as `_margins` has them."""
    rows, n_classes = np.flatnonzero(looked_at), block.shape[1]
    codes = codes.take(rows)
    margins = block.take(rows, axis=0)
    own = margins.reshape(-1).take(np.arange(0, margins.size, n_classes) + codes)
    if n_classes > NARROW:
        margins -= own[:, np.newaxis]
    else:  # short rows are subtracted from much faster as one long row
        flat = margins.reshape(-1)
        flat -= np.repeat(own, n_classes)
    hits = np.flatnonzero(margins > least.take(codes, axis=0))
    margins, position = margins.reshape(-1).take(hits), hits // n_classes
    found = pairs.number.take(hits + (codes.take(position) - position) * n_classes)
    return _above(bar, rows.take(position), found, margins)


def _margins(block, codes, looked_at, pairs, clear, bar):
    """Margins of some rows of a block for the pairs of their given class.

    Parameters
    ----------
    block, codes, looked_at : ndarray of shape (n_rows, ...)
        Probabilities, given labels and which rows to look at.

    pairs : _Pairs
        The pairs.

    clear : bool
        Take the clear margins, or all others.

    bar : ndarray of shape (n_pairs,)
        Take larger margins only. It may rise in the meantime, which spares work and
        changes nothing.

    Returns
    -------
    rows, pairs, margins : ndarray of shape (n_entries,)
        Rows in order.
    """
    rows = np.flatnonzero(looked_at)
    codes = codes[rows]
    if not block.flags.c_contiguous:
        block = np.ascontiguousarray(block)
    cells, n_classes, first = block.reshape(-1), block.shape[1], pairs.first
    n_pairs = (first[1:] - first[:-1])[codes]
    ends = np.cumsum(n_pairs)
    found = np.arange(ends[-1] if len(ends) else 0, dtype=np.int32)
    found += np.repeat((first[codes] - ends + n_pairs).astype(np.int32), n_pairs)
    others = np.repeat(rows * n_classes, n_pairs)
    others += pairs.true.take(found)
    margins = cells.take(others)
    margins -= np.repeat(cells[rows * n_classes + codes], n_pairs)
    rows = np.repeat(rows, n_pairs)
    hits = np.flatnonzero(margins > CLEAR if clear else margins <= CLEAR)
    return _above(bar, rows.take(hits), found.take(hits), margins.take(hits))


def _above(bar, rows, pairs, margins):
    hits = np.flatnonzero(margins > bar.take(pairs))
    return rows.take(hits), pairs.take(hits), margins.take(hits)


def largest_margins(evidence, true, given, n_wanted):
    """Mask of the samples with the largest margins of each pair whose label does not win.

    Parameters
    ----------
    evidence : Evidence
        Labels and probabilities.

    true, given : ndarray of shape (n_pairs,)
        Distinct pairs of classes, sorted by `given`.

    n_wanted : ndarray of shape (n_pairs,), dtype int
        How many samples given the one class to take for the other; those that come first
        in the data among equal margins.
    """
    mask = np.zeros(len(evidence.y), dtype=bool)
    lost = ~evidence.label_wins
    if len(true) == 0:
        return mask
    pairs = _Pairs.of(true, given, evidence.n_classes)
    bar = _bar_of_predicted(evidence, pairs, n_wanted, lost)
    race = _run(evidence, pairs, n_wanted, lost, clear=True, bar=bar)
    mask[race.finish()] = True
    # where there are fewer than wanted, the next ones are those that are not clear, among
    # them samples whose label wins: these only take a place
    more = np.flatnonzero(n_wanted > race.n_seen)
    if len(more):
        left = class_counts(evidence.y, evidence.n_classes, lost & ~mask)
        more = more[left[given[more]] > 0]
    if len(more):
        looked_at = np.isin(np.arange(evidence.n_classes), given[more])[evidence.y]
        pairs = _Pairs.of(true[more], given[more], evidence.n_classes)
        run = partial(_run, evidence, pairs, (n_wanted - race.n_seen)[more], clear=False)
        ahead = run(looked_at=lost)  # how far the others must come to take a place
        ahead.raise_bars()
        race = run(looked_at=looked_at, bar=_just_below(ahead.bar, np.float64))
        mask[race.finish()] = True
    return mask & lost


def _just_below(bar, dtype):
    return np.nextafter(bar.astype(dtype), dtype(-np.inf)).astype(np.float64)


def _bar_of_predicted(evidence, pairs, n_wanted, lost):
    """A bar below which no margin is among those wanted, by the most probable classes alone.

    It spares nearly all entries of the others, and needs no look at the probabilities.
    """
    race = Race(n_wanted)
    for start in range(0, len(lost), CHUNK):
        chunk = slice(start, start + CHUNK)
        rows = np.flatnonzero(lost[chunk])
        found = pairs.find(evidence.predicted[chunk].take(rows), evidence.y[chunk].take(rows))
        margins = evidence.predicted_proba[chunk].take(rows)
        margins -= evidence.self_confidence[chunk].take(rows)
        hits = np.flatnonzero((found >= 0) & (margins > CLEAR))
        race.add(hits.astype(np.int32), found.take(hits), margins.take(hits))
    race.raise_bars()
    return _just_below(race.bar, margins.dtype.type)


def _run(evidence, pairs, n_wanted, looked_at, clear, bar=None):
    race = Race(n_wanted, bar)
    if clear and pairs.number is not None:
        least = pairs.least(race.bar, evidence.pred_probs.dtype)
        look = partial(_clear_of_all, pairs=pairs, least=least, bar=race.bar)
    else:
        look = partial(_margins, pairs=pairs, clear=clear, bar=race.bar)
    positions = np.int32 if len(looked_at) < 1 << 31 else np.int64
    light = pairs.number is None  # few entries of a row are read
    blocks = evidence.each_block(look, evidence.y, looked_at, light=light)
    for block, (rows, found, margins) in blocks:
        race.add((rows + block.start).astype(positions), found, margins)
    return race
