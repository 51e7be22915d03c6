"""What the noise matrix and the flags say of each class, and of pairs of classes."""

import numpy as np

MAX_PAIRS = 20
LEAST_EXPECTED = 0.5  # samples of a pair, below which it is not worth a line


def class_health(issues, codes, names):
    """Describe each class.

    Parameters
    ----------
    issues : LabelIssues
        The findings.

    codes : ndarray of shape (n_samples,)
        Given labels as codes, those before the review if the noise is theirs.

    names : list of str
        Names of the classes.

    Returns
    -------
    classes : list of dict
        One for each class, in the order of the classes; see the schema of the audit.
    """
    n_given = np.bincount(codes, minlength=len(names))
    n_flagged = np.bincount(codes[issues.issue_mask], minlength=len(names))
    classes, doubtful = issues.classes.tolist(), set(issues.doubtful_classes.tolist())
    found = []
    for k, name in enumerate(names):
        entry = {
            "class": name,
            "n_given": int(n_given[k]),
            "n_flagged": int(n_flagged[k]),
            "error_rate": None,
            "n_wrong": None,
            "leaks_to": None,
            "leaks_to_share": None,
            "is_doubtful": classes[k] in doubtful,
        }
        if issues.noise is not None and n_given[k]:
            true = issues.noise.inverse_noise_matrix[k]
            wrong = max(1 - float(true[k]), 0.0)
            entry |= {"error_rate": wrong, "n_wrong": wrong * int(n_given[k])}
            others = np.where(np.arange(len(names)) == k, -1, true)
            most = int(others.argmax())
            if others[most] > 0:
                entry |= {"leaks_to": names[most], "leaks_to_share": float(true[most])}
        found.append(entry)
    return found


def confused_pairs(noise, n_samples, names):
    """The pairs of classes that most wrong labels belong to, largest first.

    Parameters
    ----------
    noise : NoiseEstimate or None
        The estimated noise.

    n_samples : int
        Number of labels that it holds for.

    names : list of str
        Names of the classes.

    Returns
    -------
    pairs : list of dict
        At most 20; see the schema of the audit.
    """
    if noise is None:
        return []
    expected = noise.joint * n_samples
    np.fill_diagonal(expected, 0)
    order = np.argsort(-expected, axis=None, kind="stable")[:MAX_PAIRS]
    pairs = [divmod(int(i), len(names)) for i in order if expected.flat[i] >= LEAST_EXPECTED]
    return [
        {
            "given": names[given],
            "true": names[true],
            "n_expected": float(expected[true, given]),
            "share_of_given": float(noise.inverse_noise_matrix[given, true]),
        }
        for true, given in pairs
    ]
