"""Parts of the data in which more labels are flagged than elsewhere."""

import numpy as np
from scipy.stats import false_discovery_control, hypergeom

from skclean.report._columns import level_codes

MAX_SLICES = 20
LEAST_SAMPLES = 10
LEVEL = 0.05  # false discovery rate of the slices


def find_slices(columns, issue_mask):
    """Find values and ranges of columns in which labels are flagged more often.

    For each value or range, the hypergeometric test asks how likely so many flags are
    among as many samples drawn at random; p-values are adjusted for their number by the
    rule of Benjamini and Hochberg [1]_, and those of at most .05 are kept.

    Parameters
    ----------
    columns : iterable of (str, ndarray of shape (n_samples,))
        Names and values.

    issue_mask : ndarray of shape (n_samples,), dtype bool
        The flags.

    Returns
    -------
    slices : list of dict
        At most 20, most flags beyond the overall rate first; see the schema of the audit.

    skipped : list of str
        Names of columns with too many different values.

    References
    ----------
    .. [1] Benjamini & Hochberg, "Controlling the False Discovery Rate: A Practical and
       Powerful Approach to Multiple Testing", Journal of the Royal Statistical Society B
       57, 1995.
    """
    n, n_issues = len(issue_mask), int(np.count_nonzero(issue_mask))
    tested, skipped = [], []
    for column, values in columns:
        codes, names = level_codes(values)
        if names is None:
            skipped.append(column)
            continue
        n_samples = np.bincount(codes, minlength=len(names))
        n_flagged = np.bincount(codes[issue_mask], minlength=len(names))
        for k in np.flatnonzero((n_samples >= LEAST_SAMPLES) & (n_samples < n)):
            tested.append((column, names[k], int(n_samples[k]), int(n_flagged[k])))
    if not tested or n_issues == 0:
        return [], skipped
    size, flagged = np.array([entry[2:] for entry in tested]).T
    p_values = np.clip(hypergeom.sf(flagged - 1, n, n_issues, size), 0, 1)
    p_values = false_discovery_control(p_values)
    rate = n_issues / n
    beyond = flagged - rate * size
    order = np.argsort(-beyond, kind="stable")
    kept = [i for i in order if p_values[i] <= LEVEL and beyond[i] > 0]
    return [
        {
            "column": tested[i][0],
            "value": tested[i][1],
            "n_samples": tested[i][2],
            "n_issues": tested[i][3],
            "issue_rate": tested[i][3] / tested[i][2],
            "ratio": tested[i][3] / tested[i][2] / rate,
            "p_value": float(p_values[i]),
        }
        for i in kept[:MAX_SLICES]
    ], skipped
