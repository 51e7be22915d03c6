"""Detect label issues by classifiers fitted to separate parts of the data."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.parallel import delayed

from skclean._core._votes import best_of_each_class, cast_votes, outvoted, vote_quality
from skclean.detectors._base import BaseFittingDetector
from skclean.detectors._ensemble import default_tree
from skclean.detectors._ensemble_filter import issues_from_votes
from skclean.utils._cross_val import aligned_pred_probs, check_judged, fit_fold, seeded_clone
from skclean.utils._pred_probs import check_X_y
from skclean.utils._probabilities import HasProbabilities
from skclean.utils._review import check_review
from skclean.utils._sklearn import (
    Interval,
    StrOptions,
    _fit_context,
)
from skclean.utils._tasks import run_tasks
from skclean.utils._typing import Seed

MIN_PART_SIZE = 10


def stratified_parts(y, n_parts, order):
    """Number of the part of each sample; parts have equal shares of every class."""
    parts = np.empty(len(y), dtype=np.intp)
    parts[np.lexsort((order, y))] = np.arange(len(y)) % n_parts
    return parts


def known_pred_probs(estimator, X, y, classes):
    """Probabilities of a fitted classifier; NaN in rows whose given class it never saw."""
    pred_probs, known = aligned_pred_probs(estimator, X, classes)
    return np.where(known[y][:, np.newaxis], pred_probs, np.nan)


def _fit_part(estimator, X, y, codes, rows, classes, fit_params):
    fitted = fit_fold(estimator, X, y, rows, fit_params)
    return fitted, known_pred_probs(fitted, X, codes, classes)


class IterativePartitioning(BaseFittingDetector):
    """Flag what classifiers fitted to separate parts of the data misclassify.

    The data are split into parts, a classifier is fitted to each, and all of them vote
    on every sample. What they misclassify is flagged and left out; then the rest is
    split anew, until little more is found: the iterative-partitioning filter [1]_. One
    round, ``max_iter=1``, is a plain partitioning filter.

    Each classifier sees a small part of the data, so this suits large sets, where it is
    cheap, and fails on small ones, where the classifiers know too little. A classifier
    that memorizes its part always votes for the labels in it, which "majority" allows
    for and "consensus" does not: with it, use classifiers that are pruned or smooth.
    Rounds make up for noise that misleads the first classifiers, but also eat away what
    is hard, rare classes first.

    Parameters
    ----------
    estimator : estimator, default=None
        Classifier with `predict_proba`. None is a decision tree, as in [1]_, with at
        least 2 samples per leaf; it takes gaps, dataframes with text columns and sparse
        data.

    n_partitions : int, default=5
        Number of parts; fewer, but 2, where parts would have less than 10 samples.
        Parts with a single class have no classifier.

    voting : {"majority", "consensus"}, default="majority"
        Flag what more than half of the classifiers misclassify, or what all do.

    max_iter : int, default=10
        Largest number of rounds.

    tol : float, default=0.01
        A round that flags less than this share of all samples found little.

    n_iter_no_change : int, default=3
        Stop after as many rounds in a row that found little. Without `random_state` a
        round that found nothing is the last: the next one would split the same samples
        the same way.

    n_jobs : int, default=None
        Number of parts fitted at a time.

    random_state : int, RandomState instance or None, default=None
        Shuffles the samples before each split, and seeds what is unseeded in
        `estimator`. None deals them out in the order of the rows.

    Attributes
    ----------
    issues_ : LabelIssues
        The findings, aligned with `y`.

    label_quality_ : ndarray of shape (n_samples,)
        (votes for the given label + its mean probability) / (votes + 1) in the last
        round, in [0, 1]; lower is more likely wrong.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong, in whichever round it was flagged; a
        sample of every class stays.

    suggested_label_ : ndarray of shape (n_samples,)
        The label with most votes in the last round.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    estimators_ : list of estimators
        The classifiers of the last round.

    n_iter_ : int
        Number of rounds.

    n_flagged_ : list of int
        Number of samples that each round flagged.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    EnsembleFilter : Votes of different classifiers, each fitted to most of the data.

    References
    ----------
    .. [1] Khoshgoftaar & Rebours, "Improving Software Quality Prediction by Noise
       Filtering Techniques", Journal of Computer Science and Technology 22, 2007.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skclean.detectors import IterativePartitioning
    >>> X, y = load_iris(return_X_y=True)
    >>> y[[3, 60]] = [2, 0]
    >>> detector = IterativePartitioning(n_partitions=3, random_state=0).fit(X, y)
    >>> detector.issue_mask_[[3, 60]]
    array([ True,  True])
    """

    _parameter_constraints: dict = {
        "estimator": [HasProbabilities(), None],
        "n_partitions": [Interval(Integral, 2, None, closed="left")],
        "voting": [StrOptions({"majority", "consensus"})],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, 1, closed="both")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_partitions: int = 5,
        voting: str = "majority",
        max_iter: int = 10,
        tol: float = 0.01,
        n_iter_no_change: int = 3,
        n_jobs: int | None = None,
        random_state: Seed = None,
    ) -> None:
        self.estimator = estimator
        self.n_partitions = n_partitions
        self.voting = voting
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _inner_estimators(self, X=None):
        return [default_tree(X) if self.estimator is None else self.estimator]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse |= self.estimator is None
        return tags

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
            Data, in any form that the classifier takes.

        y : array-like of shape (n_samples,)
            Given labels.

        trusted : array-like of shape (n_samples,), dtype bool, default=None
            Labels of `y` that a person has checked. They are never flagged and keep their
            label.

        y_before : array-like of shape (n_samples,), default=None
            The labels before that review, equal to `y` where `trusted` is False. A second
            fit, to these, tells what was flagged then, from which precision is measured.

        **params : dict
            Metadata for the fits of the classifier, such as `sample_weight`: by metadata
            routing, or as plain keywords while it is disabled.

        Returns
        -------
        self : IterativePartitioning
            The fitted detector.
        """
        X, y, self.classes_, codes = check_X_y(self, X, y)
        estimator = seeded_clone(self._inner_estimators(X)[0], self.random_state)
        review = check_review(y, self.classes_, codes, trusted, y_before)
        trusted = np.zeros(len(y), dtype=bool) if review is None else review.trusted
        _, (fit_params,) = self._route(X, [estimator], params)
        random_state = None
        if self.random_state is not None:
            random_state = check_random_state(self.random_state)
        flagged = np.zeros(len(y), dtype=bool)
        self.n_flagged_, n_little = [], 0
        while len(self.n_flagged_) < self.max_iter and n_little < self.n_iter_no_change:
            found = self._round(estimator, X, y, codes, ~flagged, fit_params, random_state)
            if found is None:  # too little is left to vote on
                break
            votes, mean_probs = found
            more = outvoted(codes, votes, self.voting) & ~flagged & ~trusted
            best = best_of_each_class(codes, vote_quality(codes, votes, np.nan_to_num(mean_probs)))
            lost = np.bincount(codes[~flagged & ~more], minlength=len(best)) == 0
            before = flagged.copy()
            more[best[lost]] = flagged[best[lost]] = False
            self.n_flagged_.append(int(np.count_nonzero(more)))
            n_little = n_little + 1 if self.n_flagged_[-1] < self.tol * len(y) else 0
            flagged = flagged | more
            if random_state is None and np.array_equal(flagged, before):
                break  # the same parts would vote again
        if not self.n_flagged_:
            raise ValueError(
                "Some part must hold at least two classes. Got parts with one class each of "
                f"{len(y)} samples of classes {self.classes_[:5].tolist()}; there are too few."
            )
        self.n_iter_ = len(self.n_flagged_)
        check_judged(y, ~np.isnan(mean_probs[:, 0]))
        issues = issues_from_votes(codes, votes, mean_probs, flagged)
        flagged_before = self._flagged_before(X, review, params)
        return self._publish(issues, y, review, flagged_before)

    def _round(self, estimator, X, y, codes, kept, fit_params, random_state):
        """Votes and mean probabilities of classifiers fitted to parts of what is kept."""
        rows = np.flatnonzero(kept)
        n_parts = max(2, min(self.n_partitions, len(rows) // MIN_PART_SIZE))
        if len(rows) < 2 * MIN_PART_SIZE and not kept.all():
            return None
        order = (
            np.arange(len(rows)) if random_state is None else random_state.permutation(len(rows))
        )
        parts = stratified_parts(codes[rows], n_parts, order)
        parts = [rows[parts == part] for part in range(n_parts)]
        parts = [part for part in parts if len(np.unique(codes[part])) > 1]
        if not parts:
            return None
        fits = (
            delayed(_fit_part)(estimator, X, y, codes, part, self.classes_, fit_params)
            for part in parts
        )
        results = list(run_tasks(fits, self.n_jobs))
        self.estimators_ = [fitted for fitted, _ in results]
        return cast_votes(codes, [probs for _, probs in results])

    def _score_labels(self, X, y):
        probs = [known_pred_probs(fitted, X, y, self.classes_) for fitted in self.estimators_]
        votes, mean_probs = cast_votes(y, probs)
        return vote_quality(y, votes, np.nan_to_num(mean_probs))
