"""
Keep false flags under control
==============================

A flag costs a person's time, and a false flag costs trust. ``max_fdr`` keeps only the flags that
are least in doubt. How far does it keep its word? And what about classes that overlap, where an odd
sample is no error at all?
"""

# %%
# Two clouds of points that touch. First, all labels are right; then one label in seven is wrong.
import numpy as np

from skclean.simulation import flip_labels, make_noise_matrix


def two_clouds(distance, noise_rate, seed):
    """Points, given labels, and which of these are wrong."""
    rng = np.random.default_rng(seed)
    y_true = rng.integers(2, size=1000)
    X = rng.normal(size=(1000, 2))
    X[:, 0] += distance * (y_true - 0.5)
    y, wrong = flip_labels(
        y_true, make_noise_matrix("uniform", 2, noise_rate), random_state=seed
    )
    return X, y, wrong


# %%
# Each flag has one of two standings. It *stands*, or it is *ambiguous*: overlap of the classes
# alone could explain it. Where all labels are right, every flag is false.
from sklearn.linear_model import LogisticRegression

from skclean.detectors import ConfidentLearning

cases = {}
for title, noise_rate in [
    ("all labels right", 0.0),
    ("one label in seven wrong", 1 / 7),
]:
    X, y, wrong = two_clouds(2.5, noise_rate, seed=0)
    issues = ConfidentLearning(LogisticRegression(), random_state=0).fit(X, y).issues_
    cases[title] = X, y, issues
    standing = issues.issue_mask & ~issues.ambiguous_mask
    print(f"{title}: {issues.n_issues} flags, {issues.n_ambiguous} of them ambiguous")
    print(f"  {wrong[issues.issue_mask].sum()} of all flags are right, ", end="")
    print(f"{wrong[standing].sum()} of those that stand")

# %%
# The same points with their flags. Where nothing is wrong, the flags lie where the clouds meet, and
# all are called ambiguous. Errors deep inside the other cloud, which no overlap explains, stand.
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained", sharey=True)
for ax, (title, (X, y, issues)) in zip(axes, cases.items(), strict=True):
    for label, color in enumerate(["#0072b2", "#e69f00"]):
        ax.scatter(
            *X[y == label].T,
            s=9,
            color=color,
            linewidth=0,
            label=f"given label {label}",
        )
    standing = issues.issue_mask & ~issues.ambiguous_mask
    ax.scatter(
        *X[standing].T,
        s=55,
        facecolor="none",
        edgecolor="black",
        label="flag that stands",
    )
    ambiguous = X[issues.ambiguous_mask]
    ax.scatter(
        *ambiguous.T,
        s=55,
        marker="s",
        facecolor="none",
        edgecolor="#cc79a7",
        label="ambiguous flag",
    )
    ax.set(title=title, xticks=[], yticks=[])
figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

# %%
# Now ``max_fdr``, for clouds that overlap much, some and little, five draws each. The probabilities
# are computed once per draw; :func:`~skclean.find_label_issues` then only has to count.
from sklearn.model_selection import cross_val_predict

from skclean import find_label_issues

LIMITS = [0.05, 0.1, 0.2, 0.3, 0.4]
DISTANCES = {"much overlap": 2.0, "some overlap": 2.5, "little overlap": 3.5}
n_flags = {name: np.zeros((len(LIMITS), 5)) for name in DISTANCES}
n_false = {name: np.zeros((len(LIMITS), 5)) for name in DISTANCES}
for name, distance in DISTANCES.items():
    for seed in range(5):
        X, y, wrong = two_clouds(distance, 1 / 7, seed)
        pred_probs = cross_val_predict(
            LogisticRegression(), X, y, cv=5, method="predict_proba"
        )
        for i, limit in enumerate(LIMITS):
            flagged = find_label_issues(y, pred_probs, max_fdr=limit).issue_mask
            n_flags[name][i, seed] = flagged.sum()
            n_false[name][i, seed] = (flagged & ~wrong).sum()

print("false flags of all flags, for each max_fdr")
print(" " * 15, *(f"{limit:10.2f}" for limit in LIMITS))
for name in DISTANCES:
    flags, false = n_flags[name].sum(axis=1), n_false[name].sum(axis=1)
    cells = [f"{b:.0f} of {a:.0f}" for a, b in zip(flags, false, strict=True)]
    print(name.ljust(15), *(f"{cell:>10}" for cell in cells))

# %%
# Below the dashed line the limit is kept. The rule is cautious: mostly far fewer flags are false
# than it allows, and the price is on the right, flags that are held back. With much overlap and
# a strict limit hardly any flag remains; with a loose one the share of false flags comes up to the
# limit, which is meant for the expected share and is no guarantee for each draw.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
COLORS = ["#0072b2", "#e69f00", "#009e73"]
for name, color, marker in zip(DISTANCES, COLORS, "os^", strict=True):
    shares = n_false[name].sum(axis=1) / np.maximum(n_flags[name].sum(axis=1), 1)
    left.plot(LIMITS, shares, marker=marker, color=color, label=name)
    right.plot(
        LIMITS, n_flags[name].mean(axis=1), marker=marker, color=color, label=name
    )
left.plot([0, 0.4], [0, 0.4], "--", color="gray", label="limit")
left.set(title="False flags", xlabel="max_fdr", ylabel="actual share of false flags")
right.axhline(1000 / 7, linestyle="--", color="gray", label="wrong labels")
right.set(
    title="Flags that remain", xlabel="max_fdr", ylabel="flags, mean of five draws"
)
left.legend()
right.legend()
plt.show()
