-- How steeply do the counts rise: the power laws log10 N = a + b m through half magnitudes (Appendix 7.1, Figure 3)?
-- Values: tile (a field, or NULL for all), bright, faint (mag: from where to where)
WITH object AS (
    SELECT band, m, CASE WHEN cntr_xsc IS NULL THEN 'point' ELSE 'extended' END AS kind
      FROM deepcal.deepcal_src
     CROSS JOIN LATERAL (VALUES ('j', j_m), ('h', h_m), ('k', k_m)) AS measured (band, m)
     WHERE cc_flg = '0' AND m >= %(bright)s::real AND m < %(faint)s::real
       AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
), counted AS (
    SELECT band, kind, floor(m * 2) / 2 + 0.25 AS middle, count(*) AS n
      FROM object
     GROUP BY 1, 2, 3
)
SELECT band, kind, sum(n)::integer AS n, count(*)::integer AS bins,
       regr_slope(log(n), middle) AS b, regr_intercept(log(n), middle) AS a, regr_r2(log(n), middle) AS r2
  FROM counted
 GROUP BY band, kind
 ORDER BY band, kind
