-- Which rows lie near which? Every left row looks into the sky index of the right table.
SELECT l.key AS left_key, r.key AS right_key, l.ra AS left_ra, l.dec AS left_dec, r.ra AS right_ra, r.dec AS right_dec
  FROM ({left}) AS l
  JOIN ({right}) AS r
    ON q3c_join(l.ra, l.dec, r.ra, r.dec, {radius}::double precision / 3600)
   {others}
