"""
Look at wrong labels as images
==============================

Whoever types off handwritten digits mistakes a sloppy 4 for a 9, not for a 0. We plant such
mistakes in real digits, find them again, and look at what was found.
"""

# %%
# scikit-learn ships 1,797 digits of 8 by 8 pixels. One in ten of some digits gets the label of the
# digit that it resembles, in both directions; the others keep theirs. Since we planted the errors
# ourselves, we know which labels are wrong. The detector does not.
import numpy as np
from sklearn.datasets import load_digits

from skclean.simulation import flip_labels

X, y_true = load_digits(return_X_y=True)
noise_matrix = np.eye(10)  # true digits in rows, given ones in columns
for one, other in [(1, 7), (3, 8), (4, 9), (5, 6)]:
    noise_matrix[[one, other], [other, one]] = 0.1
    noise_matrix[[one, other], [one, other]] = 0.9
y, wrong = flip_labels(y_true, noise_matrix, random_state=0)
print(f"{wrong.sum()} of {len(y)} labels are wrong")

# %%
# Every digit is predicted by a support vector machine that has not seen it. `SVC` has no
# probabilities of its own; `CalibratedClassifierCV` adds them.
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import SVC

from skclean.detectors import ConfidentLearning

model = CalibratedClassifierCV(SVC(gamma=0.001), ensemble=False)
issues = ConfidentLearning(model, random_state=0).fit(X, y).issues_
print(issues)
print(f"{issues.issue_mask[wrong].mean():.0%} of the wrong labels are flagged")
print(f"{wrong[issues.issue_mask].mean():.0%} of the flags are right")

# %%
# The 24 labels that are most likely wrong, worst first. Above each digit stands the label that it
# was given and, after the arrow, the one that is suggested.
import matplotlib.pyplot as plt

ranked = issues.ranked_indices()[: issues.n_issues]
figure, axes = plt.subplots(3, 8, figsize=(8, 4.6), layout="constrained")
figure.suptitle("Most likely wrong: given label → suggested label")
for ax, row in zip(axes.flat, ranked, strict=False):
    ax.imshow(X[row].reshape(8, 8), cmap="gray_r", interpolation="bilinear")
    ax.set_title(f"{y[row]} → {issues.suggested_label[row]}", fontsize=12)
    ax.axis("off")
plt.show()
print(f"{wrong[ranked[:24]].sum()} of these 24 labels are wrong")

# %%
# No detector is perfect. Two kinds of mistakes are worth a look: labels that are right and flagged,
# and labels that are wrong and not flagged. Most of these digits are untidy, and a person would
# have to think twice as well.
false_flags = np.flatnonzero(issues.issue_mask & ~wrong)
missed = np.flatnonzero(wrong & ~issues.issue_mask)
mistakes = np.concatenate([false_flags, missed])[:8]
print(f"{len(false_flags)} false flags, {len(missed)} missed errors")

figure, axes = plt.subplots(1, len(mistakes), figsize=(8, 2.2), layout="constrained")
figure.suptitle("Mistakes of the detector")
for ax, row in zip(axes, mistakes, strict=True):
    ax.imshow(X[row].reshape(8, 8), cmap="gray_r", interpolation="bilinear")
    kind = "missed" if wrong[row] else "false flag"
    ax.set_title(f"{kind}\ngiven {y[row]}, is {y_true[row]}", fontsize=10)
    ax.axis("off")
plt.show()

# %%
# The labels that scikit-learn ships deserve the same look. Here nobody has planted anything, so
# whether a flag is right is for you to say.
shipped = ConfidentLearning(model, random_state=0).fit(X, y_true).issues_
print(f"{shipped.n_issues} of {len(y_true)} shipped labels are flagged")
doubtful = shipped.ranked_indices()[:8]

figure, axes = plt.subplots(1, len(doubtful), figsize=(8, 1.9), layout="constrained")
figure.suptitle("Worst labels of the original data: given → suggested")
for ax, row in zip(axes, doubtful, strict=True):
    ax.imshow(X[row].reshape(8, 8), cmap="gray_r", interpolation="bilinear")
    ax.set_title(f"{y_true[row]} → {shipped.suggested_label[row]}", fontsize=12)
    ax.axis("off")
plt.show()
