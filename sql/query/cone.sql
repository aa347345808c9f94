-- Which sources lie around a position, nearest first?
-- Values: ra, dec (deg), radius (arcsec)
SELECT *
  FROM deepcal.cone(%(ra)s, %(dec)s, %(radius)s)
