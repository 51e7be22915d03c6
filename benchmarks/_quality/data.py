"""Data sets of the benchmark, in halves: "tune" to choose on and "report" to quote."""

import os
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.special import logsumexp
from sklearn.datasets import load_breast_cancer, load_digits, load_wine, make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


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
    rows, rest = train_test_split(
        np.arange(len(y)), train_size=n_train, stratify=y, random_state=seed
    )
    rest = rest[:3000]
    scaler = StandardScaler().fit(X[rows])
    X, X_test = scaler.transform(X[rows]), scaler.transform(X[rest])
    return X, y[rows], X_test, y[rest], None if proba is None else proba[rows]


def has_proba(name):
    """Does the data set know p(true | x)?"""
    return load_set(name, 0)[4] is not None
