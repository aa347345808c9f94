-- Which zero points have the visits of a night, measured and published, and how does the night go through them?
SELECT v.visit, v.band, v.tile, v.jdate, v.airmass, v.scatter, v.c1, v.c1_err, v.published, v.m10, v.night,
       n.method, n.jdate AS night_jdate, n.c1 AS night_c1, n.slope, n.rms
  FROM deepcal.visit_photometry AS v
  LEFT JOIN deepcal.night_zeropoint AS n USING (hemis, date, band)
 WHERE v.hemis = %(hemis)s AND v.date = %(date)s
 ORDER BY v.jdate, v.band
