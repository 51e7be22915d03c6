"""Probabilities that come in batches: kept in files, or seen once and gone."""

from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from skclean._core import _joint
from skclean._core._evidence import Evidence
from skclean._core._prune import PRUNE
from skclean._issues import LabelIssues, NoiseEstimate
from skclean.noise_matrix._base import noise_estimate
from skclean.quality import quality_from_evidence
from skclean.utils._encoding import encode_labels
from skclean.utils._rows import StackedRows
from skclean.utils._sklearn import StrOptions, validate_params
from skclean.utils._typing import Collision, FloatArray, IntArray, Probabilities, Quality
from skclean.utils._validation import check_pred_probs

PRUNE_BY_ROW = ("confident", "predicted_neq_given")
QUALITY_BY_ROW = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")

__all__ = ["StackedRows", "StreamingConfidentLearning"]


class StreamingConfidentLearning:
    """Confident learning on batches that are not kept.

    Each step of confident learning needs what the step before found in all rows, so that
    a result is exact only after a pass of its own. Every method here says which pass it
    is; call it once for each batch of that pass.

    ============================  =================================  ======================
    pass                          then                               is exact
    ============================  =================================  ======================
    1, `partial_fit`              `label_quality_scores`             always
    1, `partial_fit`              `thresholds_`, `given_counts_`     for the rows so far
    2, `partial_fit_joint`        `confident_joint_`, `noise_`       if `exact_`
    3, `find_label_issues`        both rules                         if pass 1 is complete
    ============================  =================================  ======================

    Exact means: what :func:`~skclean.confident_joint`, the method "confident_joint" of
    :func:`~skclean.estimate_noise_matrix`, :func:`~skclean.label_quality_scores` and
    :func:`~skclean.find_label_issues` return for all rows at once.

    A stream that comes but once is served by calling all three methods on each batch, in
    their order: early rows are then counted and flagged by thresholds that rest on few
    rows, `exact_` is False, and what comes out is an approximation that improves as the
    stream goes on.

    Rules that compare each row with all others ("by_class", "by_noise_rate", "both",
    "by_posterior", "low_quality", the default) and the posterior are not offered: they
    need the rows again and again. Write the batches to files and give the functions
    :class:`StackedRows` of them; everything is exact then, in bounded memory too.

    Parameters
    ----------
    collision : {"restricted", "unrestricted"}, default="restricted"
        Where a sample goes that is confident for several classes; see
        :func:`~skclean.confident_joint`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, in the order of the columns.

    n_samples_seen_ : int
        Rows of the first pass so far.

    given_counts_ : ndarray of shape (n_classes,)
        Labels given each class among them.

    thresholds_ : ndarray of shape (n_classes,)
        Mean self-confidence of the samples given each class, the threshold of that class;
        2, which nothing reaches, for a class without a label so far.

    n_samples_counted_ : int
        Rows of the second pass so far.

    confident_joint_ : ndarray of shape (n_classes, n_classes)
        Confident counts by [true, given], scaled to the label counts of the first pass.

    noise_ : NoiseEstimate
        The estimate that follows from them.

    exact_ : bool
        Were all rows of the first pass counted in the second, by the final thresholds?

    See Also
    --------
    StackedRows : Batches in files as one matrix, for all functions.

    Notes
    -----
    Memory is that of one batch, and 8 bytes per pair of classes.

    Examples
    --------
    >>> from skclean.streaming import StreamingConfidentLearning
    >>> batches = [
    ...     (["cat"] * 4, [[0.9, 0.1]] * 3 + [[0.1, 0.9]]),
    ...     (["dog"] * 4, [[0.1, 0.9]] * 4),
    ... ]
    >>> stream = StreamingConfidentLearning()
    >>> for y, pred_probs in batches:
    ...     stream = stream.partial_fit(y, pred_probs, classes=["cat", "dog"])
    >>> for y, pred_probs in batches:
    ...     stream = stream.partial_fit_joint(y, pred_probs)
    >>> stream.confident_joint_
    array([[3, 0],
           [1, 4]])
    >>> stream.exact_
    True
    >>> stream.find_label_issues(*batches[0]).issue_mask
    array([False, False, False,  True])
    """

    @validate_params(
        {"collision": [StrOptions(set(_joint.COLLISIONS))]},
        prefer_skip_nested_validation=True,
    )
    def __init__(self, *, collision: Collision = "restricted"):
        self.collision = collision

    def partial_fit(
        self, y: ArrayLike, pred_probs: Probabilities, classes: ArrayLike | None = None
    ) -> Self:
        """First pass: take a batch into the thresholds.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Given labels of the batch.

        pred_probs : array-like of shape (n_samples, n_classes)
            Out-of-sample probabilities of the batch; rows sum to 1.

        classes : array-like of shape (n_classes,), default=None
            All classes of all batches, in the order of the columns. Required in the first
            call, optional and the same in those that follow.

        Returns
        -------
        self : StreamingConfidentLearning
            The object itself.
        """
        self._check_classes(classes)
        evidence = self._evidence(y, pred_probs)
        self.given_counts_ += evidence.given_counts
        # one by one and in double precision, so that the cut into batches leaves no trace
        np.add.at(self._confidence, evidence.y, evidence.self_confidence.astype(np.float64))
        self.n_samples_seen_ += len(evidence.y)
        return self

    def partial_fit_joint(self, y: ArrayLike, pred_probs: Probabilities) -> Self:
        """Second pass: count the confident rows of a batch by the thresholds.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Given labels of the batch.

        pred_probs : array-like of shape (n_samples, n_classes)
            Out-of-sample probabilities of the batch; rows sum to 1.

        Returns
        -------
        self : StreamingConfidentLearning
            The object itself.
        """
        self._check_fitted("thresholds", "partial_fit")
        thresholds = self.thresholds_
        evidence = self._evidence(y, pred_probs, thresholds)
        if self.n_samples_counted_ == 0:
            self._counted_by = thresholds
        elif not np.array_equal(self._counted_by, thresholds):
            self._counted_by = None  # by several: no thresholds equal it again
        n_classes = len(self.classes_)
        sure = evidence.guess >= 0
        cells = evidence.guess[sure].astype(np.intp) * n_classes + evidence.y[sure]
        found, n_found = np.unique(cells, return_counts=True)
        self._confident.reshape(-1)[found] += n_found
        self.n_samples_counted_ += len(evidence.y)
        return self

    def label_quality_scores(
        self, y: ArrayLike, pred_probs: Probabilities, *, quality: Quality = "self_confidence"
    ) -> FloatArray:
        """Score the labels of a batch, by its own probabilities alone.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Given labels of the batch.

        pred_probs : array-like of shape (n_samples, n_classes)
            Out-of-sample probabilities of the batch; rows sum to 1.

        quality : {"self_confidence", "normalized_margin", "confidence_weighted_entropy"}, \
                default="self_confidence"
            Label quality; see :func:`~skclean.label_quality_scores`.

        Returns
        -------
        label_quality : ndarray of shape (n_samples,)
            Scores in [0, 1], lower is more likely wrong.
        """
        self._check_option("quality", quality, QUALITY_BY_ROW)
        self._check_fitted("classes", "partial_fit")
        return quality_from_evidence(self._evidence(y, pred_probs), quality)

    def find_label_issues(
        self,
        y: ArrayLike,
        pred_probs: Probabilities,
        *,
        prune: Literal["confident", "predicted_neq_given"] = "confident",
        quality: Quality = "self_confidence",
    ) -> LabelIssues:
        """Third pass: find the label issues of a batch by the thresholds.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Given labels of the batch.

        pred_probs : array-like of shape (n_samples, n_classes)
            Out-of-sample probabilities of the batch; rows sum to 1.

        prune : {"confident", "predicted_neq_given"}, default="confident"
            Flag samples that are confidently of another class, or for which another class
            is the most probable. Labels that win, favoured by 1e-6, are not flagged.

        quality : {"self_confidence", "normalized_margin", "confidence_weighted_entropy"}, \
                default="self_confidence"
            Label quality; see :func:`~skclean.label_quality_scores`.

        Returns
        -------
        issues : LabelIssues
            The findings, aligned with the batch.
        """
        self._check_option("prune", prune, PRUNE_BY_ROW)
        self._check_option("quality", quality, QUALITY_BY_ROW)
        self._check_fitted("thresholds", "partial_fit")
        evidence = self._evidence(y, pred_probs, self.thresholds_)
        alone = self.given_counts_ == 1
        issues = LabelIssues(
            label_quality=quality_from_evidence(evidence, quality),
            issue_mask=PRUNE[prune](evidence) & ~evidence.label_wins & ~alone[evidence.y],
            suggested_label=evidence.predicted,
            suggested_proba=evidence.predicted_proba,
            pred_probs=evidence.pred_probs,
        )
        return issues.decode(self.classes_, self.classes_[evidence.y])

    @property
    def thresholds_(self) -> FloatArray:
        """Mean self-confidence of the samples given each class."""
        self._check_fitted("thresholds", "partial_fit")
        return _joint.mean_thresholds(self._confidence, self.given_counts_)

    @property
    def confident_joint_(self) -> IntArray:
        """Calibrated confident counts, by [true, given]."""
        self._check_fitted("confident joint", "partial_fit_joint")
        counts = self._confident.copy()
        np.fill_diagonal(counts, np.maximum(counts.diagonal(), 1))
        counts = _joint.PairCounts.of(counts)
        return _joint.calibrate_counts(counts, self.given_counts_).toarray()

    @property
    def noise_(self) -> NoiseEstimate:
        """The noise that follows from the confident joint."""
        return noise_estimate(self.confident_joint_ / self.n_samples_seen_, self.classes_)

    @property
    def exact_(self) -> bool:
        """Is the joint what it is for all rows of the first pass at once?"""
        return (
            getattr(self, "n_samples_counted_", 0) == getattr(self, "n_samples_seen_", -1)
            and self._counted_by is not None
            and np.array_equal(self._counted_by, self.thresholds_)
        )

    def _evidence(self, y, pred_probs, thresholds=None):
        _, codes = encode_labels(y, self.classes_)
        pred_probs = check_pred_probs(
            pred_probs, len(codes), self.classes_, way_out="every batch has all columns"
        )
        return Evidence(codes, pred_probs, thresholds=thresholds, collision=self.collision)

    def _check_classes(self, classes):
        if not hasattr(self, "classes_"):
            if classes is None:
                raise ValueError("classes must be passed on the first call to partial_fit.")
            self.classes_ = encode_labels(classes, classes)[0]
            n_classes = len(self.classes_)
            self.n_samples_seen_ = self.n_samples_counted_ = 0
            self.given_counts_ = np.zeros(n_classes, dtype=np.int64)
            self._confidence = np.zeros(n_classes)
            self._confident = np.zeros((n_classes, n_classes), dtype=np.int64)
            self._counted_by = None
        elif classes is not None and list(classes) != self.classes_.tolist():
            raise ValueError(
                f"classes={list(classes)[:10]} is not the same as on the first call to "
                f"partial_fit, {self.classes_[:10].tolist()}."
            )

    def _check_fitted(self, what, method):
        done = "n_samples_counted_" if method == "partial_fit_joint" else "n_samples_seen_"
        if not getattr(self, done, 0):
            raise AttributeError(
                f"This StreamingConfidentLearning has no {what} yet. Call {method} with every "
                "batch first."
            )

    def _check_option(self, name, value, options):
        if value not in options:
            raise ValueError(
                f"{name} must be one of {list(options)} for a stream. Got {value!r}; for the "
                "others write the batches to files and use StackedRows."
            )
