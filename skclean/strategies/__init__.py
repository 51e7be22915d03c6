"""What to do about label issues: leave samples out, weigh, relabel or spread them, or correct."""

from skclean._issues import Treatment
from skclean.strategies._base import BaseStrategy
from skclean.strategies._co_teaching import CoTeaching
from skclean.strategies._cost_sensitive import CostSensitive
from skclean.strategies._forward_correction import ForwardCorrection
from skclean.strategies._prune import Prune
from skclean.strategies._relabel import Relabel
from skclean.strategies._reweight import Reweight
from skclean.strategies._soft_labels import SoftLabels

__all__ = [
    "BaseStrategy",
    "CoTeaching",
    "CostSensitive",
    "ForwardCorrection",
    "Prune",
    "Relabel",
    "Reweight",
    "SoftLabels",
    "Treatment",
]
