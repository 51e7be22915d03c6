"""Is a label of quality q right in a share q of the cases?"""

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import brier_score_loss

from skclean.metrics._validation import check_label_quality, check_wrong, table
from skclean.utils._sklearn import Interval, StrOptions, validate_params

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class LabelQualityCalibration:
    """How label quality compares with the share of right labels, bin by bin.

    Bins without samples are left out.

    Attributes
    ----------
    expected : ndarray of shape (n_filled_bins,)
        Mean label quality of each bin, in [0, 1].

    actual : ndarray of shape (n_filled_bins,)
        Share of right labels in each bin, in [0, 1].

    n_samples : ndarray of shape (n_filled_bins,), dtype int
        Number of samples in each bin.

    expected_calibration_error : float
        Mean distance between the two, weighted by the number of samples, in [0, 1].

    brier_score : float
        Mean squared distance between label quality and rightness (1 or 0), in [0, 1].
    """

    expected: np.ndarray
    actual: np.ndarray
    n_samples: np.ndarray
    expected_calibration_error: float
    brier_score: float

    def to_frame(self) -> "pd.DataFrame":
        """Tabulate the bins, one row for each.

        Returns
        -------
        frame : pandas.DataFrame
            Columns expected, actual and n_samples.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        columns = {
            "expected": self.expected,
            "actual": self.actual,
            "n_samples": self.n_samples,
        }
        return table(columns, None, "LabelQualityCalibration.to_frame")

    def __repr__(self):
        return (
            f"LabelQualityCalibration(n_samples={self.n_samples.sum()}, "
            f"expected_calibration_error={self.expected_calibration_error:.3f}, "
            f"brier_score={self.brier_score:.3f})"
        )


@validate_params(
    {
        "wrong": ["array-like"],
        "label_quality": ["array-like"],
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "strategy": [StrOptions({"uniform", "quantile"})],
    },
    prefer_skip_nested_validation=True,
)
def label_quality_calibration(
    wrong: ArrayLike,
    label_quality: ArrayLike,
    n_bins: int = 10,
    *,
    strategy: Literal["uniform", "quantile"] = "uniform",
) -> LabelQualityCalibration:
    """Compare label quality with the share of labels that are right.

    For a quality that is a probability, such as "posterior", the two agree: of the labels
    of quality .8, four in five are right [1]_. A quality that only ranks has no need to.

    Parameters
    ----------
    wrong : array-like of shape (n_samples,), dtype bool
        True where the given label is truly wrong: ``y_true != y``.

    label_quality : array-like of shape (n_samples,)
        Label quality in [0, 1]; lower is more likely wrong.

    n_bins : int, default=10
        Number of bins.

    strategy : {"uniform", "quantile"}, default="uniform"
        Bins of equal width or of about equal numbers of samples, cut as in
        :func:`sklearn.calibration.calibration_curve`.

    Returns
    -------
    calibration : LabelQualityCalibration
        Expected and actual share of right labels, calibration error and Brier score.

    Raises
    ------
    ValueError
        If the arrays do not match, `wrong` is not of dtype bool or a quality is not in
        [0, 1]; the message names the first such row.

    See Also
    --------
    issue_report : How well the wrong labels were found.

    References
    ----------
    .. [1] Naeini, Cooper & Hauskrecht, "Obtaining Well Calibrated Probabilities Using
       Bayesian Binning", AAAI Conference on Artificial Intelligence, 2015.

    Examples
    --------
    >>> from skclean.metrics import label_quality_calibration
    >>> wrong = [True, True, False, False, False, False]
    >>> label_quality = [0.1, 0.3, 0.3, 0.9, 0.9, 0.9]
    >>> calibration = label_quality_calibration(wrong, label_quality, n_bins=5)
    >>> calibration.actual
    array([0. , 0.5, 1. ])
    >>> round(calibration.expected_calibration_error, 3)
    0.133
    """
    wrong = check_wrong(wrong)
    label_quality = check_label_quality(label_quality, wrong)
    edges = np.linspace(0, 1, n_bins + 1)
    if strategy == "quantile":
        edges = np.percentile(label_quality, 100 * edges)
    bins = np.searchsorted(edges[1:-1], label_quality)
    counts = np.bincount(bins, minlength=n_bins)
    filled = counts > 0
    counts = counts[filled]
    expected = np.bincount(bins, weights=label_quality, minlength=n_bins)[filled] / counts
    actual = np.bincount(bins, weights=~wrong, minlength=n_bins)[filled] / counts
    return LabelQualityCalibration(
        expected=expected,
        actual=actual,
        n_samples=counts,
        expected_calibration_error=float(np.average(np.abs(expected - actual), weights=counts)),
        brier_score=float(brier_score_loss(~wrong, label_quality, pos_label=True)),
    )
