-- Which scans cover a position, with which seeing and quality?
-- Values: ra, dec (deg)
SELECT s.scan_key, s.hemis, s.date, s.scan, s.sd, i.band, i.magzp, i.skyval, i.skysig, i.seesh, q.quality
  FROM deepcal.image AS i
  JOIN deepcal.scan AS s USING (scan_key)
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
 WHERE q3c_join(%(ra)s::float8, %(dec)s::float8, i.ra, i.dec, 0.6) -- half the diagonal of a strip is 0.51 deg
   AND deepcal.covers(i, %(ra)s::float8, %(dec)s::float8)
 ORDER BY s.date, s.hemis, s.scan, i.band
