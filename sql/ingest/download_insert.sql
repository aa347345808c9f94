-- The rows of a download go into their table, in q3c order.
INSERT INTO {table} ({columns})
SELECT {columns}
  FROM pg_temp.download_in
 ORDER BY q3c_ang2ipix(ra, decl)
