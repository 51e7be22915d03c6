"""The default rule on published probabilities: ahead of the classic one it replaces."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from skclean import find_label_issues


@pytest.mark.parametrize(
    ("name", "f1", "ap"), [("cifar10_s2_n4", 0.877, 0.903), ("cifar10_s6_n2", 0.808, 0.797)]
)
def test_default_on_the_settings_of_the_paper(reference_data, name, f1, ap):
    with np.load(reference_data / f"{name}.npz") as data:
        y, wrong = data["labels"], data["labels"] != data["true_labels"]
        pred_probs = data["pred_probs"]
    issues = find_label_issues(y, pred_probs)
    classic = find_label_issues(y, pred_probs, prune="by_noise_rate", quality="self_confidence")
    found = f1_score(wrong, issues.issue_mask)
    ranking = average_precision_score(wrong, 1 - issues.label_quality)
    assert found == pytest.approx(f1, abs=5e-3)
    assert ranking == pytest.approx(ap, abs=5e-3)
    assert found > f1_score(wrong, classic.issue_mask) + 0.01
    assert ranking > average_precision_score(wrong, 1 - classic.label_quality) + 0.05
    stands = issues.issue_mask & ~issues.ambiguous_mask
    assert wrong[stands].mean() > wrong[issues.ambiguous_mask].mean() + 0.1
    low, high = issues.noise_rate_bounds
    assert low <= wrong.mean() <= high
