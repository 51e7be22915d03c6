"""What the detectors that ask neighbors have in common."""

import warnings
from itertools import chain
from numbers import Integral

from sklearn.neighbors import VALID_METRICS

from skclean.detectors._base import BaseDetector
from skclean.detectors._neighbor_search import build_index
from skclean.utils._sklearn import Interval, StrOptions


class BaseNeighborDetector(BaseDetector):
    """Base of detectors that own `n_neighbors`, `metric` and `n_jobs`.

    With ``metric="precomputed"`` X holds the distances between all samples: dense, or a
    sparse graph such as :func:`sklearn.neighbors.kneighbors_graph` and
    :class:`sklearn.neighbors.KNeighborsTransformer` make, each sample's distance to itself
    in it or not.
    """

    _parameter_constraints: dict = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "metric": [StrOptions({*chain(*VALID_METRICS.values()), "precomputed"}), callable],
        "n_jobs": [Integral, None],
    }

    def _build_index(self, X):
        n_samples = X.shape[0]
        if self.n_neighbors > n_samples:
            warnings.warn(
                f"n_neighbors ({self.n_neighbors}) is greater than the total number of samples "
                f"({n_samples}). All other samples vote on each, so that flags tell rare classes "
                "rather than wrong labels; pass a lower n_neighbors.",
                UserWarning,
                stacklevel=2,
            )
        return build_index(X, self.metric, self.n_jobs)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.metric == "precomputed"
        tags.input_tags.sparse = True
        return tags
