"""Spoiled scans: which scans get which fault, how strong, and what each fault does to a scan."""

from simulate.faults.draw import Fault, plan_faults
from simulate.faults.harm import KINDS

__all__ = ["KINDS", "Fault", "plan_faults"]
