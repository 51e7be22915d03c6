"""
Groups that leak: one wrong label for a whole patient
=====================================================

Eight measurements of one patient share one diagnosis. If it is wrong, it is wrong eight times. A
model that has seen seven of these measurements knows the patient, and with it the wrong
diagnosis, and finds nothing odd about the eighth. Folds must keep patients together.
"""

# %%
# 120 patients, eight measurements each. Patients of one class resemble each other somewhat;
# measurements of one patient resemble each other a lot. Each diagnosis is wrong with a chance of
# one in eight.
import numpy as np

from skclean.simulation import flip_labels, make_noise_matrix

N_PATIENTS, N_EACH, N_FEATURES = 120, 8, 10
rng = np.random.default_rng(0)
diagnosis = rng.choice(["healthy", "ill"], size=N_PATIENTS)
center = np.where(diagnosis == "ill", 0.7, -0.7)[:, np.newaxis]
patients = center + rng.normal(size=(N_PATIENTS, N_FEATURES))
recorded, wrong_patient = flip_labels(
    diagnosis, make_noise_matrix("uniform", 2, 0.125), 0
)

groups = np.repeat(np.arange(N_PATIENTS), N_EACH)
X = patients[groups] + 0.3 * rng.normal(size=(len(groups), N_FEATURES))
y, wrong = recorded[groups], wrong_patient[groups]
print(f"{wrong_patient.sum()} of {N_PATIENTS} patients have a wrong diagnosis")

# %%
# The same detector twice. The first time the folds split the measurements at random; the second
# time `GroupKFold` keeps all measurements of a patient in one fold, and `fit` is told the patients.
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold, StratifiedKFold

from skclean.detectors import ConfidentLearning

forest = RandomForestClassifier(100, random_state=0)
shuffled = StratifiedKFold(5, shuffle=True, random_state=0)
leaking = ConfidentLearning(forest, cv=shuffled, random_state=0).fit(X, y)
grouped = ConfidentLearning(forest, cv=GroupKFold(5), random_state=0).fit(
    X, y, groups=groups
)

for name, detector in [("random folds", leaking), ("grouped folds", grouped)]:
    flags = detector.issue_mask_
    agreement = (
        detector.pred_probs_.argmax(axis=1) == np.searchsorted(detector.classes_, y)
    ).mean()
    print(
        f"{name:13}: {agreement:.0%} of the given labels predicted, {flags.sum()} flagged,"
    )
    print(f"{'':15}{flags[wrong].mean():.0%} of the wrong labels found")

# %%
# The random folds look better by the usual measure: nearly all given labels are predicted. That is
# just the trouble, for the wrong ones are among them. The picture shows the probability
# that the model gives to each recorded diagnosis, one point per measurement.
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", sharey=True)
titles = ["random folds: patient known", "grouped folds: patient unseen"]
for ax, detector, title in zip(axes, [leaking, grouped], titles, strict=True):
    given = detector.pred_probs_[
        np.arange(len(y)), np.searchsorted(detector.classes_, y)
    ]
    for place, (mask, color) in enumerate([(~wrong, "#0072b2"), (wrong, "#d55e00")]):
        spread = place + rng.uniform(-0.3, 0.3, size=mask.sum())
        ax.scatter(spread, given[mask], s=8, color=color, alpha=0.5, linewidth=0)
        median = np.median(given[mask])
        ax.plot(
            [place - 0.35, place + 0.35], [median, median], color="black", linewidth=2
        )
    ax.axhline(0.5, linestyle=":", color="gray")
    ax.set(title=title, xticks=[0, 1], ylim=(0, 1))
    ax.set_xticklabels(["right diagnosis", "wrong diagnosis"])
axes[0].set_ylabel("probability of the given label")
plt.show()

# %%
# A diagnosis belongs to a patient, so a review goes by patients: order them by the mean quality of
# their measurements.
quality = np.bincount(groups, weights=grouped.label_quality_) / N_EACH
worst = np.argsort(quality, kind="stable")[:10]
for patient in worst:
    verdict = "wrong" if wrong_patient[patient] else "right"
    print(
        f"patient {patient:3}: {recorded[patient]:8} quality {quality[patient]:.2f}  {verdict}"
    )
