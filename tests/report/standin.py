"""A small audit to draw: the fields that a page reads."""

from types import SimpleNamespace

import numpy as np


def make_audit(
    n=40,
    classes=("cat", "dog", "fox"),
    *,
    X=None,
    images=None,
    ids=None,
    title=None,
    label=None,
    seed=0,
    reason="no probabilities",
):
    """Audit of `n` flagged rows, every second of 2 n."""
    rng = np.random.default_rng(seed)
    k = len(classes)
    given = rng.integers(k, size=n)
    suggested = (given + rng.integers(1, k, size=n)) % k
    proba = rng.random((n, 2)).round(4)
    rows = [
        {
            "row": 2 * i,
            "id": None if ids is None else ids[i],
            "given_label": classes[given[i]],
            "suggested_label": classes[suggested[i]],
            "given_proba": float(proba[i, 0]),
            "suggested_proba": float(proba[i, 1]),
            "label_quality": i / max(n, 1),
            "is_ambiguous": bool(i % 3 == 2),
        }
        for i in range(n)
    ]
    n_ambiguous = sum(row["is_ambiguous"] for row in rows)
    summary = {
        "n_samples": 2 * n or 10,
        "n_features": None,
        "n_classes": k,
        "n_issues": n,
        "n_standing": n - n_ambiguous,
        "n_ambiguous": n_ambiguous,
        "n_wrong": float(n),
        "n_wrong_interval": [0.9 * n, 1.1 * n],
        "noise_rate": 0.5,
        "noise_rate_bounds": [0.4, 0.6],
        "expected_precision": 0.9,
        "expected_precision_interval": [0.8, 1.0],
        "n_trusted": 0,
        "n_changed": None,
        "measured_precision": None,
        "measured_precision_interval": None,
        "n_unjudged": 1,
        "detector": "ConfidentLearning",
    }
    report = {
        "schema": "skclean.audit/1",
        "version": "0",
        "title": title,
        "label": label,
        "id_column": None if ids is None else "name, of the row",
        "fingerprint": f"{seed:02d}abcdef",
        "summary": summary,
        "words": [f"About {n} of {2 * n} labels are wrong (95% interval 0-{2 * n})."],
        "classes": list(classes),
        "noise_matrix": None,
        "class_health": [
            {
                "class": name,
                "n_given": 10,
                "n_flagged": 5,
                "error_rate": 0.5,
                "n_wrong": 5.0,
                "leaks_to": classes[0],
                "leaks_to_share": 0.7,
                "is_doubtful": j == 1,
            }
            for j, name in enumerate(classes)
        ],
        "confused_pairs": [
            {"given": classes[0], "true": classes[1], "n_expected": 4.2, "share_of_given": 0.3}
        ],
        "slices": [
            {
                "column": classes[0],
                "value": classes[1],
                "n_samples": 50,
                "n_issues": 20,
                "issue_rate": 0.4,
                "ratio": 2.5,
                "p_value": 1e-4,
            }
        ],
        "duplicates": [{"rows": [0, 3], "labels": list(classes[:2]), "distance": 0.0}],
        "unjudged": [{"reason": reason, "n": 1, "rows": [5]}],
        "rows": rows,
    }
    return SimpleNamespace(
        to_dict=lambda: report,
        rows=np.arange(2 * n or 10),
        X=X,
        images=images,
        issues=SimpleNamespace(noise=None, given_label=None, classes=None),
    )
