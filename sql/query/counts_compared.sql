-- How many objects are there per half magnitude and square degree, in the stack and in PSC and XSC (Appendix 7.1, Figure 3)?
-- Values: tile (a field, or NULL for all), band (j, h or k)
WITH area AS (
    SELECT sum(naxis1 * naxis2 / 3600.0 ^ 2) AS square_degrees
      FROM deepcal.field
     WHERE current_run IS NOT NULL
       AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
), object AS (
    SELECT 'stack' AS catalog, CASE %(band)s WHEN 'j' THEN j_m WHEN 'h' THEN h_m ELSE k_m END AS m
      FROM deepcal.deepcal_src
     WHERE cc_flg = '0' AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
     UNION ALL
    SELECT 'psc', CASE %(band)s WHEN 'j' THEN j_m WHEN 'h' THEN h_m ELSE k_m END
      FROM deepcal.field_psc
     WHERE run IS NOT NULL AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
     UNION ALL
    SELECT 'xsc', CASE %(band)s WHEN 'j' THEN x.j_m_k20fe WHEN 'h' THEN x.h_m_k20fe ELSE x.k_m_k20fe END
      FROM deepcal.field AS f
     CROSS JOIN LATERAL deepcal.xsc_cone(f.ra, f.dec, sqrt(f.naxis1 ^ 2 + f.naxis2 ^ 2) / 2) AS x
     WHERE f.current_run IS NOT NULL AND (%(tile)s::integer IS NULL OR f.tile = %(tile)s::integer)
       AND abs(deepcal.plane_east(x.ra, x.decl, f.ra, f.dec)) < f.naxis1 / 2.0
       AND abs(deepcal.plane_north(x.ra, x.decl, f.ra, f.dec)) < f.naxis2 / 2.0
)
SELECT floor(m * 2) / 2 AS magnitude,
       count(*) FILTER (WHERE catalog = 'stack') / min(square_degrees) AS stack,
       count(*) FILTER (WHERE catalog = 'psc') / min(square_degrees) AS psc,
       count(*) FILTER (WHERE catalog = 'xsc') / min(square_degrees) AS xsc
  FROM object
 CROSS JOIN area
 WHERE m IS NOT NULL
 GROUP BY 1
 ORDER BY 1
