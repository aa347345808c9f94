-- Which rows lie near which, in one stretch of cells? Right rows stand in all cells within the radius: a left row looks into its own cell only.
-- OFFSET keeps the cell from being computed again and again (a plain 0 would keep workers out), IS TRUE the planner from taking a stretch for
-- a few rows.
SELECT l.cell, l.key AS left_key, r.key AS right_key, l.ra AS left_ra, l.dec AS left_dec, r.ra AS right_ra, r.decl AS right_dec
  FROM (SELECT *
          FROM (SELECT (q3c_ang2ipix(ra, dec) >> 34)::integer AS cell, key, ra, dec FROM ({left}) AS p OFFSET '0'::bigint) AS placed
         WHERE (cell >= {first}) IS TRUE AND (cell < {last}) IS TRUE
         ORDER BY cell, key) AS l
  JOIN ({right}) AS r
    ON r.cell = l.cell AND r.cell >= {first} AND r.cell < {last}
   AND r.decl BETWEEN l.dec - 1.000001 * {radius}::double precision / 3600 AND l.dec + 1.000001 * {radius}::double precision / 3600 -- cheap
   AND q3c_sindist(l.ra, l.dec, r.ra, r.decl) < pow(sin(radians({radius}::double precision / 3600) / 2), 2)
   {others}
