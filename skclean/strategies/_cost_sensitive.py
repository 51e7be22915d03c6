"""Weigh the classes so that the noise does not move the boundary between them."""

import numpy as np

from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.strategies._weights import check_noise, value_of


class CostSensitive(BaseStrategy):
    """Train on all samples as they are, with costs by class that make up for the noise.

    Where more labels of one class are wrong than of the other, the boundary that is best
    for the given labels is not the best for the true ones. For two classes with noise
    rates r1 of the positive and r0 of the negative, positive labels weigh 2 (1 - a) and
    negative ones 2 a with a = (1 - r1 + r0) / 2, which puts it right [1]_.

    With any number of classes, the labels k weigh in proportion to
    1 / sum_i p(given = k | true = i), 1 on average over the classes. For two classes these
    are the weights above; for more, they put right where all classes are equally likely,
    which need not be all of the boundary. It needs an estimator that takes
    `sample_weight`, and a detector that estimates the noise matrix.

    See Also
    --------
    Reweight : Weigh each sample.
    ForwardCorrection : Correct the predictions, exactly for any number of classes.

    References
    ----------
    .. [1] Natarajan, Dhillon, Ravikumar & Tewari, "Learning with Noisy Labels", Advances
       in Neural Information Processing Systems 26, 2013.

    Examples
    --------
    >>> from skclean import find_label_issues
    >>> from skclean.strategies import CostSensitive
    >>> y = ["cat"] * 10 + ["dog"] * 10
    >>> pred_probs = [[0.9, 0.1]] * 8 + [[0.1, 0.9]] * 12
    >>> issues = find_label_issues(y, pred_probs)
    >>> weight = CostSensitive().apply(issues.given_label, issues).sample_weight
    >>> bool(weight[0] < 1 < weight[-1])  # some dogs are called cats, no cats dogs
    True
    """

    def _apply(self, y, issues):
        noise = check_noise(issues, "CostSensitive")
        how_often = noise.noise_matrix.sum(axis=0)
        costs = 1 / value_of(np.unique(y), noise.classes, how_often)
        weight = value_of(y, np.unique(y), costs / costs.mean())
        return Treatment(y=y, keep=np.ones(len(y), dtype=bool), sample_weight=weight)
