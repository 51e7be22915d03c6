"""
Choose a model although the validation labels are wrong
=======================================================

Grid search trusts the labels that it scores on. If these are wrong in one direction, it
chooses the model that makes the same mistakes. A scorer that knows the noise matrix, even an
estimated one, looks through them.
"""

# %%
# Real tumours, and noise as records have it: two in five malignant tumours were overlooked and
# entered as benign, while no benign one is called malignant. Half of the patients are kept aside
# with their true labels.
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from skclean.simulation import flip_labels

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.filter(like="mean")
y = y.map({0: "malignant", 1: "benign"})
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.5, random_state=0, stratify=y
)
noise_matrix = [[1.0, 0.0], [0.4, 0.6]]  # rows: truly benign, truly malignant
y_noisy, wrong = flip_labels(y_train, noise_matrix, random_state=0)
print(f"{wrong.sum()} of {len(wrong)} training labels are wrong")

# %%
# The question to the search: how much should a malignant tumour weigh? The first search takes the
# ordinary accuracy, on labels as given. The second corrects it with the noise matrix, which is
# estimated from the same training labels.
import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, ParameterGrid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skclean import NoiseMatrixEstimator
from skclean.metrics import make_noise_robust_scorer

WEIGHTS = np.geomspace(0.5, 16, 11)
model = make_pipeline(StandardScaler(), LogisticRegression())
grid = {
    "logisticregression__class_weight": [
        {"benign": 1, "malignant": weight} for weight in WEIGHTS
    ]
}


def search_both(y_noisy):
    """Grid searches with the ordinary and with the noise-robust accuracy."""
    noise = NoiseMatrixEstimator(model, random_state=0).fit(X_train, y_noisy)
    robust = make_noise_robust_scorer(noise.noise_matrix_, classes=noise.classes_)
    searches = [
        GridSearchCV(model, grid, scoring=scoring) for scoring in ["accuracy", robust]
    ]
    return noise, [search.fit(X_train, y_noisy) for search in searches]


noise, (ordinary, corrected) = search_both(y_noisy)
print("estimated noise matrix:", noise.noise_matrix_.round(2).tolist())
for name, search in [("ordinary", ordinary), ("corrected", corrected)]:
    weight = search.best_params_["logisticregression__class_weight"]["malignant"]
    accuracy = search.best_estimator_.score(X_test, y_test)
    print(
        f"{name:9} accuracy chooses weight {weight:.1f}: {accuracy:.3f} on true test labels"
    )

# %%
# One draw of the noise may mislead. So we draw it ten times, and keep the score of every weight, by
# each search and on the true test labels.
scores = {"ordinary": [], "corrected": [], "true": []}
for seed in range(10):
    y_draw, _ = flip_labels(y_train, noise_matrix, random_state=seed)
    _, searches = search_both(y_draw)
    for name, search in zip(scores, searches, strict=False):
        scores[name].append(search.cv_results_["mean_test_score"])
    scores["true"].append(
        [
            clone(model)
            .set_params(**setting)
            .fit(X_train, y_draw)
            .score(X_test, y_test)
            for setting in ParameterGrid(grid)
        ]
    )
scores = {name: np.array(values) for name, values in scores.items()}

chosen = {}
for name in ["ordinary", "corrected"]:
    chosen[name] = scores["true"][np.arange(10), scores[name].argmax(axis=1)]
    print(
        f"{name:9} accuracy: what it chooses has {chosen[name].mean():.3f} on true labels"
    )
gain = chosen["corrected"] - chosen["ordinary"]
print(
    f"corrected better in {(gain > 0).sum()} draws, equal in {(gain == 0).sum()}, ",
    end="",
)
print(f"worse in {(gain < 0).sum()}")

# %%
# On the left the mean scores of each weight: the ordinary score has its peak where malignant
# tumours weigh too little, the corrected one lies nearer to the truth. On the right each line is
# one draw of the noise.
import matplotlib.pyplot as plt

figure, (left, right) = plt.subplots(
    1, 2, figsize=(9, 4), layout="constrained", width_ratios=[2, 1], sharey=True
)
curves = [
    ("true", "on true test labels", "black", "-"),
    ("corrected", "corrected score, given labels", "#0072b2", "-"),
    ("ordinary", "ordinary score, given labels", "#d55e00", "--"),
]
for name, label, color, style in curves:
    mean = scores[name].mean(axis=0)
    left.plot(WEIGHTS, mean, style, color=color, label=label)
    left.plot(WEIGHTS[mean.argmax()], mean.max(), "o", color=color)
left.set(
    title="Where the scores have their peak",
    xlabel="weight of malignant tumours",
    xscale="log",
)
left.minorticks_off()
left.set_xticks([0.5, 1, 2, 4, 8, 16], labels=["0.5", "1", "2", "4", "8", "16"])
left.set_ylabel("accuracy")
left.legend()
right.plot([0, 1], np.array(list(chosen.values())), "o-", color="gray", alpha=0.6)
right.set(title="True accuracy of the choice", xlim=(-0.3, 1.3))
right.set_xticks([0, 1], labels=["ordinary", "corrected"])
plt.show()

# %%
# The corrected score varies more from fold to fold than the ordinary one, since it divides by how
# much the given labels tell. It pays where the noise leans to one side; where it hits all classes
# alike, the ordinary accuracy orders models just as well.
