"""Let two classifiers choose the training samples of each other."""

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.utils._cross_val import aligned_pred_probs, fit_fold, seeded_clone
from skclean.utils._metadata import sample_weight_name
from skclean.utils._probabilities import HasProbabilities, has_probabilities
from skclean.utils._sklearn import Interval, _safe_indexing
from skclean.utils._typing import Seed


def stratified_halves(codes, random_state):
    """Two arrays of rows; no class is split less evenly than by one sample."""
    n_samples = len(codes)
    order = np.arange(n_samples) if random_state is None else random_state.permutation(n_samples)
    by_class = order[np.argsort(codes[order], kind="stable")]
    return np.sort(by_class[0::2]), np.sort(by_class[1::2])


def partner_params(estimator, partner, fit_params):
    """The sample weights of the fit of one classifier, by the name of the other."""
    if partner is estimator:
        return fit_params
    weight = fit_params.get(sample_weight_name(estimator))
    name = sample_weight_name(partner)
    return {} if weight is None or name is None else {name: weight}


def small_loss(estimator, fit_params, X, y, train, test, share):
    """The share of the rows `test` with the smallest loss after training on `train`.

    Rows of a class that the classifier never saw cannot be judged and come first. The
    best of every class stays.
    """
    if len(np.unique(y[train])) < 2:
        return test
    fitted = fit_fold(estimator, X, y, train, fit_params)
    classes, codes = np.unique(y, return_inverse=True)
    pred_probs, known = aligned_pred_probs(fitted, _safe_indexing(X, test), classes)
    given = codes[test]
    confidence = np.where(known[given], pred_probs[np.arange(len(test)), given], np.inf)
    order = np.argsort(-confidence, kind="stable")
    best = np.unique(given[order], return_index=True)[1]
    return np.sort(test[order[np.union1d(np.arange(round(share * len(test))), best)]])


class CoTeaching(BaseStrategy):
    """Train on what two classifiers, taught by each other, find easy.

    The data are halved, and each half has a classifier. In every round each classifier
    rates the samples of the other half, which it has not seen, and the share of them with
    the smallest loss is what its peer is trained on next; the share shrinks from round to
    round to the share of right labels. The final classifier is trained on what is kept of
    both halves.

    In the original [1]_ two networks, trained on the same data, exchange samples in every
    mini-batch. Classifiers that remember their training data, such as forests, could not
    tell there which losses are small, hence the halves.

    Parameters
    ----------
    partner : estimator, default=None
        Classifier with `predict_proba` for one of the halves; None takes the same as for
        the other, the classifier that is to be trained.

    n_rounds : int, default=3
        Number of rounds.

    noise_rate : float, default=None
        Share of wrong labels, in [0, 1), which the last round leaves out. None takes the
        noise rate that the detector estimates, or the share of samples that it flags.

    random_state : int, RandomState instance or None, default=None
        Shuffles the data before they are halved, and seeds what is unseeded in both
        classifiers. None keeps the order of the rows and the classifiers as they are.

    See Also
    --------
    Prune : Leave out what the detector flags.

    References
    ----------
    .. [1] Han, Yao, Yu, Niu, Xu, Hu, Tsang & Sugiyama, "Co-teaching: Robust Training of
       Deep Neural Networks with Extremely Noisy Labels", Advances in Neural Information
       Processing Systems 31, 2018.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skclean import NoiseAwareClassifier
    >>> from skclean.simulation import flip_labels, make_noise_matrix
    >>> from skclean.strategies import CoTeaching
    >>> X, y_true = load_iris(return_X_y=True)
    >>> y, _ = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)
    >>> strategy = CoTeaching(partner=GaussianNB(), random_state=0)
    >>> clf = NoiseAwareClassifier(LogisticRegression(max_iter=1000), strategy=strategy)
    >>> round(clf.fit(X, y).score(X, y_true), 2)
    0.97
    """

    _parameter_constraints: dict = {
        "partner": [HasProbabilities(), None],
        "n_rounds": [Interval(Integral, 1, None, closed="left")],
        "noise_rate": [Interval(Real, 0, 1, closed="left"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        partner: Any = None,
        *,
        n_rounds: int = 3,
        noise_rate: float | None = None,
        random_state: Seed = None,
    ) -> None:
        self.partner = partner
        self.n_rounds = n_rounds
        self.noise_rate = noise_rate
        self.random_state = random_state

    def _apply(self, y, issues):
        raise TypeError(
            "CoTeaching trains classifiers on the data; call treat, or pass it to "
            "NoiseAwareClassifier."
        )

    def _treat(self, estimator, X, y, issues, fit_params):
        if not has_probabilities(estimator):
            raise ValueError(
                f"CoTeaching rates samples by predict_proba, which {estimator.__class__.__name__} "
                "lacks; use a classifier that has it, or another strategy."
            )
        noise_rate = self.noise_rate
        if noise_rate is None:
            noise = issues.noise_now
            noise_rate = issues.issue_mask.mean() if noise is None else noise.noise_rate
        random_state = None if self.random_state is None else check_random_state(self.random_state)
        halves = kept = stratified_halves(np.unique(y, return_inverse=True)[1], random_state)
        partner = estimator if self.partner is None else self.partner
        peers = [
            (seeded_clone(estimator, random_state), fit_params),
            (seeded_clone(partner, random_state), partner_params(estimator, partner, fit_params)),
        ]
        for i in range(1, self.n_rounds + 1):
            share = 1 - noise_rate * i / self.n_rounds
            # each chooses, by what it was trained on, from the half of the other
            kept = [
                small_loss(*peers[1 - half], X, y, kept[1 - half], halves[half], share)
                for half in [0, 1]
            ]
        keep = np.zeros(len(y), dtype=bool)
        keep[np.concatenate(kept)] = True
        if issues.trusted_mask is not None:
            keep |= issues.trusted_mask
        return Treatment(y=y, keep=keep)
