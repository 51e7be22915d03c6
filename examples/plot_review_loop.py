"""
Find, look, decide, apply: a review in rounds
=============================================

Nobody reviews a thousand labels at once. One looks at the worst few, decides, puts the decisions
into the labels, and asks again: what the model learns from better labels points at the next ones.
"""

# %%
# One digit in five has a wrong label, mostly those that resemble another digit. The true labels
# play the reviewer; the detector does not see them.
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skclean.simulation import flip_labels_by_instance

X, y_true = load_digits(return_X_y=True)
X = X / 16
y, wrong = flip_labels_by_instance(X, y_true, 0.2, random_state=0)
print(f"{wrong.sum()} of {len(y)} labels are wrong")

# %%
# **Find**: the detector ranks the labels.
from skclean.detectors import ConfidentLearning

model = LogisticRegression(max_iter=1000)
issues = ConfidentLearning(model, random_state=0).fit(X, y).issues_
print(issues)


# %%
# **Look and decide**: for each row the reviewer accepts the suggested label, keeps the given one,
# or picks another. ``skclean.report.audit(X, y, model).to_html("report.html")`` writes a page for
# it, which saves the decisions as a file; here a table of the same columns is made by hand.
def decide(rows, y, issues):
    """What a reviewer says who knows the digits."""
    suggested, true = issues.suggested_label[rows], y_true[rows]
    decision = np.where(
        true == y[rows], "keep", np.where(true == suggested, "accept", "pick")
    )
    return pd.DataFrame(
        {"row": rows, "given_label": y[rows], "decision": decision, "new_label": true}
    )


decisions = decide(issues.ranked_indices()[:50], y, issues)
print(decisions.head().to_string(index=False))
print(decisions["decision"].value_counts().to_string())

# %%
# **Apply**: the decisions go into a copy of the labels. The mask says which rows a person has
# settled. Decisions that do not fit the labels, because somebody changed the data in the
# meantime, are refused as a whole.
from textwrap import shorten

from skclean.report import apply_review

y_reviewed, reviewed = apply_review(y, decisions)
print(f"{reviewed.sum()} labels reviewed, {(y_reviewed != y).sum()} changed")
try:
    apply_review(y_reviewed, decisions)
except ValueError as error:
    print("a second time:", shorten(str(error), 120))

# %%
# And again: nine more rounds of fifty, each with a detector that has learnt from the labels as they
# stand by then. It is told which labels are `trusted` and what they were before, so that it leaves
# them alone and can measure how right its flags were. For comparison: the first list, worked off in
# one go, and rows by chance.
n_reviewed = 50 * np.arange(11)
in_one_go = [wrong.sum() - wrong[issues.ranked_indices()[:n]].sum() for n in n_reviewed]
by_chance = wrong.sum() * (1 - n_reviewed / len(y))
n_wrong = [wrong.sum(), (y_reviewed != y_true).sum()]
for _ in range(9):
    detector = ConfidentLearning(model, random_state=0)
    issues = detector.fit(X, y_reviewed, trusted=reviewed, y_before=y).issues_
    ranked = issues.ranked_indices()
    rows = ranked[~reviewed[ranked]][:50]
    y_reviewed, newly = apply_review(y_reviewed, decide(rows, y_reviewed, issues))
    reviewed |= newly
    n_wrong.append((y_reviewed != y_true).sum())

print(issues)
print(f"wrong labels left after {reviewed.sum()} of {len(y)} labels were reviewed:")
print(
    f"in rounds {n_wrong[-1]}, in one go {in_one_go[-1]}, by chance {by_chance[-1]:.0f}"
)

# %%
# At first the list of the first round is as good as any. Late in the review, where what is left is
# hard to see, a detector that has learnt from the decisions finds more.
import matplotlib.pyplot as plt

figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
ax.plot(
    n_reviewed, n_wrong, "o-", color="#0072b2", label="worst labels first, in rounds"
)
ax.plot(
    n_reviewed, in_one_go, "s-", color="#e69f00", label="worst labels first, in one go"
)
ax.plot(n_reviewed, by_chance, "--", color="#d55e00", label="rows by chance (expected)")
ax.plot(
    n_reviewed,
    np.maximum(wrong.sum() - n_reviewed, 0),
    ":",
    color="gray",
    label="only wrong labels",
)
ax.set(
    title="Wrong labels that are left",
    xlabel="labels reviewed",
    ylabel="wrong labels left",
    ylim=(0, None),
)
ax.legend()
plt.show()
