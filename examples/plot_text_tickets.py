"""
Find mislabelled texts
======================

A shop for house plants sorts the mail of its customers into four queues. The menu of queues is in
alphabetical order, and a hurried clerk hits the entry below the right one. We find the messages
that lie in the wrong queue, read them, and see which words gave them away.
"""

# %%
# The messages are made up from pieces, so that the true queue of each is known. All queues share
# words: plants, names, greetings. One message in five also mentions a second matter, as people do.
import numpy as np

CORES = {
    "billing": [
        "You charged my card twice for one {plant}.",
        "The invoice says 80 euros, the website said 40.",
        "My voucher was accepted and then not deducted from the total.",
        "I was billed for a {plant} that I took out of the basket.",
        "Please send an invoice with our tax number on it.",
        "Your reminder asks for a payment that left my account on {day}.",
    ],
    "delivery": [
        "The parcel was due on {day} and has not arrived.",
        "According to the tracking, the {plant} has been in Leipzig since {day}.",
        "The driver left the box in the rain, without ringing.",
        "My {plant} was delivered to a neighbour that I do not have.",
        "Can the courier come after six? Nobody is in before.",
        "The carton came crushed, with the soil all over the stairs.",
    ],
    "plant care": [
        "The leaves of my {plant} turn yellow from the tips.",
        "How often does a {plant} want water in winter?",
        "Small flies rise from the soil whenever I water the {plant}.",
        "My {plant} has not grown a single leaf since {day}, is it asleep?",
        "Is a {plant} poisonous for cats? Mine has tasted it.",
        "Does the {plant} need a larger pot, or fertiliser?",
    ],
    "returns": [
        "I want to send the {plant} back and need a label for the return.",
        "My refund for the {plant} is still missing, you got it back on {day}.",
        "The {plant} is not the one in the picture, please exchange it.",
        "Within how many days can I return a pot?",
        "You sent two by mistake, how do I return the second {plant}?",
        "I would like to swap the {plant} for a smaller one.",
    ],
}
PLANTS = [
    "monstera",
    "cactus",
    "palm",
    "fern",
    "lemon tree",
    "rubber plant",
    "bonsai",
    "calathea",
]
DAYS = ["Monday", "Tuesday", "Thursday", "Saturday"]
OPENINGS = [
    "Hello,",
    "Dear team,",
    "Good morning, I am a customer of many years.",
    "Hi, it is about my {plant} again.",
    "To whom it may concern:",
    "I ordered a {plant} on {day}.",
]
CLOSINGS = [
    "Thanks!",
    "Please answer soon.",
    "Kind regards, Ada",
    "This is my third message.",
    "Otherwise I am very happy with the {plant}.",
    "Greetings to the whole team.",
]


def write_message(queue, rng):
    """One message that belongs to a queue, put together at random."""
    parts = [rng.choice(OPENINGS), rng.choice(CORES[queue])]
    if rng.uniform() < 0.2:
        parts.append("By the way: " + rng.choice(CORES[rng.choice(list(CORES))]))
    parts.append(rng.choice(CLOSINGS))
    return " ".join(parts).format(plant=rng.choice(PLANTS), day=rng.choice(DAYS))


rng = np.random.default_rng(0)
y_true = rng.choice(list(CORES), size=800)
texts = np.array([write_message(queue, rng) for queue in y_true])
print(texts[0])
print("queue:", y_true[0])

# %%
# Now the slips of the clerk: some messages go into the next queue (from the last one to the first),
# those on plant care twice as often as others, since the clerk clicks "returns" by habit.
from skclean.simulation import flip_labels, make_noise_matrix

noise_matrix = make_noise_matrix("pair", 4, [0.12, 0.12, 0.24, 0.12])
y, wrong = flip_labels(y_true, noise_matrix, random_state=0)
print(f"{wrong.sum()} of {len(y)} messages lie in the wrong queue")

# %%
# Any pipeline that takes texts will do as the model. The detector hands it the texts as they are.
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skclean.detectors import ConfidentLearning

model = make_pipeline(TfidfVectorizer(stop_words="english"), LogisticRegression(C=10))
issues = ConfidentLearning(model, random_state=0).fit(texts, y).issues_
print(issues)
print(f"{issues.issue_mask[wrong].mean():.0%} of the misplaced messages are flagged")
print(f"{wrong[issues.issue_mask].mean():.0%} of the flags are right")

# %%
# The worst ones in full. Judge for yourself.
from textwrap import indent, wrap

ranked = issues.ranked_indices()[: issues.n_issues]
for row in ranked[:6]:
    print(
        f"message {row}: in queue “{y[row]}”, suggested “{issues.suggested_label[row]}”"
    )
    print(indent("\n".join(wrap(texts[row], 80)), "    "))

# %%
# Which words speak for the suggested queue, and which for the given one? The weight of a word in
# a message times the difference of its coefficients says it. Here for the longest of the
# messages above, with the model trained on all labels that are not flagged.
import matplotlib.pyplot as plt

kept = ~issues.issue_mask
vectorizer, classifier = model.fit(texts[kept], y[kept]).named_steps.values()
longest = max(ranked[:6], key=lambda row: len(texts[row]))
pair = np.array([y[longest], issues.suggested_label[longest]])
given, suggested = np.searchsorted(classifier.classes_, pair)
message = vectorizer.transform(texts[[longest]]).toarray()[0]
weights = message * (classifier.coef_[suggested] - classifier.coef_[given])
present = np.flatnonzero(message)
present = present[np.argsort(weights[present], kind="stable")]

figure, ax = plt.subplots(figsize=(7, 0.35 * len(present) + 1.5), layout="constrained")
colors = np.where(weights[present] > 0, "#0072b2", "#d55e00")
ax.barh(vectorizer.get_feature_names_out()[present], weights[present], color=colors)
ax.axvline(0, color="gray", linewidth=0.8)
ax.set(
    title=f"Message {longest}: the words and what they say",
    xlabel=f"speaks for {pair[0]}  ←        →  speaks for {pair[1]}",
)
for side in ["top", "right", "left"]:
    ax.spines[side].set_visible(False)
plt.show()

# %%
# From which queue do messages go where? Each row is a true queue, and the share of its messages
# that land in each queue: as planted, and as estimated from the labels and texts alone.
figure, axes = plt.subplots(1, 2, figsize=(8.5, 4), layout="constrained", sharey=True)
titles = ["planted", "estimated"]
for ax, matrix, title in zip(
    axes, [noise_matrix, issues.noise.noise_matrix], titles, strict=True
):
    ax.imshow(np.where(np.eye(4), np.nan, matrix), cmap="Blues", vmin=0, vmax=0.4)
    for (i, j), value in np.ndenumerate(matrix):
        ax.text(j, i, f"{value:.2f}", ha="center", va="center")
    ax.set(title=title, xlabel="given queue", xticks=range(4), yticks=range(4))
    ax.set_xticklabels(issues.classes, rotation=30)
    ax.set_yticklabels(issues.classes)
axes[0].set_ylabel("true queue")
plt.show()
