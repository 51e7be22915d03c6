"""
Bring the probabilities of your own network
===========================================

Deep networks are trained elsewhere: with another library, on another machine, for days. All that
skclean needs of them is a table of probabilities, one row per sample. It may be float32, and it
may lie in files that are larger than memory.
"""

# %%
# A small network on digits stands for yours. Some of the labels are wrong.
from sklearn.datasets import load_digits

from skclean.simulation import flip_labels, make_noise_matrix

X, y_true = load_digits(return_X_y=True)
X = (X / 16).astype("float32")
y, wrong = flip_labels(y_true, make_noise_matrix("random", 10, 0.15, random_state=1), 0)
print(f"{wrong.sum()} of {len(y)} labels are wrong")

# %%
# One rule matters: each row must be predicted by a network that has **not** been trained on it. A
# network learns wrong labels by heart and then sees nothing wrong with them. Five folds make five
# networks, and every row is predicted by the one that has not seen it.
from sklearn.model_selection import cross_val_predict
from sklearn.neural_network import MLPClassifier

network = MLPClassifier(
    [100], alpha=0.1, learning_rate_init=0.005, tol=0.001, max_iter=1000, random_state=0
)
out_of_sample = cross_val_predict(network, X, y, cv=5, method="predict_proba")
in_sample = network.fit(X, y).predict_proba(X)
print(out_of_sample.shape, out_of_sample.dtype)

# %%
# From here on no model is needed, and no `X`.
from skclean import find_label_issues

issues = find_label_issues(y, out_of_sample)
print(issues)
by_heart = find_label_issues(y, in_sample)
for name, found in [("out of sample", issues), ("in sample", by_heart)]:
    recall, precision = found.issue_mask[wrong].mean(), wrong[found.issue_mask].mean()
    print(
        f"{name:13}: {recall:.0%} of the wrong labels found, {precision:.0%} of the flags right"
    )

# %%
# The picture shows why. A network that has not seen a wrong label gives it next to no probability.
# One that was trained on it has begun to believe it.
import matplotlib.pyplot as plt
import numpy as np

figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
rows = np.arange(len(y))
for ax, mask, title in zip(
    axes, [wrong, ~wrong], ["wrong labels", "right labels"], strict=True
):
    ax.hist(
        [out_of_sample[rows, y][mask], in_sample[rows, y][mask]],
        np.linspace(0, 1, 11),
        color=["#0072b2", "#e69f00"],
        label=["out of sample", "in sample"],
    )
    ax.set(title=title, xlabel="probability of the given label", ylabel="samples")
    ax.legend()
plt.show()

# %%
# Large tables are written in batches. `StackedRows` makes one table of several files; it reads
# rows when they are needed, and the result is that of the table in memory.
from pathlib import Path
from tempfile import TemporaryDirectory

from skclean.streaming import StackedRows

with TemporaryDirectory() as folder:
    paths = [Path(folder) / f"batch_{i}.npy" for i in range(4)]
    for path, batch in zip(paths, np.array_split(out_of_sample, 4), strict=True):
        np.save(path, batch)
    stacked = StackedRows([np.load(path, mmap_mode="r") for path in paths])
    from_files = find_label_issues(y, stacked)
    print("the same flags:", (from_files.issue_mask == issues.issue_mask).all())
    print(f"float32 keeps its type: {from_files.label_quality.dtype}")
    del stacked, from_files  # closes the files before the folder goes

# %%
# Probabilities that come only once and are kept nowhere are the task of
# :class:`~skclean.streaming.StreamingConfidentLearning`.
