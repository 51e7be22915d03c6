"""How many labels are wrong, and how far off that number may be by chance."""

import numpy as np

from skclean._core._evidence import Evidence
from skclean.noise_matrix._averaged_joint import average_joints
from skclean.noise_matrix._base import ResampledRows

N_DRAWS = 50
MAX_ROWS = 20_000
MAX_CELLS = 4_000_000  # of a draw
LEAST_ROWS = 2_000
NORMAL_95 = 1.959964


def noise_rate_interval(codes, pred_probs, noise_rate):
    """95 % interval of the noise rate, for the chance of which rows are in the data.

    Samples are drawn with replacement and the default noise matrix is estimated anew,
    no model. Of large data 20,000 rows are drawn, fewer of many classes, and the spread is
    scaled down by the root of the number of rows, as that of a mean. What the estimate itself
    is off by, where classes overlap, is not in it: that is what ``noise_rate_bounds`` is for.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Given labels as codes.

    pred_probs : array of shape (n_samples, n_classes)
        Out-of-sample probabilities, read by blocks.

    noise_rate : float
        The estimate in the middle.

    Returns
    -------
    interval : tuple of two floats
        Both in [0, 1].
    """
    n, n_classes = pred_probs.shape
    size = min(n, MAX_ROWS, max(LEAST_ROWS, MAX_CELLS // n_classes))
    random_state = np.random.RandomState(0)
    rates = []
    for _ in range(N_DRAWS):
        order = np.sort(random_state.randint(n, size=size))
        evidence = Evidence(codes[order], ResampledRows(pred_probs, order))
        rates.append(1 - average_joints(evidence).trace())
    margin = NORMAL_95 * float(np.std(rates)) * np.sqrt(size / n)
    return max(noise_rate - margin, 0.0), min(noise_rate + margin, 1.0)
