"""The whole main job on a simulated field, from scans to matched sources, held against the truth."""

from deepcal.demo.field import Wish
from deepcal.demo.job import Outcome, demo
from deepcal.report.figures import Figures

__all__ = ["Figures", "Outcome", "Wish", "demo"]
