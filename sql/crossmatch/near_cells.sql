-- Which rows lie near which? Every left row looks into the cells its circle touches, and takes right rows in their own cells.
SELECT l.key AS left_key, r.key AS right_key, l.ra AS left_ra, l.dec AS left_dec, r.ra AS right_ra, r.decl AS right_dec
  FROM ({left}) AS l
  JOIN ({right}) AS r
    ON r.cell = ANY (deepcal.cells_near(l.ra, l.dec, {radius}::double precision / 3600))
   AND r.decl BETWEEN l.dec - 1.000001 * {radius}::double precision / 3600 AND l.dec + 1.000001 * {radius}::double precision / 3600 -- cheap
   AND q3c_sindist(l.ra, l.dec, r.ra, r.decl) < pow(sin(radians({radius}::double precision / 3600) / 2), 2)
   {home}
   {others}
