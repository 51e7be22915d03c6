"""Train on the given labels and correct the predictions."""

import numpy as np

from skclean._core._posterior import correct_proba
from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.strategies._weights import check_noise
from skclean.utils._probabilities import has_probabilities


class ForwardCorrection(BaseStrategy):
    """Train on all samples as they are, and undo the noise in what is predicted.

    A classifier trained on given labels predicts p(given | x), which is p(true | x) sent
    forward through the noise matrix. Forward correction [1]_ looks for the p(true | x)
    whose image fits. Here that is done after training, with the probabilities of any
    classifier, by a search that stays among distributions, where the inverse of the
    matrix would not. It needs a classifier with `predict_proba` and a detector that
    estimates the noise matrix.

    See Also
    --------
    skclean.NoiseMatrixEstimator : Its `correct_proba` does the same with probabilities.
    CostSensitive : Weigh the classes to the same end.

    References
    ----------
    .. [1] Patrini, Rozza, Menon, Nock & Qu, "Making Deep Neural Networks Robust to Label
       Noise: A Loss Correction Approach", IEEE Conference on Computer Vision and Pattern
       Recognition, 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skclean import NoiseAwareClassifier
    >>> from skclean.simulation import flip_labels, make_noise_matrix
    >>> from skclean.strategies import ForwardCorrection
    >>> X, y_true = load_iris(return_X_y=True)
    >>> y, _ = flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)
    >>> inner = LogisticRegression(max_iter=1000)
    >>> clf = NoiseAwareClassifier(inner, strategy=ForwardCorrection()).fit(X, y)
    >>> clf.estimator_.predict_proba(X[:1]).round(1)
    array([[0.8, 0.2, 0. ]])
    >>> clf.predict_proba(X[:1]).round(1)
    array([[1., 0., 0.]])
    """

    def _apply(self, y, issues):
        check_noise(issues, "ForwardCorrection")
        return Treatment(y=y, keep=np.ones(len(y), dtype=bool))

    def _treat(self, estimator, X, y, issues, fit_params):
        if not has_probabilities(estimator):
            raise ValueError(
                f"ForwardCorrection corrects probabilities, but {estimator.__class__.__name__} has "
                "no predict_proba; use a classifier that has, or another strategy."
            )
        return self._apply(y, issues)

    def _correct_proba(self, pred_probs, noise):
        return correct_proba(pred_probs, noise.noise_matrix)
