-- How do stack and PSC magnitudes differ, by magnitude?
-- Values: tile (a field, or NULL for all), band (j, h or k)
SELECT floor(2 * psc_m) / 2 AS magnitude, count(*) AS n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY stack_m - psc_m) AS median_difference,
       stddev_samp(stack_m - psc_m) AS scatter
  FROM deepcal.deepcal_src AS s
  JOIN twomass.psc AS p ON p.pts_key = s.cntr_psc
 CROSS JOIN LATERAL (VALUES ('j', s.j_m, p.j_m), ('h', s.h_m, p.h_m), ('k', s.k_m, p.k_m)) AS measured (band, stack_m, psc_m)
 WHERE measured.band = %(band)s AND stack_m IS NOT NULL AND psc_m IS NOT NULL
   AND s.cc_flg = '0' AND p.cc_flg = '000'
   AND (%(tile)s::integer IS NULL OR s.tile = %(tile)s::integer)
 GROUP BY 1
 ORDER BY 1
