"""Weigh samples by how likely their label is right."""

from numbers import Real
from typing import Any

import numpy as np

from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.strategies._posterior import true_label_blocks
from skclean.strategies._weights import CLASS_WEIGHT, check_noise, value_of
from skclean.utils._sklearn import Interval, StrOptions


def importance(y, issues):
    """p(true = given | x) / p(given | x) of each sample; 0 in classes never labelled right."""
    noise = check_noise(issues, 'method="importance"')
    code = value_of(y, issues.classes, np.arange(len(issues.classes)))
    right = value_of(y, noise.classes, noise.noise_matrix.diagonal())
    weight = np.zeros(len(y))
    for rows, proba in true_label_blocks(issues):
        weight[rows] = proba[np.arange(len(proba)), code[rows]]
    return np.divide(weight, right, out=np.zeros(len(y)), where=right > 0)


class Reweight(BaseStrategy):
    """Train on all samples, each weighed by how likely its label is right.

    It needs an estimator that takes `sample_weight`.

    Parameters
    ----------
    method : {"quality", "importance"}, default="quality"
        - "quality": the label quality of the sample;
        - "importance": p(true = given | x) / p(given | x), under which the mean loss on
          given labels is that on true ones [1]_. It is p(true = given | x, given) divided
          by p(given = k | true = k) of the given label k, and so above 1 where the label is
          sure and others of its class were lost. It needs a detector that estimates the
          noise matrix.

    floor : float, default=0.05
        Smallest weight, in [0, 1]; no sample counts less.

    class_weight : {"prior", "balanced"}, default=None
        "prior" scales the weights so that each class weighs its estimated share of the
        true labels, which needs a detector that estimates the noise; "balanced" so that
        all classes weigh the same; None leaves them as they are.

    See Also
    --------
    Prune : Leave flagged samples out.
    Relabel : Keep them with the suggested label.
    CostSensitive : Weigh the classes alone.

    References
    ----------
    .. [1] Liu & Tao, "Classification with Noisy Labels by Importance Reweighting", IEEE
       Transactions on Pattern Analysis and Machine Intelligence 38, 2016.

    Examples
    --------
    >>> from skclean import find_label_issues
    >>> from skclean.strategies import Reweight
    >>> y = ["cat"] * 10 + ["dog"] * 10
    >>> pred_probs = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    >>> issues = find_label_issues(y, pred_probs, quality="self_confidence")
    >>> Reweight().apply(issues.given_label, issues).sample_weight[8:11]
    array([0.9, 0.1, 0.9])
    """

    _parameter_constraints: dict = {
        "method": [StrOptions({"quality", "importance"})],
        "floor": [Interval(Real, 0, 1, closed="both")],
        "class_weight": CLASS_WEIGHT,
    }

    def __init__(
        self,
        *,
        method: str = "quality",
        floor: float = 0.05,
        class_weight: Any = None,
    ) -> None:
        self.method = method
        self.floor = floor
        self.class_weight = class_weight

    def _apply(self, y, issues):
        weight = issues.label_quality if self.method == "quality" else importance(y, issues)
        return Treatment(
            y=y, keep=np.ones(len(y), dtype=bool), sample_weight=np.maximum(weight, self.floor)
        )
