-- In which cells do the rows of a download lie?
INSERT INTO {cells} (cell, {key}, ra, decl)
SELECT near.cell, {key}, ra, decl
  FROM pg_temp.download_in
 CROSS JOIN LATERAL deepcal.cells_kept(ra, decl) AS near (cell)
 ORDER BY 1
