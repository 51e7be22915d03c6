"""What to do about label issues: leave samples out, weigh them or relabel them."""

from skclean.strategies._base import BaseStrategy
from skclean.strategies._prune import Prune
from skclean.strategies._relabel import Relabel
from skclean.strategies._reweight import Reweight

__all__ = ["BaseStrategy", "Prune", "Relabel", "Reweight"]
