"""
Noise matrices, estimated side by side
======================================

The noise matrix says how often which class is given for which. It can be estimated from labels and
predictions alone, in several ways. We plant a known matrix and compare what each way makes of it.
"""

# %%
# Five classes that overlap a little, and noise that differs by class: some labels are nearly
# always right, others are often taken for one other class in particular. True classes are in rows,
# given ones in columns, as in scikit-learn's ``confusion_matrix(y_true, y)``.
import numpy as np

from skclean.simulation import make_noisy_classification

noise_matrix = np.array(
    [
        [0.95, 0.05, 0.00, 0.00, 0.00],
        [0.30, 0.70, 0.00, 0.00, 0.00],
        [0.00, 0.05, 0.80, 0.15, 0.00],
        [0.05, 0.05, 0.05, 0.80, 0.05],
        [0.00, 0.00, 0.00, 0.40, 0.60],
    ]
)
X, y, y_true = make_noisy_classification(
    3000,
    n_features=8,
    n_informative=8,
    noise=noise_matrix,
    class_sep=1.5,
    random_state=0,
)
print(f"{(y != y_true).mean():.0%} of {len(y)} labels are wrong")

# %%
# All methods see the same labels and the same out-of-sample probabilities, and nothing else.
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict

forest = RandomForestClassifier(200, min_samples_leaf=5, random_state=0)
pred_probs = cross_val_predict(forest, X, y, cv=5, method="predict_proba")

from skclean import estimate_noise_matrix
from skclean.metrics import noise_matrix_error
from skclean.noise_matrix import (
    AnchorPoints,
    AveragedJoint,
    Clusterability,
    ConfidentJoint,
    DualT,
    EMNoiseMatrix,
)

METHODS = [
    AveragedJoint(),
    ConfidentJoint(),
    EMNoiseMatrix(),
    DualT(),
    AnchorPoints(),
    Clusterability(random_state=0),
]
matrices, errors = {"planted": noise_matrix}, {}
for method in METHODS:
    name = type(method).__name__
    matrices[name] = estimate_noise_matrix(y, pred_probs, method=method).noise_matrix
    errors[name] = noise_matrix_error(noise_matrix, matrices[name])
    print(f"{name:15} error {errors[name]:.3f}")

# %%
# The error is the share of the samples of a class that a matrix labels otherwise than the true one
# does, as a mean over the classes. The colours show only the mistakes: the diagonal, which
# is large in any matrix, stays white.
import matplotlib.pyplot as plt

figure, axes = plt.subplots(2, 4, figsize=(10, 5.4), layout="constrained")
for ax, (name, matrix) in zip(axes.flat, matrices.items(), strict=False):
    image = ax.imshow(
        np.where(np.eye(5), np.nan, matrix), cmap="Blues", vmin=0, vmax=0.5
    )
    for (i, j), value in np.ndenumerate(matrix):
        if value >= 0.005:
            color = "white" if i != j and value > 0.3 else "black"
            ax.text(
                j, i, f"{value:.2f}", ha="center", va="center", fontsize=8, color=color
            )
    ax.set(title=name, xticks=range(5), yticks=range(5))
for ax in axes[:, 0]:
    ax.set_ylabel("true class")
for ax in axes[1, :3]:
    ax.set_xlabel("given class")
names = sorted(errors, key=errors.get, reverse=True)
bars = axes[1, 3]
bars.barh(range(len(names)), [errors[name] for name in names], color="#0072b2")
for i, name in enumerate(names):
    bars.text(errors[name] + 0.005, i, name, va="center", fontsize=9)
bars.set(title="error, less is better", yticks=[], xlim=(0, 2 * max(errors.values())))
bars.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# With this forest, whose probabilities are cautious, `EMNoiseMatrix` takes most of the noise for
# overlap of the classes. But one data set is one data set: "Which one when" among the guides
# compares the methods over many. :class:`~skclean.NoiseMatrixEstimator` does the cross-validation
# and the estimate in one step, and ``ConfidentLearning(noise_matrix=...)`` takes any of these
# methods.
