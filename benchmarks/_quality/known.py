"""What the same probabilities would give to one who knew what no one knows: how far there is to go.

Neither bounds what is possible, but both show what is lost where: by the noise matrix, by
the number of flags, or by the probabilities themselves.
"""

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_curve

from skclean import find_label_issues
from skclean._core._evidence import Evidence
from skclean._core._noise_rows import NoiseRows
from skclean.quality import issues_from_evidence

from .figures import detection, mean, not_worse, paired
from .markdown import number, share_with_interval, table

RARE = 0.01  # counts for confusions that did not occur, which are possible all the same
WITH = {
    "as it is": ("default F1", "default AP"),
    "the noise matrix known": ("matrix known F1", "matrix known AP"),
    "the number of wrong labels known": ("number known F1", None),
    "the best number of flags known": ("best number F1", None),
}


def if_known(case, pred_probs):
    """Figures of the default rule, were parts of the truth known."""
    n_classes = pred_probs.shape[1]
    counts = confusion_matrix(case.y_true, case.y, labels=range(n_classes)) + RARE
    realised = counts / counts.sum(axis=1, keepdims=True)
    terms = Evidence(case.y, pred_probs).posterior_terms
    terms = terms._replace(noise=NoiseRows.of(realised), disputed=0.0)
    told = Evidence(case.y, pred_probs, posterior_terms=terms)
    issues = issues_from_evidence(told, np.arange(n_classes))
    found = detection(case.wrong, issues.issue_mask, issues.label_quality)
    row = {f"matrix known {figure}": value for figure, value in found.items()}
    issues = find_label_issues(case.y, pred_probs, n_issues=int(case.wrong.sum()))
    row["number known F1"] = detection(case.wrong, issues.issue_mask, issues.label_quality)["F1"]
    precision, recall, _ = precision_recall_curve(case.wrong, -issues.label_quality)
    f1 = 2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny)
    return row | {"best number F1": f1.max()}


def known_table(rows):
    """The Markdown: means, and the share of cases not worse than cleanlab's default."""
    rows = [row for row in rows if "matrix known F1" in row]
    lines = []
    for title, figures in WITH.items():
        line = [title]
        for name, figure in zip(figures, ("F1", "AP"), strict=True):
            if name is None:
                line += ["-", "-"]
                continue
            left, right, _ = paired(rows, name, f"cleanlab {figure}")
            line.append(number(mean(left - right), sign=True))
            line.append(share_with_interval(*not_worse(rows, name, f"cleanlab {figure}")))
        lines.append(line)
    return (
        f"### What would be gained by knowing\n\nThe default over the {len(rows)} cases of the "
        "first seed, as it is and told a part of the truth: differences from cleanlab's default. "
        "Where even that is worse in many cases, the probabilities do not tell.\n\n"
        + table(["default", "F1", "not worse", "AP", "not worse"], lines)
    )
