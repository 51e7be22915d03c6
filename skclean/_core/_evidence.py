"""All that one set of probabilities says about one set of given labels."""

from functools import cached_property

import numpy as np
from scipy.special import expit

from skclean._core import _joint, _verdict
from skclean._core._algebra import noise_matrix_from_joint
from skclean._core._anchors import anchor_counts, typical_counts
from skclean._core._blocks import row_blocks, rows_per_block
from skclean._core._posterior import N_EARLY, N_ITER, posterior_pass, true_label_posterior
from skclean._core._prune import keep_minimum, n_by_posterior
from skclean._core._rescaling import fit_rescaling
from skclean._core._shrinkage import shrink_counts
from skclean._core._transition import joint_from_transition

LABEL_BONUS = 1e-6  # the given label wins where it is this close to the best one


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

    posterior_terms : tuple, default=None
        The `posterior_terms` of other evidence, to rate rows as it would have.

    map : callable, default=map
        Applies the posterior to blocks of rows, in any order of execution.
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
        map=map,
    ):
        self.y = y
        self.pred_probs = pred_probs
        self.n_classes = pred_probs.shape[1]
        self.collision = collision
        self.min_samples_per_class = min_samples_per_class
        self._map = map
        if thresholds is not None:
            self.thresholds = thresholds
        self._joint_given = joint is not None
        self.n_iter = N_ITER if self._joint_given else N_EARLY
        if posterior_terms is not None:
            self.noise_matrix, self.rescaling, self.n_iter = posterior_terms
        if joint is not None:
            self.joint = joint

    @cached_property
    def given_counts(self):
        return np.bincount(self.y, minlength=self.n_classes)

    @cached_property
    def self_confidence(self):
        return _joint.self_confidence(self.y, self.pred_probs)

    @cached_property
    def _best(self):
        predicted = np.empty(len(self.y), dtype=np.intp)
        best = np.empty(len(self.y), dtype=self.pred_probs.dtype)
        for rows in row_blocks(self.pred_probs):
            block = np.asarray(self.pred_probs[rows])
            predicted[rows] = block.argmax(axis=1)
            best[rows] = block.max(axis=1)
        return predicted, best

    @property
    def predicted(self):
        """Most probable class; equal probabilities go to the lowest class."""
        return self._best[0]

    @property
    def predicted_proba(self):
        return self._best[1]

    @cached_property
    def label_wins(self):
        """Is the given label, favoured by 1e-6, the most probable class?"""
        favoured = self.self_confidence + self.self_confidence.dtype.type(LABEL_BONUS)
        first = (favoured == self.predicted_proba) & (self.y < self.predicted)
        return (self.predicted == self.y) | (favoured > self.predicted_proba) | first

    @cached_property
    def thresholds(self):
        return _joint.class_thresholds(self.y, self.self_confidence, self.n_classes)

    @cached_property
    def guess(self):
        return _joint.confident_classes(self.pred_probs, self.thresholds, self.collision)

    @cached_property
    def confident_counts(self):
        return _joint.count_confident(self.y, self.guess, self.n_classes)

    @cached_property
    def calibrated_counts(self):
        return _joint.calibrate_counts(self.confident_counts, self.given_counts)

    @cached_property
    def joint(self):
        return self.calibrated_counts / len(self.y)

    @cached_property
    def prune_counts(self):
        """How many samples of each [true, given] pair the counting rules may flag."""
        counts = _joint.calibrate_counts(self.joint * len(self.y), self.given_counts)
        return keep_minimum(counts, self.min_samples_per_class)

    @cached_property
    def noise_matrix(self):
        """The p(given | true) that the posterior rests on."""
        if self._joint_given:
            return noise_matrix_from_joint(self.joint)
        probability = _joint.self_confidence(np.maximum(self.guess, 0), self.pred_probs)
        return shrink_counts(typical_counts(self.y, self.guess, probability, self.n_classes))

    @cached_property
    def rescaling(self):
        """What makes the probabilities fit for a posterior."""
        return fit_rescaling(self.y, self.pred_probs, self.self_confidence)

    @property
    def posterior_terms(self):
        """All that is fitted of the posterior: noise matrix, rescaling, number of steps."""
        return self.noise_matrix, self.rescaling, self.n_iter

    @cached_property
    def _posterior(self):
        return posterior_pass(
            self.y,
            self.pred_probs,
            self.noise_matrix,
            rescale=self.rescaling,
            n_iter=self.n_iter,
            map=self._map,
        )

    @property
    def label_posterior(self):
        """p(true = given | x, given)."""
        return self._posterior[0]

    @property
    def posterior_joint(self):
        """The joint that the posterior implies."""
        return self._posterior[1]

    @property
    def averaged_quality(self):
        """Mean of posterior and self-confidence."""
        return (self.label_posterior + self.self_confidence) / 2

    @cached_property
    def anchor_matrix(self):
        """p(given | true) as the purest rows of each class show it."""
        counts = anchor_counts(self.y, self.predicted, self.predicted_proba, self.n_classes)
        matrix = shrink_counts(counts)
        unknown = counts.sum(axis=1) == 0
        matrix[unknown] = np.eye(self.n_classes)[unknown]
        return matrix

    @cached_property
    def anchor_joint(self):
        """p(true, given), were all rows like the purest ones."""
        return joint_from_transition(self.anchor_matrix, self.given_counts / len(self.y))

    @property
    def anchor_noise_rate(self):
        """Share of wrong labels, were all rows like the purest ones."""
        return float(max(1 - self.anchor_joint.trace(), 0))

    @cached_property
    def disagreement(self):
        """Share of given labels that the most probable class contradicts."""
        return float(np.mean(self.predicted != self.y))

    @cached_property
    def overlap(self):
        """Share of right labels given each class that the model contradicts, (n_classes,)."""
        counts = np.maximum(self.given_counts, 1)
        contradicted = np.bincount(self.y[self.predicted != self.y], minlength=self.n_classes)
        wrong = self.anchor_joint.sum(axis=0) - self.anchor_joint.diagonal()
        own = _verdict.overlap(contradicted / counts, wrong * len(self.y) / counts)
        overall = _verdict.overlap(self.disagreement, self.anchor_noise_rate)
        return _verdict.class_overlap(own, overall)

    @cached_property
    def n_by_posterior(self):
        """Size of the set of largest expected F1."""
        return n_by_posterior(self.label_posterior)

    @cached_property
    def odds_contradicted(self):
        """Log-odds of a label that the model contradicts to be wrong, on average."""
        n_rows = np.bincount(self.predicted, minlength=self.n_classes)
        contradicted = self.predicted != self.y
        share = np.bincount(self.predicted[contradicted], minlength=self.n_classes)
        share = share / np.maximum(n_rows, 1)
        rate = 1 - self.anchor_matrix.diagonal()
        wrong = _verdict.wrong_by_anchors(share, rate, self.n_classes) @ n_rows
        return _verdict.odds_contradicted(
            wrong / len(self.y),
            self.disagreement,
            doubt=1 - self.predicted_proba.mean(dtype=np.float64),
            counted=(1 - self.joint.trace(), self.n_by_posterior / len(self.y)),
            overlap=self.overlap[self.y[contradicted]],
        )

    @property
    def noise_rate_bounds(self):
        """Smallest and largest noise rate that labels and predictions allow."""
        return _verdict.noise_rate_bounds(self.disagreement, self.anchor_noise_rate, len(self.y))

    @cached_property
    def chance_wrong(self):
        """Calibrated p(label is wrong), (n_samples,)."""
        odds = _verdict.quality_odds(self.averaged_quality)
        contradicted = self.predicted != self.y
        return expit(odds + _verdict.common_shift(odds[contradicted], self.odds_contradicted))

    def stands(self, rows):
        """Which of some flagged rows overlap of the classes could not explain."""
        standing = np.zeros(len(rows), dtype=bool)
        step = rows_per_block(self.pred_probs)
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            posterior = true_label_posterior(
                self.y[block],
                self.rescaling(np.asarray(self.pred_probs[block])),
                self.anchor_matrix,
                N_EARLY,
            )
            own = posterior[np.arange(len(block)), self.y[block]]
            standing[start : start + step] = _verdict.stands(
                own, self.overlap[self.y[block]], self.odds_contradicted
            )
        return standing

    def prunable_classes(self):
        """Classes with samples to spare, each with the indices of its samples."""
        order = np.argsort(self.y, kind="stable")
        ends = np.cumsum(self.given_counts)
        for given in np.flatnonzero(self.given_counts > self.min_samples_per_class):
            yield given, order[ends[given] - self.given_counts[given] : ends[given]]

    def margins(self, rows, given, others):
        """p(other) - p(given) of some samples, (len(rows), len(others))."""
        margins = np.empty((len(rows), len(others)), dtype=self.pred_probs.dtype, order="F")
        step = rows_per_block(self.pred_probs)
        for start in range(0, len(rows), step):
            block = slice(start, start + step)
            probs = np.asarray(self.pred_probs[rows[block]])
            margins[block] = probs[:, others] - probs[:, [given]]
        return margins
