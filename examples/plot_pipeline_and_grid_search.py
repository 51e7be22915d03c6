"""
Train on wrong labels: Pipeline, GridSearchCV, pickle
=====================================================

A classifier that survives wrong labels is a classifier like any other: it goes into a pipeline,
its parts are tuned by name, and the fitted search is stored and loaded.
"""

# %%
# Handwritten digits, three in ten of which carry the label of the next digit. The test labels
# stay as they are, so that the scores below are honest.
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skclean.simulation import flip_labels, make_noise_matrix

X, y_true = load_digits(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y_true, random_state=0, stratify=y_true
)
y_noisy, wrong = flip_labels(
    y_train, make_noise_matrix("pair", 10, 0.3), random_state=0
)
print(f"{wrong.mean():.0%} of {len(wrong)} training labels are wrong")

# %%
# The detector uses the classifier that it is to protect, and `memory` lets it fit that only once
# per fold and setting of `C`, however many ways of using its findings are tried.
from tempfile import TemporaryDirectory

from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning
from skclean.strategies import Prune, Relabel, Reweight

plain = Pipeline(
    [("scale", MinMaxScaler()), ("clf", LogisticRegression(max_iter=1000))]
)
with TemporaryDirectory() as cache:
    detector = ConfidentLearning(random_state=0, memory=cache)
    aware = Pipeline(
        [
            ("scale", MinMaxScaler()),
            (
                "clf",
                NoiseAwareClassifier(
                    LogisticRegression(max_iter=1000), detector=detector
                ),
            ),
        ]
    )
    grid = {
        "clf__strategy": [Prune(), Reweight(), Relabel()],
        "clf__detector__prune": ["by_noise_rate", "both"],
        "clf__estimator__C": [0.1, 1.0],
    }
    search = GridSearchCV(aware, grid, cv=3).fit(X_train, y_noisy)
    on_true_labels = [
        clone(aware).set_params(**params).fit(X_train, y_noisy).score(X_test, y_test)
        for params in search.cv_results_["params"]
    ]

# %%
# The search scores on held-out *given* labels, three in ten of which are wrong, so its scores are
# low; the test labels are true.
print("best:", search.best_params_)
print(f"score of the search on given labels: {search.best_score_:.3f}")
print(
    f"plain training, true test labels:    {plain.fit(X_train, y_noisy).score(X_test, y_test):.3f}"
)
print(f"noise-aware, true test labels:       {search.score(X_test, y_test):.3f}")

# %%
# Scored on given labels, even the best setting looks poor, and so would a perfect model. On the
# true test labels all settings of the grid lie close together, far above plain training: what
# matters most here is that the noise is dealt with at all. One point is one setting.
import matplotlib.pyplot as plt

figure, ax = plt.subplots(figsize=(6.5, 4.5), layout="constrained")
styles = {
    "Prune": ("o", "#0072b2"),
    "Reweight": ("s", "#e69f00"),
    "Relabel": ("^", "#009e73"),
}
settings = [
    type(strategy).__name__ for strategy in search.cv_results_["param_clf__strategy"]
]
for name, (marker, color) in styles.items():
    rows = [i for i, setting in enumerate(settings) if setting == name]
    ax.scatter(
        search.cv_results_["mean_test_score"][rows],
        [on_true_labels[i] for i in rows],
        marker=marker,
        color=color,
        s=60,
        label=name,
    )
ax.axhline(
    plain.score(X_test, y_test), linestyle="--", color="gray", label="plain training"
)
ax.set(
    title="Twelve settings, scored twice",
    xlabel="accuracy of the search, on given labels",
    ylabel="accuracy on true test labels",
)
ax.legend()
plt.show()

# %%
# The fitted search is pickled like any other estimator.
import pickle

restored = pickle.loads(pickle.dumps(search))
print(
    "the same after pickling:",
    (restored.predict(X_test) == search.predict(X_test)).all(),
)

# %%
# What the detector inside found is there to look at.
issues = search.best_estimator_["clf"].issues_
print(issues)
print(f"{wrong[issues.issue_mask].mean():.0%} of its flags are right")
