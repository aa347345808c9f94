-- On which grid do the strips of this field lie?
SELECT naxis1, naxis2, ra, dec
  FROM deepcal.field
 WHERE tile = %(tile)s AND ra IS NOT NULL
