"""All that one set of probabilities says about one set of given labels."""

from functools import cached_property, partial

import numpy as np
from scipy.special import expit

from skclean._core import _joint, _verdict
from skclean._core._algebra import noise_matrix_from_joint
from skclean._core._anchors import anchor_counts, typical_counts
from skclean._core._blocks import each_block
from skclean._core._classes import class_counts
from skclean._core._noise_rows import NoiseRows
from skclean._core._posterior import (
    N_ITER,
    Posterior,
    PosteriorTerms,
    cautious_posterior,
    label_posteriors,
    posterior_pass,
)
from skclean._core._prune import keep_minimum, n_by_posterior
from skclean._core._rescaling import fit_rescaling
from skclean._core._scan import label_wins, scan
from skclean._core._shrinkage import agreed_noise, shrink_counts
from skclean._core._transition import shares_right


class Evidence:
    """Quantities shared by scores, pruning rules and matrices, each computed once.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Given labels as codes 0..K-1.

    pred_probs : array of shape (n_samples, n_classes)
        Out-of-sample probabilities; read by blocks of rows.

    thresholds : ndarray of shape (n_classes,), default=None
        Thresholds of the confident classes; None takes the mean self-confidence.

    collision : {"restricted", "unrestricted"}, default="restricted"
        Which classes a sample that is confident for several may go to.

    joint : ndarray of shape (n_classes, n_classes), default=None
        p(true, given) from elsewhere; None takes the calibrated confident joint for
        counts, and typical confident rows for the posterior.

    min_samples_per_class : int, default=5
        Samples of each class that the counting rules leave alone.

    posterior_terms : PosteriorTerms, default=None
        The `posterior_terms` of other evidence, to rate rows as it would have.

    with_joint : bool, default=True
        Is `posterior_joint` wanted? It comes in the same pass over the rows as the posterior of
        the labels, and takes a matrix of all pairs of classes.

    scan : Scan, default=None
        What `scan` finds, where it was done before.

    map : callable, default=map
        Applies a function to blocks of rows, in any order of execution.
    """

    def __init__(
        self,
        y,
        pred_probs,
        *,
        thresholds=None,
        collision="restricted",
        joint=None,
        min_samples_per_class=5,
        posterior_terms=None,
        with_joint=True,
        scan=None,
        map=map,
    ):
        self.y = y
        self.pred_probs = pred_probs
        self.n_classes = pred_probs.shape[1]
        self.collision = collision
        self.min_samples_per_class = min_samples_per_class
        self._with_joint = with_joint
        self._map = map
        if scan is not None:
            self.scan = scan
        if thresholds is not None:
            self.thresholds = thresholds
        self._joint_given = joint is not None
        if posterior_terms is not None:
            self.posterior_terms = posterior_terms
            self.rescaling = posterior_terms.rescaling
        if joint is not None:
            self.joint = joint

    @cached_property
    def given_counts(self):
        return np.bincount(self.y, minlength=self.n_classes)

    def each_block(self, function, *columns, light=False):
        """`function` applied to every block of rows; see `_blocks.each_block`."""
        return each_block(function, self.pred_probs, *columns, map=self._map, light=light)

    @cached_property
    def scan(self):
        return scan(self.y, self.pred_probs, map=self._map)

    @property
    def self_confidence(self):
        """Probability of the given label."""
        return self.scan.self_confidence

    @property
    def predicted(self):
        """Most probable class; equal probabilities go to the lowest class."""
        return self.scan.predicted

    @property
    def predicted_proba(self):
        return self.scan.predicted_proba

    @cached_property
    def label_wins(self):
        """Is the given label, favoured by 1e-6, the most probable class?"""
        return label_wins(self.y, self.scan)

    @cached_property
    def thresholds(self):
        return _joint.class_thresholds(self.y, self.self_confidence, self.given_counts)

    @cached_property
    def guess(self):
        return _joint.confident_classes(
            self.pred_probs, self.scan, self.thresholds, self.collision, map=self._map
        )

    @cached_property
    def confident_counts(self):
        return _joint.count_confident(self.y, self.guess, self.n_classes)

    @cached_property
    def calibrated_counts(self):
        return _joint.calibrate_counts(self.confident_counts, self.given_counts)

    @cached_property
    def joint(self):
        return self.calibrated_counts.toarray() / len(self.y)

    @cached_property
    def prune_counts(self):
        """How many samples of each [true, given] pair the counting rules may flag."""
        if self._joint_given:
            counts = _joint.PairCounts.of(self.joint * len(self.y))
            counts = _joint.calibrate_counts(counts, self.given_counts)
        else:
            counts = self.calibrated_counts
        return keep_minimum(counts, self.min_samples_per_class)

    @property
    def _guess_proba(self):
        """Probability of the confident class."""
        other = (self.guess >= 0) & (self.guess != self.predicted)
        if not other.any():
            return self.predicted_proba
        probability = self.predicted_proba.copy()
        for rows, found in self.each_block(_at, np.maximum(self.guess, 0), other):
            probability[rows][other[rows]] = found
        return probability

    @cached_property
    def rescaling(self):
        """What makes the probabilities fit for a posterior."""
        return fit_rescaling(self.y, self.pred_probs, self.self_confidence)

    @cached_property
    def posterior_terms(self):
        """All that is fitted of the posterior."""
        if self._joint_given:
            noise = NoiseRows.of(noise_matrix_from_joint(self.joint))
            return PosteriorTerms(noise, self.rescaling, N_ITER, 0.0)
        typical = typical_counts(self.y, self.guess, self._guess_proba, self.n_classes)
        shares = self.given_counts / len(self.y)
        noise, disputed = agreed_noise(shrink_counts(typical), self.anchor_noise, shares)
        return PosteriorTerms(noise, self.rescaling, None, disputed)

    @cached_property
    def _posterior(self):
        terms = self.posterior_terms
        return Posterior(terms.noise, self.pred_probs.dtype, terms.rescaling, terms.n_iter)

    @cached_property
    def _posterior_pass(self):
        return posterior_pass(self.y, self.pred_probs, self._posterior, map=self._map)

    @cached_property
    def plain_posterior(self):
        """p(true = given | x, given), the noise matrix taken to be right."""
        if self._with_joint:
            return self._posterior_pass[0]
        return label_posteriors(self.y, self.pred_probs, self._posterior, map=self._map)

    def _cautious_posterior(self):
        disputed = self.posterior_terms.disputed
        return cautious_posterior(self.plain_posterior, self.self_confidence, disputed)

    @cached_property
    def label_posterior(self):
        """p(true = given | x, given), with caution where the noise matrix is in doubt."""
        return self._cautious_posterior()

    @cached_property
    def posterior_joint(self):
        """The joint that the posterior implies."""
        return self._posterior.joint(self.y, *self._posterior_pass)

    @cached_property
    def averaged_quality(self):
        """Mean of posterior and self-confidence."""
        quality = self._cautious_posterior() + self.self_confidence  # which is not held
        quality /= 2
        return quality

    @property
    def has_anchors(self):
        """Which classes have rows that are purer than others, (n_classes,) bool."""
        return self._anchors[1]

    @property
    def anchor_noise(self):
        """p(given | true) as the purest rows of each class show it, in `NoiseRows`."""
        return self._anchors[0]

    @cached_property
    def _anchors(self):
        counts = anchor_counts(self.y, self.predicted, self.predicted_proba, self.n_classes)
        known = counts.by_true(counts.values) > 0
        return shrink_counts(counts).certain(~known), known

    @cached_property
    def _anchored_right(self):
        """p(true = given = k), were all rows like the purest ones, (n_classes,)."""
        return shares_right(self.anchor_noise, self.given_counts / len(self.y))

    @property
    def anchor_noise_rate(self):
        """Share of wrong labels, were all rows like the purest ones."""
        return float(max(1 - self._anchored_right.sum(), 0))

    @property
    def counted_noise_rate(self):
        """Share of wrong labels by the joint: 1 - its trace."""
        if self._joint_given:
            return 1 - self.joint.trace()
        return 1 - self.calibrated_counts.diagonal().sum() / len(self.y)

    @cached_property
    def disagreement(self):
        """Share of given labels that the most probable class contradicts."""
        return float(np.mean(self.predicted != self.y))

    @cached_property
    def n_contradicted(self):
        """How many labels of each given class the most probable class contradicts."""
        return class_counts(self.y, self.n_classes, self.predicted != self.y)

    @cached_property
    def overlap(self):
        """Share of right labels given each class that the model contradicts, (n_classes,)."""
        counts = np.maximum(self.given_counts, 1)
        wrong = self.given_counts - self._anchored_right * len(self.y)
        own = _verdict.overlap(self.n_contradicted / counts, wrong / counts)
        overall = _verdict.overlap(self.disagreement, self.anchor_noise_rate)
        return _verdict.class_overlap(own, overall)

    @cached_property
    def log_seen(self):
        """Log of how far the model sees each class, (n_classes,), at most 0."""
        n_right = self.given_counts - self.n_contradicted
        n_predicted = class_counts(self.predicted, self.n_classes)
        return _verdict.log_seen(self.given_counts, n_right, n_predicted)

    @property
    def seen(self):
        """How much of what the model contradicts is of classes that it sees, in [0, 1]."""
        return self.n_contradicted @ np.exp(self.log_seen) / max(self.n_contradicted.sum(), 1)

    @cached_property
    def n_by_posterior(self):
        """Size of the set of largest expected F1."""
        return n_by_posterior(self.plain_posterior)

    @cached_property
    def odds_contradicted(self):
        """Log-odds of a label that the model contradicts to be wrong, on average."""
        n_rows = class_counts(self.predicted, self.n_classes)
        contradicted = self.predicted != self.y
        n_contradicted = class_counts(self.predicted, self.n_classes, contradicted)
        share = n_contradicted / np.maximum(n_rows, 1)
        rate = 1 - self.anchor_noise.diagonal
        wrong = _verdict.wrong_by_anchors(share, rate, self.n_classes) @ n_rows
        return _verdict.odds_contradicted(
            wrong / len(self.y),
            self.disagreement,
            doubt=1 - self.predicted_proba.mean(dtype=np.float64),
            counted=(self.counted_noise_rate, self.n_by_posterior / len(self.y)),
            overlap=self.overlap,
            n_contradicted=self.n_contradicted,
            seen=self.seen,
            anchored=n_contradicted @ self.has_anchors / max(n_contradicted.sum(), 1),
        )

    @property
    def noise_rate_bounds(self):
        """Smallest and largest noise rate that labels and predictions allow."""
        n_samples = len(self.y)
        by_chance = 1 - np.sum((self.given_counts / n_samples) ** 2)
        shown = self.anchor_noise_rate
        return _verdict.noise_rate_bounds(self.disagreement, by_chance, shown, n_samples, self.seen)

    def chance_wrong(self, mask, least=0):
        """Calibrated p(label is wrong) of the samples in `mask`; `least` as in `quality_odds`."""
        quality, contradicted = self.averaged_quality, np.flatnonzero(self.predicted != self.y)
        odds = _verdict.quality_odds(quality.take(contradicted), least=least)
        shift = _verdict.common_shift(odds, self.odds_contradicted)
        return expit(_verdict.quality_odds(quality[mask], least=least) + shift)

    def cautious_chance_wrong(self, mask, max_fdr):
        """The same, as `max_fdr` takes it: with caution, and no surer than few votes allow."""
        chance = self.chance_wrong(mask, _verdict.COARSE * self.rescaling.floor)
        chance = np.minimum(chance, self.chance_wrong(mask))
        return _verdict.cautious(chance, self.odds_contradicted, max_fdr)

    def stands(self, mask):
        """Which of the flagged samples overlap of the classes could not explain."""
        standing = np.zeros_like(mask)
        if not mask.any():
            return standing
        anchored = Posterior(self.anchor_noise, self.pred_probs.dtype, self.rescaling)
        for rows, found in self.each_block(partial(_of_some, anchored.of_labels), self.y, mask):
            given = self.y[rows][mask[rows]]
            standing[rows][mask[rows]] = _verdict.stands(
                found,
                self.overlap[given],
                self.disagreement,
                self.odds_contradicted,
                self.log_seen[given],
            )
        return standing


def _at(block, codes, mask):
    """The entry at their code of the rows in `mask`."""
    rows = np.flatnonzero(mask)
    return block[rows, codes[rows]]


def _of_some(function, block, codes, mask):
    """`function` of the rows in `mask`."""
    rows = np.flatnonzero(mask)
    return function(np.asarray(block[rows]), codes[rows])
