-- In which cells do the rows of a download lie?
INSERT INTO {cells} (cell, {key}, ra, decl)
SELECT (q3c_ang2ipix(ra, decl) >> 34)::integer, {key}, ra, decl
  FROM pg_temp.download_in
 ORDER BY 1
