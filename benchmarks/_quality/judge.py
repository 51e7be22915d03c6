"""Figures of one set of probabilities: skclean's defaults, cleanlab's, and our promises."""

import numpy as np

from skclean import find_label_issues

from .figures import detection, matrix_error
from .peer import peer_findings

MAX_FDR = 0.1
FEW, MANY = "2 to 4", "5 and more"  # classes
BANDS = {".00 to .80": 0.8, ".80 to .90": 0.9, ".90 to .95": 0.95, ".95 to 1.0": np.inf}


def band(accuracy):
    """Band of a model's accuracy."""
    return next(name for name, end in BANDS.items() if accuracy < end)


def judge(y_true, y, pred_probs):
    """One row of figures, as far as there are wrong labels to find."""
    wrong = y != y_true
    issues = find_label_issues(y, pred_probs)
    accuracy = float((pred_probs.argmax(axis=1) == y_true).mean())
    row = {"accuracy": accuracy, "band": band(accuracy)}
    row["classes"] = FEW if pred_probs.shape[1] < 5 else MANY
    row |= detection(wrong, issues.issue_mask, issues.label_quality)
    row["TV"] = matrix_error(y_true, y, issues.noise.noise_matrix)
    row |= _promises(wrong, issues)
    careful = find_label_issues(y, pred_probs, max_fdr=MAX_FDR).issue_mask
    row["false share"] = 1 - wrong[careful].mean() if careful.any() else np.nan
    theirs = peer_findings(y, pred_probs)
    if theirs is not None:
        flagged, quality, noise_matrix = theirs
        found = detection(wrong, flagged, quality)
        found["TV"] = matrix_error(y_true, y, noise_matrix)
        row |= {f"cleanlab {name}": value for name, value in found.items()}
    return row


def _promises(wrong, issues):
    """What the record says of itself, against what is true."""
    flagged, ambiguous = issues.issue_mask, issues.ambiguous_mask
    stands = flagged & ~ambiguous
    row = {
        "gap": np.nan,
        "in interval": np.nan,
        "found": np.count_nonzero(wrong & flagged),
        "found and stands": np.count_nonzero(wrong & stands),
        "n ambiguous": np.count_nonzero(ambiguous),
        "precision of standing": wrong[stands].mean() if stands.any() else np.nan,
        "precision of ambiguous": wrong[ambiguous].mean() if ambiguous.any() else np.nan,
        "within bounds": np.nan,
    }
    if flagged.any():
        precision = wrong[flagged].mean()
        low, high = issues.expected_precision_interval
        row["gap"] = issues.expected_precision - precision
        row["in interval"] = float(low <= precision <= high)
    if issues.noise_rate_bounds is not None:
        low, high = issues.noise_rate_bounds
        row["within bounds"] = float(low <= wrong.mean() <= high)
        row["bounds width"] = high - low
    return row
