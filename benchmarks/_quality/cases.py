"""Noise and models: a case is a data set, a kind and rate of noise and a seed."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from skclean.simulation import flip_labels, make_noise_matrix

from .data import load_set, set_names

CLASS_CONDITIONAL = ("uniform", "pair", "ccn")
KINDS = (*CLASS_CONDITIONAL, "boundary")
RATES = (0.1, 0.2, 0.4)
LARGEST_RATE = 0.45  # of a class: beyond, most of it is called otherwise and no one could tell
MODELS = {
    "logistic": lambda: LogisticRegression(max_iter=300),
    "forest": lambda: RandomForestClassifier(50, random_state=0),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=40, random_state=0),
    "knn": lambda: KNeighborsClassifier(),
    "network": lambda: MLPClassifier(64, max_iter=60, random_state=0),
}
# boosting fits a tree per class and iteration
WITHOUT_BOOSTING = {"digits", "optdigits", "many classes", "twenty classes", "few rows"} | {
    "eight classes"
}


@dataclass(frozen=True, eq=False)
class Case:
    """Training data with given and true labels, and clean test data.

    `proba` is p(true | x) of the training rows where the data set knows it, and
    `noise_matrix` the p(given | true) that class-conditional noise was drawn from.
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


@lru_cache(maxsize=64)
def _clean_proba(name, seed):
    """p(true | x), or what classifiers that know the true labels make of it out of fold."""
    X, y, _, _, proba = load_set(name, seed)
    if proba is not None:
        return proba
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    models = [
        LogisticRegression(max_iter=300),
        RandomForestClassifier(60, min_samples_leaf=2, random_state=seed),
    ]
    predicted = [cross_val_predict(each, X, y, cv=folds, method="predict_proba") for each in models]
    return np.mean(predicted, axis=0)


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
    rates = np.minimum(rates, LARGEST_RATE)
    kind = "pair" if kind == "pair" else "random"
    return make_noise_matrix(kind, n_classes, rates, random_state=random_state)


def make_case(name, kind, rate, seed):
    """A case by its name; kind "none" leaves the labels as they are."""
    X, y_true, X_test, y_test, proba = load_set(name, seed)
    random_state = np.random.RandomState(7 + seed)
    n_classes = y_true.max() + 1
    matrix = None
    if kind == "none":
        y = y_true
    elif kind == "boundary":
        y = boundary_flips(y_true, _clean_proba(name, seed), rate, random_state)
    else:
        matrix = class_rates(kind, rate, n_classes, random_state)
        y = flip_labels(y_true, matrix, random_state)[0]
    for k in range(n_classes):  # no class vanishes
        if np.count_nonzero(y == k) < 5:
            rows = np.flatnonzero(y_true == k)[:5]
            y = y.copy()
            y[rows] = k
    return Case((name, kind, rate, seed), X, y, y_true, X_test, y_test, proba, matrix)


def case_names(half, kinds=KINDS, rates=RATES, seeds=2, clean=False, among=None):
    """Names of the cases of a half, each without noise once where `clean`.

    A rate of .4 is left out for the rare class: of the labels that name it hardly one in
    twenty would be right.
    """
    noises = [("none", 0.0)] if clean else []
    noises += [(kind, rate) for kind in kinds for rate in rates]
    return [
        (name, kind, rate, seed)
        for name in set_names(half)
        if among is None or name in among
        for seed in range(seeds)
        for kind, rate in noises
        if name != "rare class" or rate < 0.4
    ]


def model_names(name, among=tuple(MODELS)):
    """Models of a data set: boosting only where classes are few."""
    return [model for model in among if model != "boosting" or name not in WITHOUT_BOOSTING]
