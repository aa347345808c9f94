"""What a simulated field truly holds, and how well its catalogue recovers it."""

from deepcal.truth.comparison import Comparison, compare
from deepcal.truth.errors import Errors, Residuals
from deepcal.truth.recovery import Bin, Purity
from deepcal.truth.spoiled import Rejections
from deepcal.truth.tables import Truth, read_truth

__all__ = ["Bin", "Comparison", "Errors", "Purity", "Rejections", "Residuals", "Truth", "compare", "read_truth"]
