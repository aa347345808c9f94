-- How do stack and PSC magnitudes differ, by magnitude?
-- Values: tile (a field, or NULL for all), band (j, h or k)
SELECT floor(2 * psc) / 2 AS magnitude, count(*) AS n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY diff) AS median_difference,
       stddev_samp(diff) AS scatter
  FROM deepcal.source_psc AS s
 CROSS JOIN LATERAL (VALUES ('j', j_psc, j_diff), ('h', h_psc, h_diff), ('k', k_psc, k_diff)) AS measured (band, psc, diff)
 WHERE band = %(band)s AND diff IS NOT NULL
   AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
 GROUP BY 1
 ORDER BY 1
