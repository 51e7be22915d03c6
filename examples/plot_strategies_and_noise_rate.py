"""
Which strategy, as noise grows?
===============================

A strategy says what becomes of the flagged labels: leave them out, weigh them down, correct them,
or correct the predictions instead. We raise the share of wrong labels step by step and see what
each strategy saves.
"""

# %%
# Digits once more, with noise that goes from each digit to the next one ("pair"): a hard kind,
# since all errors of a class pull in one direction. Test labels are never touched.
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
X = X / 16
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.5, stratify=y, random_state=0
)

# %%
# All strategies share one detector. Its `memory` keeps the fitted folds, so that these are
# fitted once for all five.
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.linear_model import LogisticRegression

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.strategies import ForwardCorrection, Prune, Relabel, Reweight, SoftLabels

RATES = [0.0, 0.1, 0.2, 0.3, 0.4]
SEEDS = range(3)
STRATEGIES = [Prune(), Reweight(), Relabel(), SoftLabels(), ForwardCorrection()]
classifier = LogisticRegression(C=10, max_iter=1000)

accuracy = {"plain": np.zeros((len(RATES), len(SEEDS)))}
accuracy |= {type(s).__name__: np.zeros((len(RATES), len(SEEDS))) for s in STRATEGIES}
with TemporaryDirectory() as cache:
    for i, rate in enumerate(RATES):
        for seed in SEEDS:
            noise_matrix = make_noise_matrix("pair", 10, rate)
            y_noisy, _ = flip_labels(y_train, noise_matrix, random_state=seed)
            accuracy["plain"][i, seed] = classifier.fit(X_train, y_noisy).score(
                X_test, y_test
            )
            for strategy in STRATEGIES:
                aware = NoiseAwareClassifier(
                    classifier,
                    detector=ConfidentLearning(random_state=0, memory=cache),
                    strategy=strategy,
                ).fit(X_train, y_noisy)
                accuracy[type(strategy).__name__][i, seed] = aware.score(X_test, y_test)

print("accuracy on true test labels, mean over the seeds")
print("noise rate".ljust(18), *(f"{rate:6.1f}" for rate in RATES))
for name, values in accuracy.items():
    print(name.ljust(18), *(f"{mean:6.3f}" for mean in values.mean(axis=1)))

# %%
# Lines are means over three draws of the noise, bands reach from the worst to the best draw. On
# clean labels there is nothing to save, and next to nothing is lost. With four wrong labels in ten,
# where the wrong label of a class is nearly as common as the right one, the draw decides as much as
# the strategy. Other data and other noise have other winners: take this script and put in yours.
import matplotlib.pyplot as plt

COLORS = ["#000000", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"]
figure, ax = plt.subplots(figsize=(7.5, 4.8), layout="constrained")
for (name, values), color, marker in zip(
    accuracy.items(), COLORS, "xos^Dv", strict=True
):
    style = "--" if name == "plain" else "-"
    ax.plot(RATES, values.mean(axis=1), style, color=color, marker=marker, label=name)
    ax.fill_between(
        RATES, values.min(axis=1), values.max(axis=1), color=color, alpha=0.12, lw=0
    )
ax.set(
    title="Digits with wrong training labels",
    xlabel="share of wrong training labels",
    ylabel="accuracy on true test labels",
    xticks=RATES,
)
ax.legend()
plt.show()
