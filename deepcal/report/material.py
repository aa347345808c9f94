"""What the report shows: the rows and images of one run, its figures, and the truth they are held against."""

from dataclasses import dataclass
from functools import cached_property

from deepcal.report.figures import Figures
from deepcal.report.tables import Tables
from deepcal.report.views import Views
from deepcal.truth import Comparison, Truth


@dataclass(frozen=True)
class Material:
    """One run of one field: its rows, the truth, what the comparison found, the figures."""

    tables: Tables
    truth: Truth
    compared: Comparison
    figures: Figures

    @property
    def bands(self) -> list[str]:
        """The bands that have a stack."""
        return self.tables.bands

    @cached_property
    def views(self) -> Views:
        """The stacks as pictures show them."""
        tables = self.tables
        used = tables.scans[tables.scans.used.eq(True).fillna(False)]
        return Views(tables.tile, tables.run, tables.grid, tables.stacks, used, tables.images)
