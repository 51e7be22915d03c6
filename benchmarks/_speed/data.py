"""Labels and probabilities from a seed, of any shape."""

import re
from typing import NamedTuple

import numpy as np

NOISE_RATE = 0.2
BLOCK_CELLS = 4_000_000
N_VOTES = 20
UNITS = {"": 1, "k": 1_000, "M": 1_000_000}


class Shape(NamedTuple):
    """Rows, columns and dtype of probabilities."""

    n_samples: int
    n_classes: int
    dtype: str

    @classmethod
    def parse(cls, name):
        """Read "50kx100" or "1Mx100f32"."""
        found = re.fullmatch(r"(\d+)([kM]?)x(\d+)(f32)?", name)
        if found is None:
            raise ValueError(f"A shape is like 50kx100 or 1Mx100f32. Got {name!r}.")
        n, unit, k, single = found.groups()
        return cls(int(n) * UNITS[unit], int(k), "float32" if single else "float64")

    @property
    def n_bytes(self):
        """Bytes of the probabilities."""
        return self.n_samples * self.n_classes * np.dtype(self.dtype).itemsize


def make_data(shape, seed=0, out=None):
    """Noisy labels, and the probabilities of a classifier that errs.

    A fifth of the labels is wrong, half of those of the next class and half of any
    other; the first rows hold one right label of each class. The classifier sees the
    true class through Gaussian noise and a difficulty of its own for each sample; the
    most probable class is not the given one in about 40 %.

    Parameters
    ----------
    shape : Shape
        What to make.

    seed : int, default=0
        Seed.

    out : array-like of shape (n_samples, n_classes), default=None
        Where to put the probabilities, a memory map for one; None makes an array.

    Returns
    -------
    y : ndarray of shape (n_samples,)
        Given labels, as codes.

    pred_probs : ndarray of shape (n_samples, n_classes)
        Probabilities; rows sum to 1.
    """
    n, k, dtype = shape
    rng = np.random.default_rng(seed)
    true = rng.choice(k, size=n, p=rng.dirichlet(np.full(k, 20.0)))
    shift = np.where(rng.random(n) < 0.5, 1, rng.integers(1, k, n))
    y = np.where(rng.random(n) < NOISE_RATE, (true + shift) % k, true)
    y[:k] = true[:k] = np.arange(min(n, k))
    pred_probs = np.empty((n, k), dtype) if out is None else out
    strength = 2.2 + 0.9 * np.log(k)
    step = max(1, BLOCK_CELLS // k)
    for start in range(0, n, step):
        seen = true[start : start + step]
        logits = 1.5 * rng.standard_normal((len(seen), k), dtype=np.float32)
        logits[np.arange(len(seen)), seen] += strength * rng.gamma(3.0, 1 / 3, len(seen))
        np.exp(logits - logits.max(axis=1, keepdims=True), out=logits)
        total = logits.sum(axis=1, keepdims=True, dtype=np.float64)
        pred_probs[start : start + step] = logits / total
    return y, pred_probs


def as_votes(pred_probs, seed=0):
    """Shares of 20 votes drawn from each row, full of ties as those of 20 trees are."""
    rng = np.random.default_rng(seed)
    exact = np.asarray(pred_probs, dtype=np.float64)
    votes = rng.multinomial(N_VOTES, exact / exact.sum(axis=1, keepdims=True))
    return (votes / N_VOTES).astype(pred_probs.dtype)
