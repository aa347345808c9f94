-- Which scans cover a position, with which seeing and quality?
-- Values: ra, dec (deg)
SELECT *
  FROM deepcal.scans_at(%(ra)s, %(dec)s)
