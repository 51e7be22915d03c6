"""What cleanlab does by its own defaults; nothing where it is not installed."""

import numpy as np

try:
    import cleanlab
    from cleanlab.classification import CleanLearning
    from cleanlab.count import estimate_joint
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores
except ImportError:
    cleanlab = None


def peer_version():
    """Version of cleanlab, or that it is not there."""
    return "not installed" if cleanlab is None else cleanlab.__version__


def peer_findings(y, pred_probs):
    """Flags, label quality and noise matrix [true, given]; None without cleanlab."""
    if cleanlab is None:
        return None
    flagged = find_label_issues(y, pred_probs, n_jobs=1)
    joint = estimate_joint(y, pred_probs).T
    noise_matrix = joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-100)
    empty = joint.sum(axis=1) == 0
    noise_matrix[empty] = np.eye(len(joint))[empty]
    return flagged, get_label_quality_scores(y, pred_probs), noise_matrix


def peer_predictions(estimator, X, y, X_test, seed):
    """What `CleanLearning` predicts for test data; None without cleanlab."""
    if cleanlab is None:
        return None
    one_process = {"n_jobs": 1}  # its own processes fail inside those of joblib
    learner = CleanLearning(estimator, seed=seed, find_label_issues_kwargs=one_process)
    return learner.fit(X, y).predict(X_test)
