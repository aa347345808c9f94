-- Which stacks of current runs reach faintest in a band?
-- Values: band (j, h or k)
SELECT f.tile, st.run, st.n_scans, st.exptime, st.coverage_median, st.fwhm, st.m5_aper, st.m5_det, st.m50, st.path
  FROM deepcal.field AS f
  JOIN deepcal.stack AS st ON st.run = f.current_run
 WHERE st.band = %(band)s AND st.direction = 'NS' AND st.kind = 'image'
 ORDER BY st.m5_aper DESC NULLS LAST, f.tile
