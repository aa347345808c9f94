-- Near which sources do new catalogue rows lie, so that the matches of their runs must be made again?
SELECT DISTINCT l.part AS run
  FROM ({left}) AS l
 CROSS JOIN LATERAL
       (SELECT FROM ({right}) AS positions
         WHERE q3c_join(l.ra, l.dec, positions.ra, positions.dec, %(cap)s / 3600.0) AND positions.file_id = ANY(%(files)s)
        LIMIT 1) AS r
 ORDER BY 1
