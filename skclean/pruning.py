"""The classic entry point of confident learning."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from skclean._core._prune import prune_mask
from skclean.quality import budget_mask, quality_from_evidence
from skclean.utils._encoding import encode_labels
from skclean.utils._sklearn import StrOptions, validate_params
from skclean.utils._typing import IntArray, Mask, Probabilities
from skclean.utils._validation import check_evidence

PRUNE_METHODS = {
    "prune_by_noise_rate": "by_noise_rate",
    "prune_by_class": "by_class",
    "both": "both",
}
SORTED_INDEX_METHODS = {
    "prob_given_label": "self_confidence",
    "normalized_margin": "normalized_margin",
}


@validate_params(
    {
        "s": ["array-like"],
        "prune_method": [StrOptions(set(PRUNE_METHODS))],
        "sorted_index_method": [StrOptions(set(SORTED_INDEX_METHODS)), None],
        "num_to_remove_per_class": ["array-like", None],
        "classes": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def get_noise_indices(
    s: ArrayLike,
    psx: Probabilities,
    *,
    prune_method: str = "prune_by_noise_rate",
    sorted_index_method: str | None = None,
    num_to_remove_per_class: Sequence[int] | None = None,
    classes: ArrayLike | None = None,
) -> Mask | IntArray:
    """Find label errors, with the names of the confident-learning paper's code [1]_.

    Parameters
    ----------
    s : array-like of shape (n_samples,)
        Given labels.

    psx : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities; rows sum to 1.

    prune_method : {"prune_by_noise_rate", "prune_by_class", "both"}, \
            default="prune_by_noise_rate"
        Pruning rule; see :func:`skclean.find_label_issues`.

    sorted_index_method : {"prob_given_label", "normalized_margin"}, default=None
        Return the indices of the flagged samples, most likely wrong first by this
        score, instead of a mask.

    num_to_remove_per_class : array-like of shape (n_classes,), default=None
        Exact number of samples of each given class to flag.

    classes : array-like of shape (n_classes,), default=None
        All classes in the order of the columns, where `s` lacks one.

    Returns
    -------
    noise : ndarray of shape (n_samples,), dtype bool, or (n_flagged,), dtype intp
        Mask of the label errors, or their ranked indices.

    References
    ----------
    .. [1] Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in
       Dataset Labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from skclean.pruning import get_noise_indices
    >>> s = [0] * 10 + [1] * 10
    >>> psx = [[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 11
    >>> get_noise_indices(s, psx, sorted_index_method="prob_given_label")
    array([9])
    """
    classes, codes = encode_labels(s, classes)
    evidence = check_evidence(codes, psx, classes)
    scores = quality_from_evidence(
        evidence, SORTED_INDEX_METHODS.get(sorted_index_method, "self_confidence")
    )
    noise = prune_mask(evidence, PRUNE_METHODS[prune_method])
    if num_to_remove_per_class is not None:
        if len(num_to_remove_per_class) != len(classes):
            raise ValueError(
                f"num_to_remove_per_class must hold one number per class. Got "
                f"{len(num_to_remove_per_class)} for {len(classes)} classes."
            )
        budgets = dict(zip(classes.tolist(), num_to_remove_per_class, strict=True))
        noise = budget_mask(evidence, scores, noise, budgets, classes)
    if sorted_index_method is None:
        return noise
    return np.lexsort((scores, ~noise))[: np.count_nonzero(noise)]
