"""How well label issues were found, and scores on labels that may be wrong."""

from skclean.metrics._calibration import LabelQualityCalibration, label_quality_calibration
from skclean.metrics._issue_report import IssueReport, issue_report
from skclean.metrics._noise_corrected import noise_corrected_score
from skclean.metrics._noise_matrix_error import noise_matrix_error
from skclean.metrics._scorer import make_noise_robust_scorer

__all__ = [
    "IssueReport",
    "LabelQualityCalibration",
    "issue_report",
    "label_quality_calibration",
    "make_noise_robust_scorer",
    "noise_corrected_score",
    "noise_matrix_error",
]
