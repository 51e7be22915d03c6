"""skclean: find, filter and survive wrong labels, in scikit-learn's own words."""

from importlib import import_module as _import_module
from importlib.metadata import PackageNotFoundError as _PackageNotFoundError
from importlib.metadata import distribution as _distribution
from typing import TYPE_CHECKING as _TYPE_CHECKING

try:
    _distribution("scikit-clean")
except _PackageNotFoundError:
    pass
else:
    raise ImportError(
        "scikit-clean is installed and owns the import package 'skclean' too, so their files are "
        "mixed. Uninstall both, then install skclean again: pip uninstall scikit-clean skclean"
    )

if _TYPE_CHECKING:
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

# names are imported when first asked for, so that the command line starts at once
_ADDRESSES = {
    "LabelCorrector": "_resample",
    "LabelIssues": "_issues",
    "NoiseAwareClassifier": "_classifier",
    "NoiseEstimate": "_issues",
    "NoiseMatrixEstimator": "noise_matrix",
    "NoisyLabelFilter": "_resample",
    "confident_joint": "noise_matrix",
    "estimate_joint": "noise_matrix",
    "estimate_noise_matrix": "noise_matrix",
    "find_label_issues": "quality",
    "label_quality_scores": "quality",
    "show_versions": "_show_versions",
}
_SUBMODULES = {
    *["detectors", "display", "metrics", "noise_matrix", "pruning", "quality", "report"],
    *["simulation", "strategies", "streaming", "utils"],
}


def __getattr__(name):
    if name in _SUBMODULES:
        return _import_module(f"skclean.{name}")
    if name not in _ADDRESSES:
        raise AttributeError(f"module 'skclean' has no attribute {name!r}")
    value = getattr(_import_module(f"skclean.{_ADDRESSES[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__, *_SUBMODULES})
