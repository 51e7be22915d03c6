"""Detectors of wrong labels: `fit(X, y)` finds them, `issues_` holds them."""

from skclean.detectors._base import BaseDetector, BaseProbaDetector
from skclean.detectors._confident_learning import ConfidentLearning

__all__ = ["BaseDetector", "BaseProbaDetector", "ConfidentLearning"]
