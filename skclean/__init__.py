"""skclean: find, filter and survive wrong labels, in scikit-learn's own words."""

from importlib.metadata import PackageNotFoundError as _PackageNotFoundError
from importlib.metadata import distribution as _distribution

try:
    _distribution("scikit-clean")
except _PackageNotFoundError:
    pass
else:
    raise ImportError(
        "scikit-clean is installed and owns the import package 'skclean' too, so their files are "
        "mixed. Uninstall both, then install skclean again: pip uninstall scikit-clean skclean"
    )

from skclean._classifier import NoiseAwareClassifier
from skclean._issues import LabelIssues, NoiseEstimate
from skclean._resample import LabelCorrector, NoisyLabelFilter
from skclean._show_versions import show_versions
from skclean.noise_matrix import (
    NoiseMatrixEstimator,
    confident_joint,
    estimate_joint,
    estimate_noise_matrix,
)
from skclean.quality import find_label_issues, label_quality_scores

__version__ = "0.1.0.dev0"

__all__ = [
    "LabelCorrector",
    "LabelIssues",
    "NoiseAwareClassifier",
    "NoiseEstimate",
    "NoiseMatrixEstimator",
    "NoisyLabelFilter",
    "confident_joint",
    "estimate_joint",
    "estimate_noise_matrix",
    "find_label_issues",
    "label_quality_scores",
    "show_versions",
]
