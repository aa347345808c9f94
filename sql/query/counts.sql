-- How many clean sources are there per half magnitude, in the stack and among its PSC and XSC counterparts?
-- Values: tile (a field, or NULL for all)
SELECT band, bin AS magnitude, count(*) AS n_sources,
       count(cntr_psc) AS n_psc,
       count(cntr_xsc) AS n_xsc
  FROM deepcal.deepcal_src AS s
 CROSS JOIN LATERAL (VALUES ('j', j_m), ('h', h_m), ('k', k_m)) AS measured (band, m)
 CROSS JOIN LATERAL (SELECT floor(m * 2) / 2 AS bin) AS half
 WHERE m IS NOT NULL AND cc_flg = '0'
   AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
 GROUP BY band, bin
 ORDER BY band, bin
