"""Label quality and label issues from probabilities: no model, no X."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skclean._core._joint import COLLISIONS
from skclean._core._prune import PRUNE, by_vote, lowest, prune_mask, within_budget, within_fdr
from skclean._core._quality import QUALITY, check_and_score, label_quality, look
from skclean._core._verdict import precision_interval
from skclean._issues import LabelIssues
from skclean.noise_matrix._averaged_joint import average_joints
from skclean.noise_matrix._base import noise_estimate
from skclean.utils._disorder import warn_of_disorder
from skclean.utils._encoding import encode_labels, index_of, warn_of_order
from skclean.utils._sklearn import Interval, StrOptions, validate_params
from skclean.utils._threads import block_map
from skclean.utils._typing import Collision, FloatArray, Probabilities, PruneRule, Quality
from skclean.utils._validation import check_and_apply, check_evidence

PRUNE_NAMES = {*PRUNE, "low_quality"}
QUALITY_NAMES = {*QUALITY, "posterior", "averaged"}


def quality_from_evidence(evidence, quality, thresholds=None):
    """Label quality by name, for codes; see :func:`label_quality_scores`."""
    if quality == "posterior":
        return evidence.label_posterior
    if quality == "averaged":
        return evidence.averaged_quality
    if quality == "self_confidence" and thresholds is None:
        return evidence.self_confidence
    return label_quality(evidence.y, evidence.pred_probs, quality, thresholds)


@validate_params(
    {
        "y": ["array-like"],
        "quality": [StrOptions(QUALITY_NAMES)],
        "adjust": ["boolean"],
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def label_quality_scores(
    y: ArrayLike,
    pred_probs: Probabilities,
    *,
    quality: Quality = "averaged",
    adjust: bool = False,
    classes: ArrayLike | None = None,
) -> FloatArray:
    """Score how likely each given label is right.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Given labels.

    pred_probs : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities, columns in the order of the sorted classes or of
        `classes`; rows sum to 1.

    quality : {"averaged", "posterior", "self_confidence", "normalized_margin", \
            "confidence_weighted_entropy"}, default="averaged"
        - "self_confidence": the probability of the given label;
        - "posterior": p(true = given | x, given), from the probabilities and a noise
          matrix that is estimated from them (see Notes);
        - "averaged": the mean of those two;
        - "normalized_margin": (self-confidence - largest other probability + 1) / 2;
        - "confidence_weighted_entropy": ln(1 + x) / x, where x is the entropy of the
          row over its maximum, divided by the self-confidence [1]_.

    adjust : bool, default=False
        Measure the probabilities against the threshold of their class first:
        p - t + max(t), rows renormalised. Not for scores that use the noise matrix,
        "posterior" and "averaged".

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns, where `y` lacks one.

    Returns
    -------
    label_quality : ndarray of shape (n_samples,)
        Scores in [0, 1], lower is more likely wrong; float32 for float32 or float16
        `pred_probs`, else float64.

    Raises
    ------
    ValueError
        If `y` and `pred_probs` do not match or a row of `pred_probs` is no
        distribution; the message names the first such row.

    Notes
    -----
    For the posterior, probabilities are first freed of zeros and of a gross over- or
    under-confidence. The noise matrix is estimated twice, from the given labels of rows that
    are typical of a class, the more probable three quarters of the confident ones, and from
    those of its purest rows alone; rates and confusions are drawn together as far as the
    counts demand, and confusions seen less than three times are shared out evenly. The mean
    of the two is taken. Where they disagree, or no rows are purer than others, what they show
    may be overlap: then the rates of the classes are drawn together, half-way at most. p(true | x)
    follows by one step of Richardson and Lucy, which stays on the simplex, taken four times
    as far [2]_ [3]_; further steps would undo errors of the model as if they were noise. The
    rule of Bayes adds the given label. At last the log-odds are drawn to those of the
    self-confidence, which needs no noise matrix [4]_, by the share of the noise that is so in
    doubt and a quarter more, six tenths at most. With more than 64 classes it is computed in
    single precision.

    References
    ----------
    .. [1] Kuan & Mueller, "Model-agnostic label quality scoring to detect real-world
       label errors", ICML DataPerf workshop, 2022.
    .. [2] Richardson, "Bayesian-Based Iterative Method of Image Restoration", Journal of
       the Optical Society of America 62, 1972.
    .. [3] Meinel, "Origins of linear and nonlinear recursive restoration algorithms",
       Journal of the Optical Society of America A 3, 1986.
    .. [4] Genest & Zidek, "Combining Probability Distributions: A Critique and an
       Annotated Bibliography", Statistical Science 1, 1986.

    Examples
    --------
    >>> from skclean import label_quality_scores
    >>> y = ["cat", "cat", "dog"]
    >>> pred_probs = [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]
    >>> label_quality_scores(y, pred_probs, quality="normalized_margin")
    array([0.9, 0.2, 0.7])
    """
    if adjust and quality not in QUALITY:
        raise ValueError(
            f"adjust=True is for the scores {sorted(QUALITY)}. Got quality={quality!r}, which "
            "already weighs the classes by the noise matrix; pass adjust=False."
        )
    classes, codes = encode_labels(y, classes)
    if quality not in ("averaged", "posterior") and not adjust:
        score = partial(check_and_score, quality)
        see = partial(look, quality)
        pred_probs, scores = check_and_apply(see, score, codes, pred_probs, classes)
        if scores is None:
            return label_quality(codes, pred_probs, quality)
        return np.concatenate(scores)
    evidence = check_evidence(codes, pred_probs, classes, map=block_map(), with_joint=False)
    thresholds = None
    if adjust:
        present = evidence.given_counts > 0
        highest = evidence.thresholds[present].max()
        thresholds = np.where(present, evidence.thresholds, highest)
    return quality_from_evidence(evidence, quality, thresholds)


def budget_mask(evidence, scores, mask, n_issues, classes):
    """Flag exactly the budget, those of `mask` first and then by quality."""
    budgets = n_issues if isinstance(n_issues, Mapping) else {None: n_issues}
    positions = {label: code for code, label in enumerate(classes.tolist())}
    kept = np.zeros_like(mask)
    for label, n in budgets.items():
        if label is not None and label not in positions:
            raise ValueError(
                f"n_issues names a class that is not among {classes[:10].tolist()}: {label!r}."
            )
        among = np.arange(len(mask))
        if label is not None:
            among = np.flatnonzero(evidence.y == positions[label])
        if not isinstance(n, Integral) or not 0 <= n <= len(among):
            whose = "samples" if label is None else f"samples given {label!r}"
            raise ValueError(
                f"n_issues must be an int between 0 and the {len(among)} {whose}. Got {n!r}."
            )
        kept[among[within_budget(scores[among], mask[among], int(n))]] = True
    return kept


def issues_from_evidence(
    evidence,
    classes,
    *,
    prune=None,
    quality="averaged",
    max_fdr=None,
    n_issues=None,
    noise=None,
    trusted=None,
):
    """Label issues in class codes; see :func:`find_label_issues`."""
    if max_fdr is not None and n_issues is not None:
        raise ValueError(
            f"max_fdr and n_issues both bound the flags. Got max_fdr={max_fdr} and "
            f"n_issues={n_issues}; pass one of them."
        )
    if prune is None:
        mask = by_vote(evidence, partial(quality_from_evidence, evidence, quality))
    elif prune != "low_quality":
        mask = prune_mask(evidence, prune)
    else:
        off_diagonal = evidence.joint.sum() - evidence.joint.trace()
        n_flags = round(len(evidence.y) * off_diagonal) if n_issues is None else 0
        mask = lowest(quality_from_evidence(evidence, quality), n_flags)
    if n_issues is not None:
        scores = quality_from_evidence(evidence, quality)
        mask = budget_mask(evidence, scores, mask, n_issues, classes)
    if max_fdr is not None:
        chance = np.zeros(len(mask))
        chance[mask] = evidence.cautious_chance_wrong(mask, max_fdr)
        kept = within_fdr(chance, mask, max_fdr)
        if trusted is not None:  # what was reviewed is no allowance for the others
            kept = np.where(trusted, kept, within_fdr(chance, mask & ~trusted, max_fdr))
        mask = kept
    ambiguous = np.zeros_like(mask)
    if prune is None:  # the classic rules do not tell overlap from noise
        ambiguous = mask & ~evidence.stands(mask)
    issues = LabelIssues.deferring(
        partial(_findings, evidence, mask, ambiguous, classes, quality, noise),
        issue_mask=mask,
        suggested_proba=evidence.predicted_proba,
        pred_probs=evidence.pred_probs,
    )
    if not isinstance(evidence.pred_probs, np.ndarray):
        return replace(issues)  # a file or a cluster may be closed before anyone asks
    return issues


def _findings(evidence, mask, ambiguous, classes, quality, noise):
    """All that a record holds beside the flags."""
    expected, interval = np.nan, None
    if mask.any():
        expected = float(evidence.chance_wrong(mask).mean())
        interval = precision_interval(expected, np.count_nonzero(mask))
    noise = noise_estimate(average_joints(evidence), classes) if noise is None else noise
    low, high = evidence.noise_rate_bounds
    return {
        "label_quality": quality_from_evidence(evidence, quality),
        "suggested_label": evidence.predicted,
        "given_label": None,
        "ambiguous_mask": ambiguous,
        "noise_rate_bounds": (min(low, noise.noise_rate), max(high, noise.noise_rate)),
        "noise": noise,
        "expected_precision": expected,
        "expected_precision_interval": interval,
    }


@validate_params(
    {
        "y": ["array-like"],
        "prune": [StrOptions(PRUNE_NAMES), None],
        "quality": [StrOptions(QUALITY_NAMES)],
        "max_fdr": [Interval(Real, 0, 1, closed="both"), None],
        "n_issues": [Interval(Integral, 0, None, closed="left"), Mapping, None],
        "min_samples_per_class": [Interval(Integral, 0, None, closed="left")],
        "collision": [StrOptions(set(COLLISIONS))],
        "classes": ["array-like", None],
        "n_jobs": [Integral, None],
    },
    prefer_skip_nested_validation=True,
)
def find_label_issues(
    y: ArrayLike,
    pred_probs: Probabilities,
    *,
    prune: PruneRule | None = None,
    quality: Quality = "averaged",
    max_fdr: float | None = None,
    n_issues: int | Mapping[Any, int] | None = None,
    min_samples_per_class: int = 5,
    collision: Collision = "restricted",
    classes: ArrayLike | None = None,
    n_jobs: int | None = None,
) -> LabelIssues:
    """Find the given labels that are likely wrong, from probabilities alone.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Given labels.

    pred_probs : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities, columns in the order of the sorted classes or of
        `classes`; rows sum to 1. Anything with `shape`, `dtype` and slices of rows is read
        by blocks, so a memory map, a dataset of HDF5 or Zarr,
        :class:`~skclean.streaming.StackedRows` of files and a Dask array are never in
        memory whole.

    prune : {"by_noise_rate", "by_class", "both", "confident", "predicted_neq_given", \
            "by_posterior", "low_quality"}, default=None
        Which samples to flag. None flags the samples of the worst label quality whose given
        label is not the most probable class, as many as the middle one of three counts: of
        "by_noise_rate", of "predicted_neq_given" and of "by_posterior". It leaves
        `min_samples_per_class` samples of each class alone, and it tells which flags stand
        and which overlap of the classes could explain. The others are the classic rules
        [1]_ and two more:

        - "by_noise_rate": for each true class j and given class k, as many samples as
          the joint calls so, those with the largest p(j) - p(k);
        - "by_class": for each given class, as many as the joint calls wrong, those with
          the smallest self-confidence;
        - "both": what those two agree on;
        - "confident": samples confidently of another class;
        - "predicted_neq_given": samples for which another class is the most probable;
        - "by_posterior": the set of largest expected F1 [2]_, from
          p(true != given | x, given) with the noise matrix taken to be right;
        - "low_quality": the samples with the lowest label quality, as many as `n_issues`
          or as the joint calls wrong.

        All but "low_quality" take back the flags of samples whose given label, favoured
        by 1e-6, is the most probable class, and never flag the only sample of a class.

    quality : str, default="averaged"
        Label quality; see :func:`label_quality_scores`.

    max_fdr : float, default=None
        Keep as many flags as have an expected share of false ones of at most this, in
        [0, 1]. The flags are taken to be less sure than `expected_precision` takes them to
        be, the more so the more overlap there is and the fewer may be false. That is caution,
        and no guarantee (see Notes).

    n_issues : int or dict of int by class, default=None
        Flag exactly that many samples (of each class, none of the classes not named):
        those that the rule flags, worst label quality first, then the next worst.

    min_samples_per_class : int, default=5
        The rules that count leave classes no larger than this alone. In larger ones they
        count at least as many labels as right: "by_class" and "both" leave that many,
        "by_noise_rate" takes the difference evenly from the counts of the class, as far as
        they go, and can leave fewer.

    collision : {"restricted", "unrestricted"}, default="restricted"
        Where a sample goes that is confident for several classes; see
        :func:`confident_joint`.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns, where `y` lacks one.

    n_jobs : int, default=None
        Number of threads for probabilities of more than a gigabyte, in some steps of a quarter
        of one; the result does not depend on it.

    Returns
    -------
    issues : LabelIssues
        The findings, aligned with `y`. The flags are there; of an array in memory, label
        quality, noise and verdicts are found out when one of them is first asked for, so
        ask before you overwrite `pred_probs`.

    Raises
    ------
    ValueError
        If `y` and `pred_probs` do not match or a row of `pred_probs` is no
        distribution; the message names the first such row.

    See Also
    --------
    skclean.detectors.ConfidentLearning : The same with a classifier in place of
        probabilities.

    Notes
    -----
    From probabilities of given labels alone, wrong labels and honest overlap of classes
    cannot be told apart for sure. What can be seen is the purest rows of each class: the
    ones of which the model is surest. Their share of other labels is the noise, if classes
    have members that are surely theirs, and as much noise as there can be, if they have
    none [3]_. What the model contradicts beyond that is overlap. From these two follow

    - `ambiguous_mask`: flags whose odds of being wrong, under no more noise than the
      purest rows show, are small against the odds of overlap, the more so the more labels the
      model contradicts and the fewer of these are wrong, and the less it sees of the given
      class: one that it predicts no more often for its own labels than for others may overlap
      with the rest altogether, so that none of its flags stands;
    - `noise_rate_bounds`: from the noise of the purest rows less the overlap elsewhere, which
      counts the more the less the model is better than guesses, to the share of all labels that
      the model contradicts; wider where the estimated rate lies outside;
    - `expected_precision`: among the labels that the model contradicts, the share that is
      wrong if all rows are like the purest ones is corrected for how often the model
      contradicts labels, how sure it is of itself, and how many labels the other counts call
      wrong. The log-odds of single labels follow their label quality about that share. The
      factors were chosen on simulated noise. The interval covers about nine in ten of the
      cases there; ``benchmarks/quality.py`` prints how they fare. Where a model is certain of
      everything, as one nearest neighbor is, every other contradiction is taken to be right,
      and no more than that where it does no better than guesses. Overlap that looks like noise
      where the model is surest makes it too high, noise near class boundaries too low.

    Noise that makes most labels of a class wrong cannot be seen as such: the labels then
    look like another class. `doubtful_classes` names those where it is likely.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.
    .. [2] Lipton, Elkan & Narayanaswamy, "Optimal Thresholding of Classifiers to Maximize
       F1 Measure", ECML PKDD 2014.
    .. [3] Liu & Tao, "Classification with Noisy Labels by Importance Reweighting", IEEE
       Transactions on Pattern Analysis and Machine Intelligence 38, 2016.

    Examples
    --------
    >>> from skclean import find_label_issues
    >>> y = ["cat"] * 10 + ["dog"] * 10
    >>> pred_probs = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    >>> issues = find_label_issues(y, pred_probs)
    >>> issues.ranked_indices()[: issues.n_issues]
    array([9])
    >>> str(issues.suggested_label[9])
    'dog'
    """
    index = index_of(y)
    warn_of_order("pred_probs", pred_probs, y)
    classes, codes = encode_labels(y, classes)
    evidence = check_evidence(
        codes,
        pred_probs,
        classes,
        collision=collision,
        min_samples_per_class=min_samples_per_class,
        map=block_map(n_jobs),
    )
    warn_of_disorder(codes, evidence.predicted, evidence.predicted_proba, classes, 5)
    issues = issues_from_evidence(
        evidence, classes, prune=prune, quality=quality, max_fdr=max_fdr, n_issues=n_issues
    )
    return issues.decode(classes, partial(classes.take, codes), index)
