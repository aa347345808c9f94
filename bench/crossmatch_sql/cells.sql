-- In which cells do the rows of the PSC lie? What a load does beside its COPY.
INSERT INTO twomass.psc_cell (cell, pts_key, ra, decl)
SELECT near.cell, pts_key, ra, decl
  FROM twomass.psc
 CROSS JOIN LATERAL deepcal.cells_kept(ra, decl) AS near (cell)
 WHERE file_id = %(file_id)s
 ORDER BY near.cell
