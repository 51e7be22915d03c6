"""A record small enough to work through by hand."""

import numpy as np
import pytest

from skclean import LabelIssues
from skclean._core._rescaling import no_rescaling
from skclean.noise_matrix._base import noise_estimate

CLASSES = np.array(["cat", "dog"])


@pytest.fixture
def noisy_pair(monkeypatch):
    """y, issues: a quarter of the true cats are called dogs; no other label is wrong.

    p(given | x) = p(true | x) @ T with T = [[3/4, 1/4], [0, 1]], for p(true = cat | x) of
    1, 1, 0 and 1/2.
    """
    # four samples are too few to fit a rescaling of the probabilities, and these need none
    monkeypatch.setattr(LabelIssues, "_rescaling", no_rescaling(2))
    noise_matrix = np.array([[0.75, 0.25], [0.0, 1.0]])
    p_cat = np.array([1, 1, 0, 0.5])
    codes = np.array([0, 1, 1, 1])
    pred_probs = np.column_stack([p_cat, 1 - p_cat]) @ noise_matrix
    issues = LabelIssues(
        label_quality=np.array([1.0, 0.0, 1.0, 0.8]),
        issue_mask=np.array([False, True, False, False]),
        suggested_label=np.array([0, 0, 1, 1]),
        suggested_proba=pred_probs.max(axis=1),
        noise=noise_estimate(noise_matrix / 2, CLASSES),
        pred_probs=pred_probs,
    )
    return CLASSES[codes], issues.decode(CLASSES, CLASSES[codes])
