-- What is the grid of a field?
SELECT tile, ra, dec, naxis1, naxis2, standard, current_run
  FROM deepcal.field
 WHERE tile = %(tile)s
