"""
Find wrong labels in a table of mixed columns
=============================================

An animal shelter keeps a table: numbers with gaps, words, yes and no. The species was typed in at
the door, sometimes in the wrong line. We find these rows twice: with a pipeline of our own, and
with no model at all to choose.
"""

# %%
# The shelter is made up, so that the true species is known. Small dogs, cats and rabbits overlap in
# weight and height; not every animal was measured.
import numpy as np
import pandas as pd

rng = np.random.default_rng(0)
SPECIES = pd.DataFrame(
    {
        "share": [0.45, 0.4, 0.15],
        "weight_kg": [4.2, 13.0, 2.6],
        "spread": [0.25, 0.6, 0.3],  # of the logarithm of the weight
        "food": [[0.5, 0.45, 0.0, 0.05], [0.6, 0.25, 0.0, 0.15], [0.1, 0.0, 0.8, 0.1]],
        "coat": [[0.7, 0.28, 0.02], [0.45, 0.3, 0.25], [0.75, 0.2, 0.05]],
        "chip": [0.5, 0.8, 0.05],
    },
    index=["cat", "dog", "rabbit"],
)


def make_animal(species):
    """One row of the table."""
    kind = SPECIES.loc[species]
    weight = rng.lognormal(np.log(kind.weight_kg), kind.spread)
    height = 15 * weight ** (0.45 if species == "dog" else 0.3) * rng.lognormal(0, 0.1)
    return {
        "weight_kg": round(weight, 1),
        "height_cm": round(height) if rng.uniform() < 0.7 else np.nan,
        "age_years": round(rng.gamma(2, 2.5)) if rng.uniform() < 0.8 else np.nan,
        "food": rng.choice(["dry", "wet", "hay", "mixed"], p=kind.food),
        "coat": rng.choice(["short", "long", "curly"], p=kind.coat),
        "has_chip": bool(rng.uniform() < kind.chip),
        "found": rng.choice(["street", "garden", "given up"]),
    }


y_true = pd.Series(
    rng.choice(SPECIES.index, size=1000, p=SPECIES.share), name="species"
)
X = pd.DataFrame([make_animal(species) for species in y_true])
print(X.head(4).to_string())

# %%
# One label in ten is wrong, whatever the animal.
from skclean.simulation import flip_labels, make_noise_matrix

y, wrong = flip_labels(y_true, make_noise_matrix("uniform", 3, 0.1), random_state=0)
print(f"{wrong.sum()} of {len(y)} animals carry a wrong species")

# %%
# The first way: a pipeline that treats each kind of column as it needs. The detector clones it and
# hands each fold the dataframe as it is, so that nothing leaks from one fold to another.
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skclean.detectors import ConfidentLearning

columns = ColumnTransformer(
    [
        (
            "numbers",
            make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
        (
            "words",
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_exclude="number"),
        ),
    ]
)
model = make_pipeline(columns, LogisticRegression(max_iter=1000))
by_pipeline = ConfidentLearning(model, random_state=0).fit(X, y).issues_

# %%
# The second way: no model given. Gradient boosting stands in, which takes gaps and words as they
# are.
by_default = ConfidentLearning(random_state=0).fit(X, y).issues_

for name, issues in [("pipeline", by_pipeline), ("default", by_default)]:
    found, right = issues.issue_mask[wrong].mean(), wrong[issues.issue_mask].mean()
    print(
        f"{name:8}: {issues.n_issues} flags, {right:.0%} right; {found:.0%} of the errors found"
    )
both = by_pipeline.issue_mask & by_default.issue_mask
print(f"flagged by both: {both.sum()}, {wrong[both].mean():.0%} right")

# %%
# The worst rows, with what is suggested for them. A glance at weight, food and height
# decides most of them.
worst = by_pipeline.ranked_indices()[:8]
review = X.iloc[worst].assign(
    given=y[worst],
    suggested=by_pipeline.suggested_label[worst],
    true=y_true.iloc[worst],
)
print(review.drop(columns="found").to_string())

# %%
# The measured animals by weight and height. The flags are circled. Where the kinds are apart, a
# wrong label sticks out at once; where small dogs meet large cats, weight and height alone would
# not do, and the other columns decide.
import matplotlib.pyplot as plt

figure, ax = plt.subplots(figsize=(7, 5), layout="constrained")
styles = zip(
    SPECIES.index, ["o", "s", "^"], ["#0072b2", "#e69f00", "#009e73"], strict=True
)
for species, marker, color in styles:
    given = X[y == species]
    ax.scatter(
        given.weight_kg,
        given.height_cm,
        s=22,
        marker=marker,
        color=color,
        alpha=0.8,
        linewidth=0,
        label=f"labelled {species}",
    )
flagged = X[by_pipeline.issue_mask]
ax.scatter(
    flagged.weight_kg,
    flagged.height_cm,
    s=90,
    facecolor="none",
    edgecolor="black",
    label="flagged",
)
ax.set(
    title="Flags of the pipeline among the measured animals",
    xlabel="weight (kg)",
    ylabel="height (cm)",
    xscale="log",
    yscale="log",
)
ax.minorticks_off()
ax.set_xticks([2, 5, 10, 20, 50], labels=[2, 5, 10, 20, 50])
ax.set_yticks([15, 30, 60, 100], labels=[15, 30, 60, 100])
ax.legend()
plt.show()
