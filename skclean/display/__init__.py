"""Look at what was found: displays in the manner of scikit-learn's; they need matplotlib."""

from skclean.display._confidence_curve import ConfidenceCurveDisplay
from skclean.display._issue_map import IssueMapDisplay
from skclean.display._label_quality import LabelQualityDisplay
from skclean.display._noise_matrix import NoiseMatrixDisplay
from skclean.display._reliability import ReliabilityDisplay

__all__ = [
    "ConfidenceCurveDisplay",
    "IssueMapDisplay",
    "LabelQualityDisplay",
    "NoiseMatrixDisplay",
    "ReliabilityDisplay",
]
