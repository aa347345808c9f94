-- Which sources lie around a position, nearest first?
-- Values: ra, dec (deg), radius (arcsec, at most 3600)
SELECT 3600 * q3c_dist(%(ra)s::float8, %(dec)s::float8, s.ra, s.dec) AS separation,
       s.*
  FROM deepcal.deepcal_src AS s
 WHERE q3c_join(%(ra)s::float8, %(dec)s::float8, s.ra, s.dec, least(greatest(%(radius)s::float8, 0), 3600) / 3600)
 ORDER BY separation, s.tile, s.id
