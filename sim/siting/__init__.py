"""Where to place sites: maximal covering (MCLP), p-median and p-center, each with a proven bound."""

from sim.siting.center import p_center
from sim.siting.covering import mclp
from sim.siting.median import p_median
from sim.siting.types import Siting

__all__ = ["Siting", "mclp", "p_center", "p_median"]
