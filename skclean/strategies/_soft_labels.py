"""Train on each sample under all labels that may be its true one."""

from numbers import Real

import numpy as np

from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.strategies._posterior import true_label_blocks
from skclean.utils._encoding import encode_labels
from skclean.utils._metadata import takes_sample_weight
from skclean.utils._sklearn import Interval


class SoftLabels(BaseStrategy):
    """Train on each sample under each class, weighed by the chance that it is the true one.

    A sample counts once in all; how much of it counts for which class is
    p(true = k | x, given), from the out-of-sample probabilities and the noise matrix
    [1]_, [2]_. So a label that is likely wrong is replaced as far as it is likely wrong.

    A classifier that takes no `sample_weight` is trained on each sample under the most
    probable of these classes; flagged samples for which none is probable enough are left
    out.

    Parameters
    ----------
    min_weight : float, default=0.05
        Classes less probable than this, in [0, 1], are left out for a sample, and the
        others share its weight; the most probable class stays.

    flagged_only : bool, default=False
        Take labels that are not flagged to be right. That gives up a little where much is
        wrong, and loses far less where the noise matrix is: of overlapping classes it can
        call labels wrong that no rule would flag.

    min_confidence : float, default=0.8
        Without `sample_weight`: smallest probability, in [0, 1], at which a flagged sample
        gets another label rather than being left out.

    See Also
    --------
    Relabel : Give flagged samples the suggested label, and leave the others alone.
    Reweight : Keep the given labels and weigh them.

    References
    ----------
    .. [1] Lawrence & Schoelkopf, "Estimating a Kernel Fisher Discriminant in the Presence
       of Label Noise", International Conference on Machine Learning, 2001.
    .. [2] Reed, Lee, Anguelov, Szegedy, Erhan & Rabinovich, "Training Deep Neural Networks
       on Noisy Labels with Bootstrapping", ICLR workshop, 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from skclean import LabelIssues
    >>> from skclean.strategies import SoftLabels
    >>> y = np.array(["cat", "dog"])
    >>> issues = LabelIssues(
    ...     label_quality=np.array([0.25, 1.0]),
    ...     issue_mask=np.array([True, False]),
    ...     suggested_label=np.array(["dog", "dog"]),
    ...     given_label=y,
    ...     classes=np.array(["cat", "dog"]),
    ... )
    >>> treatment = SoftLabels().apply(y, issues)
    >>> treatment.y.tolist()
    ['cat', 'dog', 'dog']
    >>> treatment.sample_weight.tolist(), treatment.sample_indices.tolist()
    ([0.25, 0.75, 1.0], [0, 0, 1])
    """

    _parameter_constraints: dict = {
        "min_weight": [Interval(Real, 0, 1, closed="both")],
        "flagged_only": ["boolean"],
        "min_confidence": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        *,
        min_weight: float = 0.05,
        flagged_only: bool = False,
        min_confidence: float = 0.8,
    ) -> None:
        self.min_weight = min_weight
        self.flagged_only = flagged_only
        self.min_confidence = min_confidence

    def _apply(self, y, issues):
        samples, codes, weights = [], [], []
        given = encode_labels(y, issues.classes)[1]
        for rows, proba in true_label_blocks(issues):
            if self.flagged_only:
                kept = np.flatnonzero(~issues.issue_mask[rows])
                proba[kept] = 0
                proba[kept, given[rows][kept]] = 1
            likely = (proba >= self.min_weight) & (proba > 0)
            likely[np.arange(len(proba)), proba.argmax(axis=1)] = True
            proba = np.where(likely, proba, 0)
            proba /= proba.sum(axis=1, keepdims=True)
            sample, code = np.nonzero(likely)
            samples.append(rows.start + sample)
            codes.append(code)
            weights.append(proba[likely])
        labels = issues.classes[np.concatenate(codes)]
        return Treatment(
            y=labels,
            keep=np.ones(len(labels), dtype=bool),
            sample_weight=np.concatenate(weights),
            sample_indices=np.concatenate(samples),
        )

    def _treat(self, estimator, X, y, issues, fit_params):
        if takes_sample_weight(estimator):
            return self._apply(y, issues)
        blocks = [
            (proba.argmax(axis=1), proba.max(axis=1)) for _, proba in true_label_blocks(issues)
        ]
        codes, confidence = map(np.concatenate, zip(*blocks, strict=True))
        labels = issues.classes[codes]
        if self.flagged_only:
            labels = np.where(issues.issue_mask, labels, y)
        sure = (confidence >= self.min_confidence) & (labels != y)
        return Treatment(y=labels, keep=~issues.issue_mask | sure)
