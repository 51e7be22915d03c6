"""Published figures of confident learning, reproduced from published probabilities."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from skclean import confident_joint, find_label_issues
from skclean.pruning import get_noise_indices

# the masks of the authors of "Confident Learning: Estimating Uncertainty in Dataset Labels"
AUTHORS = {
    "by_noise_rate": "repo_flagged_cl_pbnr",
    "by_class": "repo_flagged_cl_pbc",
    "both": "repo_flagged_cl_both",
    "confident": "repo_flagged_conf_joint_only",
    "predicted_neq_given": "repo_flagged_argmax",
}
SETTINGS = ["cifar10_s2_n4", "cifar10_s6_n2"]


def _load(reference_data, name):
    with np.load(reference_data / f"{name}.npz") as data:
        return {key: data[key] for key in data.files}


def _flag(data, rule, **params):
    issues = find_label_issues(
        data["labels"], data["pred_probs"], prune=rule, quality="self_confidence", **params
    )
    return issues.issue_mask


def _precision_recall(mask, error):
    right = np.count_nonzero(mask & error)
    return right / np.count_nonzero(mask), right / np.count_nonzero(error)


@pytest.mark.parametrize(
    ("name", "noise", "precision", "recall"),
    [("cifar10_s2_n4", 0.39934, 0.809, 0.845), ("cifar10_s6_n2", 0.19966, 0.679, 0.937)],
)
def test_precision_and_recall_of_the_paper(reference_data, name, noise, precision, recall):
    data = _load(reference_data, name)
    error = data["labels"] != data["true_labels"]
    assert error.mean() == pytest.approx(noise, abs=5e-6)
    found = _precision_recall(_flag(data, "by_noise_rate"), error)
    assert found == pytest.approx((precision, recall), abs=5e-4)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("rule", sorted(AUTHORS))
def test_rules_are_as_accurate_as_the_authors(reference_data, name, rule):
    data = _load(reference_data, name)
    error = data["labels"] != data["true_labels"]
    ours, theirs = _flag(data, rule), data[AUTHORS[rule]].astype(bool)
    # their older code settles collisions of confident classes differently
    tolerance = 0.013 if rule == "confident" else 0.005
    assert abs(np.mean(ours == error) - np.mean(theirs == error)) < tolerance
    assert np.mean(ours != theirs) < (0.013 if rule == "confident" else 0.0015)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("rule", ["by_noise_rate", "by_class", "both", "predicted_neq_given"])
def test_unrestricted_collisions_give_the_masks_of_the_authors(reference_data, name, rule):
    data = _load(reference_data, name)
    ours = _flag(data, rule, collision="unrestricted")
    assert np.mean(ours != data[AUTHORS[rule]].astype(bool)) < 2e-4


@pytest.mark.parametrize("name", SETTINGS)
def test_the_classic_entry_point_flags_the_same(reference_data, name):
    data = _load(reference_data, name)
    mask = get_noise_indices(data["labels"], data["pred_probs"])
    np.testing.assert_array_equal(mask, _flag(data, "by_noise_rate"))


@pytest.mark.parametrize("name", SETTINGS)
def test_the_calibrated_joint_counts_every_label(reference_data, name):
    data = _load(reference_data, name)
    counts = confident_joint(data["labels"], data["pred_probs"])
    np.testing.assert_array_equal(counts.sum(axis=0), np.bincount(data["labels"]))


@pytest.mark.parametrize(
    ("name", "n_clear", "n_errors", "precision", "recall", "average_precision"),
    [("le_20news", 38, 27, 0.636, 0.519, 0.864), ("le_mnist", 85, 13, 0.429, 0.462, 0.524)],
)
def test_verified_label_errors(
    reference_data, name, n_clear, n_errors, precision, recall, average_precision
):
    data = _load(reference_data, name)
    clear = data["is_error"] >= 0
    error = data["is_error"][clear] == 1
    assert (len(error), error.sum()) == (n_clear, n_errors)
    issues = find_label_issues(
        data["labels"],
        data["pred_probs"],
        prune="by_noise_rate",
        quality="self_confidence",
        min_samples_per_class=1,
        collision="unrestricted",
    )
    found = _precision_recall(issues.issue_mask[clear], error)
    assert found == pytest.approx((precision, recall), abs=5e-4)
    found = average_precision_score(error, 1 - issues.label_quality[clear])
    assert found == pytest.approx(average_precision, abs=5e-4)
