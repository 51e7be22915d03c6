"""
Fit the folds on a cluster
==========================

The costly part of finding wrong labels is to fit the model, once per fold and round. joblib sends
these fits to a Dask cluster without a change in the detector, and the result is the same. Here two
processes on one machine stand for the cluster.
"""

# %%
# Digits with one label in five wrong, and a small network as the model. The workers of such a
# cluster start by importing this script, so whatever only the script itself shall do stands below
# ``if __name__ == "__main__"``. In a notebook you need no such line.
import joblib
import matplotlib.pyplot as plt
from dask.distributed import Client, LocalCluster, get_task_stream
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from skclean.detectors import ConfidentLearning
from skclean.simulation import flip_labels, make_noise_matrix

X, y_true = load_digits(return_X_y=True)
X = X / 16
y, wrong = flip_labels(y_true, make_noise_matrix("uniform", 10, 0.2), random_state=0)
network = MLPClassifier(
    [50], alpha=1, learning_rate_init=0.005, tol=0.001, random_state=0
)
detector = ConfidentLearning(network, cv=6, random_state=0)

# %%
# First here, then there. ``scatter=[X]`` sends the data to every worker once, ahead of the fits.
# Yours is ``Client("tcp://scheduler:8786")``; the ``with`` puts the cluster away in the end.
if __name__ == "__main__":
    here = detector.fit(X, y).issues_
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        Client(cluster),
        get_task_stream() as stream,
        joblib.parallel_config(backend="dask", scatter=[X]),
    ):
        there = detector.fit(X, y).issues_
    tasks = [task for task in stream.data if "fit_and_predict" in str(task["key"])]

    print(there)
    print("the same label quality:", (here.label_quality == there.label_quality).all())
    print(f"{there.issue_mask[wrong].mean():.0%} of the wrong labels are flagged")
    print(f"{len(tasks)} fits on {len({task['worker'] for task in tasks})} workers")

# %%
# Who did what, and when? Each bar is one fit. There are two rounds, and the second begins when the
# last fold of the first is done. A worker that is done early waits, so a number of folds
# that the workers share evenly wastes no time.
if __name__ == "__main__":
    workers = sorted({task["worker"] for task in tasks})
    spans = [
        (span["start"], span["stop"] - span["start"], workers.index(task["worker"]))
        for task in tasks
        for span in task["startstops"]
        if span["action"] == "compute"
    ]
    spans.sort()
    begin = spans[0][0]

    figure, ax = plt.subplots(figsize=(8, 2.6), layout="constrained")
    for i, (start, duration, worker) in enumerate(spans):
        second_round = i >= len(spans) // 2
        ax.barh(
            worker,
            duration,
            left=start - begin,
            color="#e69f00" if second_round else "#0072b2",
            edgecolor="white",
            label={0: "first round", len(spans) // 2: "second round"}.get(i),
        )
    ax.set(title="Fits by worker", xlabel="seconds since the first fit began")
    ax.set_yticks(
        range(len(workers)), labels=[f"worker {i + 1}" for i in range(len(workers))]
    )
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper")
    plt.show()
