"""What cleanlab calls the same thing; None where it is not installed."""

from functools import partial

try:
    import cleanlab
    from cleanlab.count import compute_confident_joint
    from cleanlab.data_valuation import data_shapley_knn
    from cleanlab.dataset import health_summary
    from cleanlab.experimental.label_issues_batched import find_label_issues_batched
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores
except ImportError:
    cleanlab = None

FILTERS = {
    "by_noise_rate": "prune_by_noise_rate",
    "by_class": "prune_by_class",
    "both": "both",
    "confident": "confident_learning",
    "predicted_neq_given": "predicted_neq_given",
    "low_quality, self_confidence": "low_self_confidence",
    "low_quality, normalized_margin": "low_normalized_margin",
}


def version():
    """Version of cleanlab, or that it is not there."""
    return "not installed" if cleanlab is None else cleanlab.__version__


def finder(y, pred_probs, rule="by_noise_rate"):
    """Call that finds the issues by a rule of ours, on one process."""
    if cleanlab is None:
        return None
    return partial(find_label_issues, y, pred_probs, filter_by=FILTERS[rule], n_jobs=1)


def batched_finder(y, pred_probs):
    """Call that finds issues by batches."""
    if cleanlab is None:
        return None
    return partial(find_label_issues_batched, y, pred_probs, verbose=False, return_mask=True)


def counter(y, pred_probs):
    """Call that makes the calibrated confident joint."""
    return None if cleanlab is None else partial(compute_confident_joint, y, pred_probs)


def health(y, pred_probs):
    """Call that makes the health summary."""
    return None if cleanlab is None else partial(health_summary, y, pred_probs, verbose=False)


def scorer(y, pred_probs, score):
    """Call that makes the label quality scores."""
    if cleanlab is None:
        return None
    return partial(get_label_quality_scores, y, pred_probs, method=score)


def shapley(y, graph, n_neighbors):
    """Call that makes the kNN-Shapley scores from a graph of neighbors."""
    if cleanlab is None:
        return None
    return partial(data_shapley_knn, y, knn_graph=graph, k=n_neighbors)
