-- Which points lie in or near every cell of 8 arcsec, so that an extraction has to look into its own cell only?
CREATE TEMP TABLE {cells} AS
SELECT (gx * 100003 + gy)::integer AS cell, seed, x::real AS x, y::real AS y
  FROM {points}
 CROSS JOIN LATERAL generate_series(floor((x - %(reach)s) / 8)::integer, floor((x + %(reach)s) / 8)::integer) AS gx
 CROSS JOIN LATERAL generate_series(floor((y - %(reach)s) / 8)::integer, floor((y + %(reach)s) / 8)::integer) AS gy
