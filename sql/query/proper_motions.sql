-- Which stars moved between the scans, against the other stars of their field?
-- Values: tile (a field, or NULL for all), sigmas (least motion in units of its uncertainty)
SELECT tile, gcntr, name, ra, dec, napp, sqrt(pmra ^ 2 + pmdec ^ 2) AS motion, pmra, pmdec, pm_err, epoch, j_m, h_m, k_m
  FROM deepcal.merged_source
 WHERE sqrt(pmra ^ 2 + pmdec ^ 2) >= %(sigmas)s::real * pm_err
   AND n_ambiguous < napp
   AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
 ORDER BY motion DESC, gcntr
