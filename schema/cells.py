"""The margin of the tables of cells: up to which radius a match with PSC or XSC is a join of cells."""

CELL_MARGIN = 3.0  # arcsec; deepcal.cell_margin() in SQL. The tables are filled by it: another one needs a revision
