"""Detect label issues by several detectors together."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata
from sklearn.utils import check_array
from sklearn.utils.metaestimators import available_if
from sklearn.utils.parallel import delayed

from skclean._core._votes import class_votes
from skclean._issues import LabelIssues
from skclean.detectors._base import BaseDetector, BaseFittingDetector
from skclean.detectors._calibrated_vote import calibrate_votes, spread_within_levels
from skclean.detectors._confident_learning import ConfidentLearning
from skclean.detectors._ensemble_filter import EnsembleFilter
from skclean.detectors._forest_margin import ForestMargin
from skclean.detectors._instance_hardness import InstanceHardness
from skclean.detectors._neighbor_agreement import NeighborAgreement
from skclean.utils._cross_val import seeded_clone
from skclean.utils._metadata import takes_keyword
from skclean.utils._named_members import NamedMembersMixin
from skclean.utils._pred_probs import PredProbsMixin, check_X_y
from skclean.utils._review import check_review
from skclean.utils._sklearn import Interval, InvalidParameterError, StrOptions, _fit_context
from skclean.utils._tasks import run_tasks
from skclean.utils._typing import Seed

SMALL = 1e-9


def mean_ranks(qualities, weights):
    """Weighted mean over detectors of the share of samples that each rates lower.

    Samples of equal quality share their mean rank, so that a detector that rates all
    alike has no say in the order.
    """
    ranks = rankdata(qualities, axis=1) - 0.5
    return weights @ ranks / ranks.shape[1]


def shares_then_ranks(share, ranks, n_detectors):
    """Order samples by the share of the detectors that do not flag them, equals by rank.

    Ranks count less than the smallest difference between two shares.
    """
    levels = np.unique(np.round(share, 9))
    gap = min([1 / n_detectors, *np.diff(levels)])
    return np.clip(((1 - share) / gap + ranks) / (1 / gap + 1), 0, 1)


def _holds_numbers(X):
    """Is it a matrix of numbers without gaps, in any container?"""
    try:
        check_array(X, accept_sparse=True, ensure_min_samples=0, ensure_min_features=0)
    except (TypeError, ValueError):
        return False
    return True


def _all_can_score(self):
    """Can all detectors rate new rows?"""
    detectors = getattr(self, "detectors_", None) or self._inner_estimators()
    return all(hasattr(detector, "score_labels") for detector in detectors)


class EnsembleDetector(NamedMembersMixin, BaseFittingDetector):
    """Flag the samples that several detectors rate low together.

    Detectors of different kinds miss different errors. Their label qualities are not on
    one scale, so they are combined by rank, as rankings are by Borda's count [1]_, by
    counting flags, or by the probability that flags make a label wrong [2]_.

    Ranks and counts make every detector count alike, a poor one too. The calibrated vote
    learns from what the detectors flag together and apart how much the word of each is
    worth. It assumes that they err independently of one another, among wrong labels and
    among right ones. What breaks that breaks all three: detectors that share a cause,
    such as two that ask the same neighbors, or samples that are hard for all, outvote
    the others, and the calibrated vote is then too sure of itself. Leave out what you do
    not trust, or give it less weight.

    Parameters
    ----------
    detectors : list of detectors or of (name, detector) tuples, default=None
        The detectors, with names where their parameters are to be tuned as
        ``name__parameter``. None is :class:`NeighborAgreement`, :class:`ForestMargin` and
        :class:`EnsembleFilter` for numbers without gaps, and for other tables
        :class:`ConfidentLearning`, :class:`InstanceHardness` and :class:`EnsembleFilter`.

    voting : {"rank", "vote", "calibrated"}, default="rank"
        "rank" orders samples by their mean rank over the detectors, and flags as many
        as the detectors flag on average. "vote" orders them by the share of detectors
        that flag them, equals by mean rank, and flags what exceeds `threshold`.
        "calibrated" takes the probability of a wrong label given all flags instead of
        the share; it needs three detectors at least.

    threshold : float, default=0.5
        For "vote", samples that more than this share of the detectors flag are
        flagged; 0 flags what any of them does. For "calibrated", samples that are wrong
        with more than this probability.

    weights : list of float, default=None
        Weight of each detector. None weighs all alike. Only their proportions matter:
        for "calibrated" a detector of the largest weight has one independent vote, so
        give two that depend on each other half the weight.

    n_jobs : int, default=None
        Number of detectors fitted at a time.

    random_state : int, RandomState instance or None, default=None
        Seeds what is unseeded in `detectors`. None leaves them as they are.

    Attributes
    ----------
    issues_ : LabelIssues
        The findings, aligned with `y`.

    label_quality_ : ndarray of shape (n_samples,)
        For "rank", the mean share of samples that the detectors rate lower, in [0, 1];
        for "vote", the share of detectors that do not flag the sample, and within equal
        shares that mean, in [0, 1]. For "calibrated", the probability that the label is
        right; that mean orders samples with the same flags around it. Lower is more
        likely wrong.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong.

    suggested_label_ : ndarray of shape (n_samples,)
        The label that most detectors suggest; of equals, that of the first of them.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    detectors_ : list of detectors
        The fitted detectors.

    sensitivity_ : ndarray of shape (n_detectors,) or None
        For "calibrated", the estimated share of wrong labels that each detector flags.

    false_alarm_rate_ : ndarray of shape (n_detectors,) or None
        For "calibrated", the estimated share of right labels that each detector flags. A
        detector whose two shares are equal has no say.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    EnsembleFilter : Votes of several classifiers.
    InstanceHardness : Mean probability by several classifiers.

    Notes
    -----
    Where all detectors rate new rows, so does this one: `score_labels` is then the mean share
    of the fitted samples that each rates lower, whatever the voting.

    The calibrated vote is the latent-class model of [2]_ with the detectors as annotators
    of "right" or "wrong", fitted by expectation-maximisation from the share of flags. No
    true label is needed, but the two classes it finds are merely those that explain the
    flags best. That they are wrong and right labels rests on two bounds, that at most
    half of the labels are wrong and that no detector flags right labels more often than
    wrong ones, and on the detectors looking for the same thing: where classes overlap
    all of them flag hard samples too, "wrong" comes to mean "hard", and
    ``issues_.expected_precision`` is far too high. With three detectors the flags just
    suffice to fit the model, so one among them without a clue leaves the shares of the
    others to chance; with few flags, the made-up sample of either kind that keeps each
    share off 0 and 1 counts.

    References
    ----------
    .. [1] Dwork, Kumar, Naor & Sivakumar, "Rank Aggregation Methods for the Web",
       Proceedings of the 10th International Conference on World Wide Web, 2001.
    .. [2] Dawid & Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using
       the EM Algorithm", Applied Statistics 28, 1979.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skclean.detectors import EnsembleDetector, ForestMargin, NeighborAgreement
    >>> X, y = load_iris(return_X_y=True)
    >>> y[[3, 60]] = [2, 0]
    >>> detector = EnsembleDetector([NeighborAgreement(), ForestMargin()], voting="vote")
    >>> sorted(detector.fit(X, y).issues_.ranked_indices()[:2].tolist())
    [3, 60]
    >>> detector.suggested_label_[[3, 60]]
    array([0, 1])
    """

    _parameter_constraints: dict = {
        "detectors": [list, tuple, None],
        "voting": [StrOptions({"rank", "vote", "calibrated"})],
        "threshold": [Interval(Real, 0, 1, closed="left")],
        "weights": ["array-like", None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }
    _members_parameter = "detectors"

    def __init__(
        self,
        detectors: Any = None,
        *,
        voting: str = "rank",
        threshold: float = 0.5,
        weights: Any = None,
        n_jobs: int | None = None,
        random_state: Seed = None,
    ) -> None:
        self.detectors = detectors
        self.voting = voting
        self.threshold = threshold
        self.weights = weights
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _get_detectors(self, X=None):
        if self.detectors is None:
            if X is not None and not _holds_numbers(X):
                return [ConfidentLearning(), InstanceHardness(), EnsembleFilter()]
            return [NeighborAgreement(), ForestMargin(), EnsembleFilter()]
        detectors = self._members()
        strange = [detector for detector in detectors if not isinstance(detector, BaseDetector)]
        if strange or not detectors:
            raise InvalidParameterError(
                "The 'detectors' parameter of EnsembleDetector must be a list of detectors, at "
                "least one, or of (name, detector) tuples. Got "
                f"{strange[0] if strange else detectors!r} instead."
            )
        return detectors

    def _check_detectors(self, X=None):
        """Detectors and the weights of their votes, which sum to 1."""
        detectors = self._get_detectors(X)
        weights = np.ones(len(detectors))
        if isinstance(self.weights, dict):
            raise InvalidParameterError(
                "The 'weights' parameter of EnsembleDetector must be a list in the order of its "
                f"detectors. Got the dict {self.weights!r} instead."
            )
        if self.weights is not None:
            weights = check_array(
                self.weights, dtype=np.float64, ensure_2d=False, input_name="weights"
            )
        if weights.shape != (len(detectors),) or (weights < 0).any() or weights.sum() <= 0:
            raise InvalidParameterError(
                "The 'weights' parameter of EnsembleDetector must be one weight for each of its "
                f"{len(detectors)} detectors, none negative, not all 0. Got {self.weights!r}."
            )
        if self.voting == "calibrated" and np.count_nonzero(weights) < 3:
            raise InvalidParameterError(
                "voting='calibrated' of EnsembleDetector needs at least three detectors with a "
                f"weight: fewer do not tell how often each is right. Got "
                f"{np.count_nonzero(weights)}; use voting='rank' or 'vote'."
            )
        return detectors, weights / weights.sum()

    def _inner_estimators(self):
        if self.detectors is None and hasattr(self, "_by_default"):
            return self._by_default  # for the data of this fit
        return self._get_detectors()

    def _takes(self, name):
        return any(takes_keyword(detector, name) for detector in self._inner_estimators())

    def _share_out(self, X, detectors, params):
        unknown = [name for name in params if not self._takes(name)]
        if unknown:
            raise TypeError(
                f"No detector of this EnsembleDetector takes {' or '.join(unknown)}; leave it out."
            )
        shares = []
        for detector in detectors:
            share = {name: v for name, v in params.items() if takes_keyword(detector, name)}
            if "pred_probs" in share and isinstance(detector, PredProbsMixin):
                share = {"pred_probs": share["pred_probs"]}  # nothing is fitted, so no more
            shares.append(share)
        return {}, shares

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: Any,
        y: ArrayLike,
        trusted: ArrayLike | None = None,
        y_before: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Find the label issues of `y`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that all detectors take.

        y : array-like of shape (n_samples,)
            Given labels.

        trusted : array-like of shape (n_samples,), dtype bool, default=None
            Labels of `y` that a person has checked. They are never flagged and keep their
            label.

        y_before : array-like of shape (n_samples,), default=None
            The labels before that review, equal to `y` where `trusted` is False. A second
            fit, to these, tells what was flagged then, from which precision is measured.

        **params : dict
            Metadata for the detectors that take it, such as `sample_weight`, `groups` or
            `pred_probs`: by metadata routing, or as plain keywords while it is disabled.

        Returns
        -------
        self : EnsembleDetector
            The fitted detector.
        """
        self._check_detectors()  # complain of them before the data
        X, y, self.classes_, codes = check_X_y(self, X, y)
        detectors, weights = self._check_detectors(X)
        self._by_default = detectors
        review = check_review(y, self.classes_, codes, trusted, y_before)
        clones = [seeded_clone(detector, self.random_state) for detector in detectors]
        for detector in clones:
            detector._measures = False  # as all of them together will
        _, shares = self._route(X, clones, params)
        if review is not None:
            told = {"trusted": trusted, "y_before": y_before}
            for detector, share in zip(clones, shares, strict=True):
                share |= {name: v for name, v in told.items() if takes_keyword(detector, name)}
        fits = (
            delayed(detector.fit)(X, y, **share)
            for detector, share in zip(clones, shares, strict=True)
        )
        self.detectors_ = list(run_tasks(fits, self.n_jobs))
        flagged_before = self._flagged_before(X, review, params)
        return self._publish(self._combine(weights), y, review, flagged_before)

    def _combine(self, weights):
        found = [detector.issues_ for detector in self.detectors_]
        flags = np.column_stack([issues.issue_mask for issues in found])
        self.sensitivity_ = self.false_alarm_rate_ = None
        precision = float("nan")
        if self.voting == "calibrated":
            wrong, self.sensitivity_, self.false_alarm_rate_ = calibrate_votes(
                flags, weights / weights.max()
            )
            trust = weights * (self.sensitivity_ - self.false_alarm_rate_)
            weights = trust / trust.sum() if trust.sum() > SMALL else weights
        self._weights = weights
        ranks = mean_ranks([issues.label_quality for issues in found], weights)
        if self.voting == "calibrated":
            label_quality = spread_within_levels(1 - wrong, ranks)
            flagged = wrong > self.threshold
            if flagged.any():
                precision = float(wrong[flagged].mean())
        elif self.voting == "rank":
            label_quality, flagged = ranks, np.zeros(len(ranks), dtype=bool)
            n_flagged = round(weights @ flags.sum(axis=0))
            flagged[np.argsort(ranks, kind="stable")[:n_flagged]] = True
        else:
            share = flags @ weights
            label_quality = shares_then_ranks(share, ranks, len(found))
            flagged = share > self.threshold + SMALL
        votes = np.column_stack(
            [np.searchsorted(self.classes_, issues.suggested_label) for issues in found]
        )
        first = SMALL * np.arange(len(found), 0, -1)  # of equals
        counts = class_votes(votes, len(self.classes_), weights + first)
        return LabelIssues(
            label_quality=label_quality,
            issue_mask=flagged,
            suggested_label=counts.argmax(axis=1),
            expected_precision=precision,
        )

    @available_if(_all_can_score)
    def _score_labels(self, X, y):
        """Weighted mean over the detectors of the share of fitted samples that each rates lower."""
        labels = self.classes_[y]
        shares = []
        for detector in self.detectors_:
            known, new = np.sort(detector.label_quality_), detector.score_labels(X, labels)
            below, upto = (np.searchsorted(known, new, side) for side in ("left", "right"))
            shares.append((below + upto) / (2 * len(known)))
        return self._weights @ np.array(shares)
