"""
Look at findings
================

Five displays draw what was found out about labels, by the protocol of scikit-learn's own:
`from_issues`, `from_estimator` or `from_predictions`, on axes of yours or on new ones.
"""

# %%
# The digits, with one label in five turned into that of the next digit. As the noise is
# simulated, the true labels are known, and displays that take `y_true` show it.

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skclean.detectors import ConfidentLearning
from skclean.display import (
    ConfidenceCurveDisplay,
    IssueMapDisplay,
    LabelQualityDisplay,
    NoiseMatrixDisplay,
    ReliabilityDisplay,
)
from skclean.simulation import flip_labels, make_noise_matrix

X, y_true = load_digits(return_X_y=True)
y, wrong = flip_labels(y_true, make_noise_matrix("pair", 10, 0.2), random_state=0)
detector = ConfidentLearning(LogisticRegression(max_iter=1000)).fit(X / 16, y)
issues = detector.issues_
print(issues)

# %%
# Which class is given for which? Rows are true classes, columns given ones. Colours are for
# what is wrong; the diagonal, which is right, is grey.

NoiseMatrixDisplay.from_issues(issues)

# %%
# Where do the flags lie? Each class has its distribution of label quality, the flagged part
# in colour. The first column of numbers is the flagged share, the second the truly wrong one.

LabelQualityDisplay.from_issues(issues, y_true=y_true)

# %%
# Every sample by the probability of its given label and of the best other one. Samples above
# the dotted line contradict their label.

IssueMapDisplay.from_issues(issues, y_true=y_true)

# %%
# How far is it worth reviewing? The curve is the share of wrong labels among the samples
# reviewed so far, worst first: what is expected, with an interval, and what is true.

ConfidenceCurveDisplay.from_issues(issues, y_true=y_true)

# %%
# Is a label quality of 0.8 right in 80 % of the cases? Here it says so, or not.

ReliabilityDisplay.from_issues(issues, y_true=y_true)

# %%
# All of them work on axes that you have, on dark ones as well.

with plt.style.context("dark_background"):
    _, axes = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    NoiseMatrixDisplay.from_issues(issues, ax=axes[0], colorbar=False)
    ConfidenceCurveDisplay.from_issues(issues, y_true=y_true, ax=axes[1])
