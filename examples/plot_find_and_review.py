"""
Find wrong labels and review them
=================================

A table of real measurements gets some wrong labels, as a hurried annotator might leave them.
We let a classifier point at them, look at the worst ones, decide on each, and train on the
reviewed labels.
"""

# %%
# The breast-cancer table that scikit-learn ships has 569 tumours with 30 measurements each. A tenth
# of the benign ones are called malignant here, and a fifth of the malignant ones benign.
from sklearn.datasets import load_breast_cancer

from skclean.simulation import flip_labels

X, codes = load_breast_cancer(return_X_y=True, as_frame=True)
y_true = codes.map({0: "malignant", 1: "benign"})
noise_matrix = [[0.9, 0.1], [0.2, 0.8]]  # rows: truly benign, truly malignant
y, wrong = flip_labels(y_true, noise_matrix, random_state=0)
print(f"{wrong.sum()} of {len(y)} labels are wrong")

# %%
# The detector predicts every tumour by a model that has not seen it, and flags the labels which
# these predictions contradict.
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skclean.detectors import ConfidentLearning

model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
detector = ConfidentLearning(model, random_state=0).fit(X, y)
issues = detector.issues_
print(issues)
print("noise matrix, true in rows and given in columns:")
print(issues.noise.noise_matrix.round(2))

# %%
# The worst ones first. A reviewer would look at the tumours themselves; here the true labels are
# at hand and stand in for the reviewer.
review = issues.to_frame(index=X.index).iloc[issues.ranked_indices()[: issues.n_issues]]
review["decision"] = y_true.loc[review.index]
print(review.head(10).to_string())
print(f"{(review.decision != review.given_label).mean():.0%} of the flags are right")
print(f"{issues.expected_precision:.0%} were expected to be")
print(f"{issues.issue_mask[wrong].mean():.0%} of the wrong labels were flagged")

# %%
# How far down the list is a review worth its time? The first flags are nearly all right; further
# down, errors and merely unusual tumours mix.
import matplotlib.pyplot as plt
import numpy as np

right = (review["decision"] != review["given_label"]).to_numpy()
n_reviewed = np.arange(1, len(right) + 1)

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(
    n_reviewed, right.cumsum(), color="#0072b2", linewidth=2, label="wrong labels found"
)
ax.plot(n_reviewed, n_reviewed, "--", color="gray", label="if every flag were right")
ax.set(
    title="What a review of the flags finds, worst first",
    xlabel="flags reviewed",
    ylabel="wrong labels found",
    xlim=(0, len(right)),
    ylim=(0, None),
)
ax.legend()
plt.show()

# %%
# Reviewing costs time, so take the flags that are least in doubt: of these, at most two in five are
# expected to be false alarms. The expectation is cautious, because it allows for classes that
# overlap.
sure = ConfidentLearning(model, max_fdr=0.4, random_state=0).fit(X, y).issue_mask_
print(f"{sure.sum()} flags stay, {wrong[sure].mean():.0%} of them right")

# %%
# The decisions go back into the labels. What the model learns from them is closer to what it would
# have learnt from the true ones.
from sklearn.model_selection import cross_val_predict

y_reviewed = y.copy()
y_reviewed[review.index] = review["decision"]
for name, labels in [
    ("as given", y),
    ("reviewed", y_reviewed),
    ("true", y_true.to_numpy()),
]:
    accuracy = (cross_val_predict(model, X, labels, cv=5) == y_true).mean()
    print(f"trained on labels {name}: {accuracy:.3f} of the true labels predicted")
