"""Detect label issues that out-of-sample predictions contradict."""

from numbers import Integral, Real
from typing import Any, Literal

from skclean._core._evidence import Evidence
from skclean._core._prune import prune_mask
from skclean.detectors._base import BaseProbaDetector, keep_enough
from skclean.detectors._rounds import Rounds
from skclean.noise_matrix._base import BaseJoint, noise_estimate
from skclean.quality import (
    PRUNE_NAMES,
    QUALITY_NAMES,
    issues_from_evidence,
    quality_from_evidence,
)
from skclean.utils._cross_val import DEFAULT_N_SPLITS
from skclean.utils._parts import resolve_part
from skclean.utils._sklearn import Interval, StrOptions
from skclean.utils._threads import block_map
from skclean.utils._typing import PruneRule, Quality, Seed

N_ROUNDS = 2
N_SPLITS = 3  # with two rounds as many rows to train on as 5 folds of one


class ConfidentLearning(BaseProbaDetector):
    """Flag labels that out-of-sample predictions confidently contradict.

    A classifier predicts every sample without having seen it; from how often it is
    confident of another class than the given one follows how many labels of each class
    are wrong, and the least plausible ones are flagged [1]_.

    Parameters
    ----------
    estimator : estimator, default=None
        Classifier with `predict_proba`. None is gradient boosting, which takes numbers
        with gaps and dataframes with text columns. A
        :class:`~sklearn.frozen.FrozenEstimator` is taken to have been fitted on other
        data.

    prune : str, default=None
        Which samples to flag; see :func:`skclean.find_label_issues`. None is the vote
        described there, the only rule that tells flags which overlap could explain.

    quality : str, default="averaged"
        How each label is scored; see :func:`skclean.label_quality_scores`.

    noise_matrix : BaseJoint or str, default=None
        The method of :mod:`skclean.noise_matrix` that counts and posterior rest on, or
        its name. None takes confident learning's own joint for the counts, typical rows
        for the posterior, and reports `AveragedJoint()` in ``issues_.noise``.

    max_fdr : float, default=None
        Keep as many flags as have an expected share of false ones of at most this, in
        [0, 1], with caution; see :func:`skclean.find_label_issues`.

    n_rounds : int, default=None
        Rounds of cross-validation [2]_; from the second on, the classifier is trained
        without the samples that "by_noise_rate" flags by the rounds before, though with
        at least 10 and a tenth of each class. The rounds are pooled, later ones with more
        weight. None is 2.

    n_neighbors : int, "auto" or None, default="auto"
        Number of nearest neighbors whose labels are pooled with each round as one more
        opinion, weighed by how well it predicts the given labels; columns are scaled to
        unit variance for it, and samples of the same group do not vote on each other.
        "auto" is 10 where X holds numbers without gaps, else None: ask no neighbors. Of
        more than 4,000 rows, as many drawn at random (always the same) may vote, so that
        the time grows with the number of rows alone. Neighbors add the most where they
        see what the classifier does not.

    smooth : bool, default=True
        Mix the probabilities of each round with the class shares, as far as the given
        labels ask for it, so that none is 0.

    cv : int, cross-validation generator, iterable or "oob", default=None
        Folds. None is 3 stratified folds (5 with ``n_rounds=1``, for the same number of
        rows to train on), an int as many; where `groups` are given without metadata
        routing, these keep groups together. Predictions of repeated folds are averaged.
        "oob" fits a bagging classifier once and lets each sample be judged by the members
        that left it out; see the notes.

    n_jobs : int, default=None
        Number of folds fitted at a time, or with ``cv="oob"`` of members where the
        estimator says no other, and of jobs of the neighbor search; the result does not
        depend on it.

    random_state : int, RandomState instance or None, default=None
        Shuffles the folds of an int `cv`, and seeds what is unseeded in `estimator`.
        None leaves the rows of an int `cv` in order and the estimator as it is; those of
        `cv=None` are shuffled all the same, always alike.

    memory : str or object with the joblib.Memory interface, default=None
        Caches the probabilities and the fitted folds, so that a search over `prune`,
        `quality` or `max_fdr` fits the classifier once per fold.

    Attributes
    ----------
    issues_ : LabelIssues
        The findings, aligned with `y`.

    label_quality_ : ndarray of shape (n_samples,)
        Quality of each given label in [0, 1]; lower is more likely wrong. Samples that
        no fold could judge, because no training part held their class, and those that were
        in the bag of every member, have 1.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong.

    suggested_label_ : ndarray of shape (n_samples,)
        The most probable label of each sample.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    joint_ : ndarray of shape (n_classes, n_classes)
        The p(true = i, given = j) that the counts rest on; sums to 1.

    thresholds_ : ndarray of shape (n_classes,)
        Mean self-confidence of the samples given each class, in [0, 1].

    pred_probs_ : ndarray of shape (n_samples, n_classes)
        Out-of-sample probabilities, pooled over rounds and neighbors; rows of NaN could
        not be judged. With more than one round they overrate the classifier a little:
        each label had a say in which others the last round was trained on.

    pruning_gain_ : float
        By how many standard errors the classifiers of the last round, trained without
        flagged samples, agree more often with the given labels of held-out samples than
        those of the first; NaN where there was one round. Wrong labels disturb both
        alike, so a gain shows that pruning helps on the true labels too [3]_.

    estimators_ : list of estimators
        The classifier of each fold of the last round, or the one of ``cv="oob"``; empty
        if the probabilities were given.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    skclean.find_label_issues : The same from probabilities, without a classifier.
    skclean.NoisyLabelFilter : Drop what a detector flags.

    Notes
    -----
    ``cv="oob"`` costs one fit a round. It is for classifiers that bag: random forests, extra
    trees with ``bootstrap=True`` and `BaggingClassifier`, alone or as the last step of a
    pipeline, whose other steps see all rows. About 37 % of the members judge each sample,
    so take 100 at least. It is never chosen by itself: `benchmarks/oob.py` prints what it
    saves and what it loses in the ranking of wrong labels, which is nothing to speak of in
    two rounds, but something in one. `groups` are refused, as members judge samples whose
    group they saw.

    Detection need not use the classifier that is to be trained in the end. A cheaper one in
    ``NoiseAwareClassifier(classifier, detector=ConfidentLearning(cheaper))`` saves most of
    the cost, often at little loss; `benchmarks/cheap_detector.py` prints both.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.
    .. [2] Chen, Liao, Chen & Zhang, "Understanding and Utilizing Deep Neural Networks
       Trained with Noisy Labels", ICML 2019.
    .. [3] Chen, Ye, Chen, Zhao & Heng, "Robustness of Accuracy Metric and its Inspirations
       in Learning with Noisy Labels", AAAI 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skclean.detectors import ConfidentLearning
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> y = y.map({0: "setosa", 1: "versicolor", 2: "virginica"})
    >>> y.iloc[[3, 60]] = ["virginica", "setosa"]
    >>> detector = ConfidentLearning(LogisticRegression(max_iter=1000)).fit(X, y)
    >>> worst = detector.issues_.ranked_indices()[:2]
    >>> sorted(worst.tolist())
    [3, 60]
    >>> detector.suggested_label_[3]
    'setosa'
    """

    _parameter_constraints: dict = {
        **BaseProbaDetector._parameter_constraints,
        "prune": [StrOptions(PRUNE_NAMES), None],
        "quality": [StrOptions(QUALITY_NAMES)],
        "noise_matrix": [BaseJoint, str, None],
        "max_fdr": [Interval(Real, 0, 1, closed="both"), None],
        "n_neighbors": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"}), None],
        "smooth": ["boolean"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        prune: PruneRule | None = None,
        quality: Quality = "averaged",
        noise_matrix: BaseJoint | str | None = None,
        max_fdr: float | None = None,
        n_rounds: int | None = None,
        n_neighbors: int | Literal["auto"] | None = "auto",
        smooth: bool = True,
        cv: Any = None,
        n_jobs: int | None = None,
        random_state: Seed = None,
        memory: Any = None,
    ) -> None:
        self.estimator = estimator
        self.prune = prune
        self.quality = quality
        self.noise_matrix = noise_matrix
        self.max_fdr = max_fdr
        self.n_rounds = n_rounds
        self.n_neighbors = n_neighbors
        self.smooth = smooth
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.memory = memory

    def _rounds(self):
        n_rounds = N_ROUNDS if self.n_rounds is None else self.n_rounds
        return Rounds(
            n_rounds,
            DEFAULT_N_SPLITS if n_rounds == 1 else N_SPLITS,
            self._rows_to_keep,
            smooth=self.smooth,
            n_neighbors=self.n_neighbors,
            n_jobs=self.n_jobs,
        )

    def _rows_to_keep(self, y, pred_probs):
        # the same whatever prune and quality, so that `memory` serves a search over them
        evidence = Evidence(y, pred_probs, with_joint=False, map=block_map())
        keep = ~prune_mask(evidence, "by_noise_rate")
        return keep_enough(y, keep, lambda: quality_from_evidence(evidence, "averaged"))

    def _detect_proba(self, y, pred_probs, trusted=None):
        joint = noise = None
        if self.noise_matrix is not None:
            method = resolve_part(self.noise_matrix, BaseJoint, "noise_matrix")
            joint = method.estimate(y, pred_probs)
            noise = noise_estimate(joint, self.classes_)
        wanted = noise is None  # of which the joint of the posterior is a part
        evidence = Evidence(y, pred_probs, joint=joint, with_joint=wanted, map=block_map())
        self._posterior_terms = evidence.posterior_terms
        self.joint_ = evidence.joint
        self.thresholds_ = evidence.thresholds
        return issues_from_evidence(
            evidence,
            self.classes_,
            prune=self.prune,
            quality=self.quality,
            max_fdr=self.max_fdr,
            noise=noise,
            trusted=trusted,
        )

    def _score_proba(self, y, pred_probs):
        terms = self._posterior_terms
        if self._rescaling is not None:  # new rows have no neighbors and are not smoothed yet
            terms = terms._replace(rescaling=self._rescaling)
        evidence = Evidence(y, pred_probs, posterior_terms=terms, with_joint=False, map=block_map())
        return quality_from_evidence(evidence, self.quality)
