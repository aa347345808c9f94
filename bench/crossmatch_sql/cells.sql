-- In which cells do the rows of the PSC lie? What a load does beside its COPY.
INSERT INTO twomass.psc_cell (cell, pts_key, ra, decl)
SELECT (q3c_ang2ipix(ra, decl) >> 34)::integer, pts_key, ra, decl
  FROM twomass.psc
 ORDER BY q3c_ang2ipix(ra, decl)
