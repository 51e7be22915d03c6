"""Labels and probabilities to try the rules and scores on."""

import numpy as np
from hypothesis import strategies as st


def table_of(seed=0, n_samples=90, n_classes=3, concentration=1.0):
    """Labels drawn from random probabilities without ties; some are not the most probable."""
    rng = np.random.default_rng(seed)
    pred_probs = rng.dirichlet(np.full(n_classes, concentration), n_samples)
    pred_probs = 0.98 * pred_probs + 0.02 / n_classes
    y = (pred_probs.cumsum(axis=1) < rng.random((n_samples, 1))).sum(axis=1)
    y = np.minimum(y, n_classes - 1)
    y[: 2 * n_classes] = np.repeat(np.arange(n_classes), 2)
    return y, pred_probs


@st.composite
def tables(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    n_classes = draw(st.integers(2, 5))
    n_samples = draw(st.integers(20, 100))
    return table_of(seed, n_samples, n_classes, draw(st.sampled_from([0.3, 1.0, 3.0])))
