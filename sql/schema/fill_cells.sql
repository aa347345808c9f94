-- How many rows has the table of cells of a catalogue, filled anew?
SELECT deepcal.fill_cells(%(kind)s)
