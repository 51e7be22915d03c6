"""Detect label issues by the votes of different classifiers."""

from typing import Any

import numpy as np

from skclean._core._votes import outvoted, vote_quality
from skclean._issues import LabelIssues
from skclean.detectors._ensemble import BaseEnsembleDetector
from skclean.utils._sklearn import StrOptions
from skclean.utils._typing import Seed


def issues_from_votes(y, votes, mean_probs, flagged):
    """Findings from the votes of classifiers; what none could judge has a quality of 1."""
    judged = ~np.isnan(mean_probs[:, 0])
    suggested = np.where(judged, (votes + np.nan_to_num(mean_probs) / 2).argmax(axis=1), y)
    return LabelIssues(
        label_quality=np.where(judged, vote_quality(y, votes, np.nan_to_num(mean_probs)), 1.0),
        issue_mask=flagged,
        suggested_label=suggested,
        suggested_proba=mean_probs[np.arange(len(y)), suggested],
    )


class EnsembleFilter(BaseEnsembleDetector):
    """Flag the samples that different classifiers misclassify.

    Classifiers of different kinds are cross-validated, and each votes on every sample
    without having seen it. A sample is flagged if more than half of them misclassify it,
    or, more cautiously, if all do [1]_.

    The classifiers should err on different samples; those that share a bias, or a lack
    of features, outvote right labels together. "consensus" drops fewer right labels and
    keeps more wrong ones; the authors prefer "majority" where data are plenty. Hard
    votes know nothing of doubt, so where classes overlap much, "majority" flags about
    as many samples as the classifiers err on.

    Parameters
    ----------
    estimators : list of estimators or of (name, estimator) tuples, default=None
        Classifiers with `predict_proba`, with names where their parameters are to be
        tuned as ``name__parameter``. None is a decision tree, 5 neighbors and
        logistic regression, the three kinds of [1]_, on scaled numbers; they take gaps,
        dataframes with text columns and sparse data.

    voting : {"majority", "consensus"}, default="majority"
        Flag what more than half of the classifiers misclassify, or what all do.

    cv : int, cross-validation generator, iterable or "oob", default=None
        Folds. None is 5 stratified folds, an int as many. "oob" fits each classifier once,
        all of which must bag, and lets each sample be judged by the members that left it
        out.

    n_jobs : int, default=None
        Number of folds fitted at a time, or with ``cv="oob"`` of members.

    random_state : int, RandomState instance or None, default=None
        Shuffles the folds of an int `cv`, and seeds what is unseeded in `estimators`.
        None leaves the rows of an int `cv` in order and the classifiers as they are; those of
        `cv=None` are shuffled all the same, always alike.

    memory : str or object with the joblib.Memory interface, default=None
        Caches the probabilities and the fitted folds, so that a search over other
        parameters fits each classifier once per fold.

    Attributes
    ----------
    issues_ : LabelIssues
        The findings, aligned with `y`.

    label_quality_ : ndarray of shape (n_samples,)
        (votes for the given label + its mean probability) / (votes + 1), in [0, 1]:
        votes come first, probabilities order what they leave tied. Lower is more likely
        wrong. Samples that no fold could judge have 1.

    issue_mask_ : ndarray of shape (n_samples,), dtype bool
        True where the given label is likely wrong.

    suggested_label_ : ndarray of shape (n_samples,)
        The label with most votes.

    classes_ : ndarray of shape (n_classes,)
        Sorted classes.

    pred_probs_ : ndarray of shape (n_samples, n_classes)
        Out-of-sample probabilities, the mean over the classifiers; rows of NaN could
        not be judged.

    estimators_ : list of lists of estimators
        For each classifier, the one of each fold.

    n_features_in_ : int
        Number of features seen during fit, where X has them.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, where X has string names.

    See Also
    --------
    InstanceHardness : Average the probabilities of the classifiers instead.
    IterativePartitioning : Votes of one kind of classifier, fitted to parts of the data.

    References
    ----------
    .. [1] Brodley & Friedl, "Identifying Mislabeled Training Data", Journal of
       Artificial Intelligence Research 11, 1999.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skclean.detectors import EnsembleFilter
    >>> X, y = load_iris(return_X_y=True)
    >>> y[[3, 60]] = [2, 0]
    >>> detector = EnsembleFilter(voting="consensus").fit(X, y)
    >>> sorted(detector.issues_.ranked_indices()[:2].tolist())
    [3, 60]
    >>> detector.suggested_label_[[3, 60]]
    array([0, 1])
    """

    _parameter_constraints: dict = {
        **BaseEnsembleDetector._parameter_constraints,
        "voting": [StrOptions({"majority", "consensus"})],
    }

    def __init__(
        self,
        estimators: Any = None,
        *,
        voting: str = "majority",
        cv: Any = None,
        n_jobs: int | None = None,
        random_state: Seed = None,
        memory: Any = None,
    ) -> None:
        self.estimators = estimators
        self.voting = voting
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.memory = memory

    def _judge(self, y, votes, mean_probs):
        return issues_from_votes(y, votes, mean_probs, outvoted(y, votes, self.voting))

    def _score_labels(self, X, y):
        return vote_quality(y, *self._votes_on_new_rows(X, y))
