-- Which fields are nearest to the centre of an image? Those without a centre come first if the image names them.
SELECT tile, ra, dec, naxis1, naxis2, q3c_dist(ra, dec, %(ra)s, %(dec)s) AS away
  FROM deepcal.field
 WHERE ra IS NOT NULL OR tile = %(tile)s
 ORDER BY away NULLS FIRST
 LIMIT 20
