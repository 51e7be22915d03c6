"""A script as users write it; `make types` checks it with mypy."""

from typing import assert_type

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from skclean import (
    LabelCorrector,
    LabelIssues,
    NoiseAwareClassifier,
    NoiseEstimate,
    NoiseMatrixEstimator,
    NoisyLabelFilter,
    confident_joint,
    estimate_noise_matrix,
    find_label_issues,
    label_quality_scores,
)
from skclean.detectors import ConfidentLearning, EnsembleDetector, NeighborAgreement
from skclean.display import NoiseMatrixDisplay
from skclean.metrics import IssueReport, issue_report, make_noise_robust_scorer
from skclean.report import Audit, apply_review, audit
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.strategies import Prune, Reweight
from skclean.streaming import StackedRows, StreamingConfidentLearning

X, y_true = load_digits(return_X_y=True)
matrix = make_noise_matrix("pair", 10, 0.2)
y, wrong = flip_labels(y_true, matrix, random_state=0)
assert_type(wrong, NDArray[np.bool_])

detector = ConfidentLearning(LogisticRegression(), prune="by_noise_rate", n_jobs=2).fit(X, y)
assert_type(detector, ConfidentLearning)
assert_type(detector.issues_, LabelIssues)
issues = detector.issues_
n_issues: int = issues.n_issues
worst: list[int] = issues.ranked_indices()[:n_issues].tolist()
if issues.noise is not None:
    assert_type(issues.noise, NoiseEstimate)
    rate: float = issues.noise.noise_rate
kept: list[bool] = (NeighborAgreement(5).fit_predict(X, y) > 0).tolist()
EnsembleDetector([NeighborAgreement()]).fit(X, y)

pred_probs = np.full((len(y), 10), 0.1, dtype=np.float32)
assert_type(find_label_issues(y, pred_probs, max_fdr=0.1), LabelIssues)
assert_type(find_label_issues(y.tolist(), pred_probs.tolist()), LabelIssues)
find_label_issues(y, StackedRows([pred_probs]), n_issues={3: 10})
scores = label_quality_scores(y, pred_probs, quality="posterior")
counts: int = confident_joint(y, pred_probs).sum()
assert_type(estimate_noise_matrix(y, pred_probs, n_bootstrap=10), NoiseEstimate)
assert_type(issue_report(wrong, issues), IssueReport)

stream = StreamingConfidentLearning().partial_fit(y, pred_probs)
assert_type(stream, StreamingConfidentLearning)

noise = NoiseMatrixEstimator(LogisticRegression()).fit(X, y)
assert_type(noise, NoiseMatrixEstimator)
clf = NoiseAwareClassifier(LogisticRegression(), detector=ConfidentLearning(), strategy=Prune())
assert_type(clf.fit(X, y), NoiseAwareClassifier)
scorer = make_noise_robust_scorer(matrix)
GridSearchCV(clf, {"strategy": [Prune(), Reweight()]}, scoring=scorer).fit(X, y)
X_kept, y_kept = NoisyLabelFilter(max_removed=0.2).fit_resample(X, y)
X_same, y_better = LabelCorrector(min_confidence=0.9).fit_resample(X, y)

report = audit(X, y, LogisticRegression(), title="Digits")
assert_type(report, Audit)
report.to_html("report.html", columns=["x1"])
y_reviewed, reviewed = apply_review(y, "decisions.csv")
detector.fit(X, y_reviewed, trusted=reviewed, y_before=y)
assert_type(NoiseMatrixDisplay.from_predictions(y, pred_probs), NoiseMatrixDisplay)

# each of these is a mistake, and mypy has to say so
find_label_issues(y, pred_probs, prune="by_noise")  # type: ignore[arg-type]
find_label_issues(y, pred_probs, max_fdr="0.1")  # type: ignore[arg-type]
find_label_issues(y)  # type: ignore[call-arg]
label_quality_scores(y, pred_probs, quality="margin")  # type: ignore[arg-type]
print(issues.n_issue)  # type: ignore[attr-defined]
ConfidentLearning(prune=3)  # type: ignore[arg-type]
Reweight(floor="a")  # type: ignore[arg-type]
