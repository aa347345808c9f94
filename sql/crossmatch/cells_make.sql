-- In which cells of the sky do the rows of a table lie? A table for one match, in the order of the cells.
CREATE UNLOGGED TABLE {cells} AS
SELECT (q3c_ang2ipix(ra, dec) >> 34)::integer AS cell, key, ra, dec AS decl
  FROM ({positions}) AS p
 ORDER BY q3c_ang2ipix(ra, dec)
