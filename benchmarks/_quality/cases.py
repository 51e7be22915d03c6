"""Data sets, noise and models: what every part of the benchmark runs on.

A case is a data set, a kind and rate of noise and a seed; test labels are clean. Data sets
are in two halves: choices are made on "tune" and reported on "report".
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.special import logsumexp
from sklearn.datasets import load_breast_cancer, load_digits, load_wine, make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from skclean.simulation import flip_labels, make_noise_matrix

KINDS = ("uniform", "pair", "ccn", "boundary")
RATES = (0.1, 0.2, 0.4)
MODELS = {
    "logistic": lambda: LogisticRegression(max_iter=300),
    "forest": lambda: RandomForestClassifier(50, random_state=0),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=40, random_state=0),
    "knn": lambda: KNeighborsClassifier(),
    "network": lambda: MLPClassifier(64, max_iter=60, random_state=0),
}


def mixture(n, n_classes, n_features, separation, prior=None):
    """Loader of a Gaussian mixture, two clusters a class, whose p(true | x) is known."""

    def load(rng):
        means = rng.normal(size=(n_classes, 2, n_features))
        means *= separation / np.linalg.norm(means, axis=2, keepdims=True)
        p = np.full(n_classes, 1 / n_classes) if prior is None else np.asarray(prior)
        y = rng.choice(n_classes, 2 * n, p=p)
        X = means[y, rng.integers(0, 2, 2 * n)] + rng.normal(size=(2 * n, n_features))
        distance = ((X[:, None, None, :] - means) ** 2).sum(axis=-1)
        score = logsumexp(-distance / 2, axis=2) + np.log(p)
        return X, y, np.exp(score - logsumexp(score, axis=1, keepdims=True)), n

    return load


def shipped(load, n):
    """Loader of a data set that scikit-learn ships."""

    def read(rng):
        return *load(return_X_y=True), None, n

    return read


def generated(n, n_features, **params):
    """Loader of `make_classification`."""

    def make(rng):
        seed = int(rng.integers(2**31))
        X, y = make_classification(2 * n, n_features, flip_y=0, random_state=seed, **params)
        return X, y, None, n

    return make


def table(name, n, log=False):
    """Loader of a reference table; strings one-hot, gaps filled by the median."""

    def read(rng):
        import pandas as pd

        frame = pd.read_csv(
            Path(os.environ["SKCLEAN_REFERENCE_DATA"]) / f"tab_{name}.csv.gz", na_values="?"
        )
        X = pd.get_dummies(frame.drop(columns="target"))
        X = X.fillna(X.median()).to_numpy(dtype=float)
        y = np.unique(frame["target"].astype(str), return_inverse=True)[1]
        return np.log1p(X.clip(0)) if log else X, y, None, n

    return read


SETS = {
    "digits": ("tune", shipped(load_digits, 1200)),
    "imbalanced mixture": ("tune", mixture(1200, 3, 6, 2.4, [0.7, 0.2, 0.1])),
    "five classes": (
        "tune",
        generated(1200, 20, n_informative=10, n_redundant=4, n_classes=5, class_sep=2.0),
    ),
    "two classes": ("tune", generated(1000, 6, n_informative=5, n_redundant=0, class_sep=1.2)),
    "six classes": ("tune", mixture(1500, 6, 10, 3.6, [0.3, 0.25, 0.2, 0.1, 0.1, 0.05])),
    "twenty classes": ("tune", mixture(2000, 20, 16, 6.0)),
    "few rows": ("tune", mixture(660, 11, 10, 3.0)),
    "optdigits": ("tune", table("optdigits", 1500)),
    "credit": ("tune", table("credit_g", 700)),
    "breast cancer": ("report", shipped(load_breast_cancer, 380)),
    "wine": ("report", shipped(load_wine, 118)),
    "overlapping mixture": ("report", mixture(1200, 4, 8, 2.6)),
    "spambase": ("report", table("spambase", 1200, log=True)),
    "bands": ("report", table("cylinder_bands", 360)),
    "three classes": (
        "report",
        generated(1200, 12, n_informative=6, n_redundant=2, n_classes=3, class_sep=1.5),
    ),
    "eight classes": ("report", mixture(1600, 8, 12, 4.2, [0.25, 0.2, 0.15] + [0.08] * 5)),
    "many classes": ("report", mixture(2600, 26, 16, 6.0)),
    "rare class": ("report", mixture(1500, 2, 6, 2.6, [0.97, 0.03])),
}
TABLES = {"optdigits", "credit", "spambase", "bands"}  # only where the reference data is


@dataclass(frozen=True, eq=False)
class Case:
    """Training data with given and true labels, and clean test data.

    `proba` is p(true | x) of the training rows where the data set knows it, and `flips`
    the p(given | true) that the noise was drawn from, by class or by row.
    """

    name: tuple
    X: np.ndarray
    y: np.ndarray
    y_true: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    proba: np.ndarray | None = None
    noise_matrix: np.ndarray | None = None

    @property
    def wrong(self):
        """Where the given label is not the true one."""
        return self.y != self.y_true

    @property
    def n_classes(self):
        """Number of classes."""
        return len(np.unique(self.y_true))


def set_names(half):
    """Data sets of a half ("both" for all) that can be loaded here."""
    there = "SKCLEAN_REFERENCE_DATA" in os.environ
    return [
        name
        for name, (own, _) in SETS.items()
        if half in (own, "both") and (there or name not in TABLES)
    ]


@lru_cache(maxsize=64)
def load_set(name, seed):
    """Training and test part of a data set, features standardised."""
    rng = np.random.default_rng([crc32(name.encode()), seed])
    X, y, proba, n_train = SETS[name][1](rng)
    rows, rest = train_test_split(np.arange(len(y)), train_size=n_train, stratify=y, random_state=seed)
    rest = rest[:3000]
    scaler = StandardScaler().fit(X[rows])
    X, X_test = scaler.transform(X[rows]), scaler.transform(X[rest])
    return X, y[rows], X_test, y[rest], None if proba is None else proba[rows]


@lru_cache(maxsize=64)
def _clean_proba(name, seed):
    """Out-of-fold p(true | x) by classifiers that know the true labels."""
    X, y, _, _, proba = load_set(name, seed)
    if proba is not None:
        return proba
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    models = [LogisticRegression(max_iter=300), RandomForestClassifier(60, min_samples_leaf=2, random_state=seed)]
    return np.mean(
        [cross_val_predict(model, X, y, cv=folds, method="predict_proba") for model in models], axis=0
    )


def boundary_flips(y, proba, rate, random_state):
    """Given labels flipped to the runner-up, most often where two classes compete."""
    top = np.sort(proba, axis=1)
    rank = (top[:, -1] - top[:, -2]).argsort(kind="stable").argsort() / len(y)
    low, high = 0.0, 100.0
    for _ in range(60):  # the scale that gives the rate
        scale = (low + high) / 2
        less = np.minimum(scale * np.exp(-4 * rank), 0.5).mean() < rate
        low, high = (scale, high) if less else (low, scale)
    others = proba.copy()
    others[np.arange(len(y)), y] = -1
    flip = random_state.uniform(size=len(y)) < np.minimum(scale * np.exp(-4 * rank), 0.5)
    return np.where(flip, others.argmax(axis=1), y)


def class_rates(kind, rate, n_classes, random_state):
    """Noise matrix of a class-conditional kind; all but uniform differ by class."""
    if kind == "uniform":
        return make_noise_matrix("uniform", n_classes, rate)
    spread = 0.2 if kind == "pair" else 0.5
    rates = rate * random_state.uniform(1 - spread, 1 + spread, n_classes)
    kind = "pair" if kind == "pair" else "random"
    return make_noise_matrix(kind, n_classes, rates, random_state=random_state)


def make_case(name, kind, rate, seed):
    """A case by its name; kind "none" leaves the labels as they are."""
    X, y_true, X_test, y_test, proba = load_set(name, seed)
    random_state = np.random.RandomState(7 + seed)
    matrix = None
    if kind == "none":
        y = y_true
    elif kind == "boundary":
        y = boundary_flips(y_true, _clean_proba(name, seed), rate, random_state)
    else:
        matrix = class_rates(kind, rate, y_true.max() + 1, random_state)
        y = flip_labels(y_true, matrix, random_state)[0]
    for k in range(y_true.max() + 1):  # no class vanishes
        if np.count_nonzero(y == k) < 5:
            rows = np.flatnonzero(y_true == k)[:5]
            y = y.copy()
            y[rows] = k
    return Case((name, kind, rate, seed), X, y, y_true, X_test, y_test, proba, matrix)


def make_cases(half, kinds=KINDS, rates=RATES, seeds=2, clean=False):
    """Yield the cases of a half, without noise once where `clean`."""
    for name in set_names(half):
        for seed in range(seeds):
            if clean:
                yield make_case(name, "none", 0.0, seed)
            for kind in kinds:
                for rate in rates:
                    yield make_case(name, kind, rate, seed)


def model_names(name, among=tuple(MODELS)):
    """Models of a data set: boosting only where classes are few."""
    many = {"digits", "optdigits", "many classes", "twenty classes", "few rows", "eight classes"}
    return [model for model in among if model != "boosting" or name not in many]


def fold_pred_probs(model, X, y, seed, n_splits=5):
    """Out-of-fold probabilities of shuffled stratified folds, as cleanlab would make them."""
    import warnings

    n_splits = max(2, min(n_splits, np.bincount(y).min()))
    cv = StratifiedKFold(n_splits, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cross_val_predict(MODELS[model](), X, y, cv=cv, method="predict_proba")
