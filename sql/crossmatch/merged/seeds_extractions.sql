-- Where no stack gives seeds: around which places do extractions of many scans gather? Peaks of their density, each at the mean of what lies
-- in three by three cells, to a milliarcsecond (the order of sums must move nothing); of two peaks within two cells the higher one counts.
CREATE TEMP TABLE m_seed AS
WITH moved AS (
    SELECT e.x - coalesce(s.dx, 0) AS x, e.y - coalesce(s.dy, 0) AS y, e.j_m, e.h_m, e.k_m
      FROM m_extraction AS e
      LEFT JOIN m_shift AS s USING (scan_key)
), cell AS (
    SELECT floor(x / %(seed_cell)s)::integer AS gx, floor(y / %(seed_cell)s)::integer AS gy,
           count(*) AS n, sum(x) AS x, sum(y) AS y,
           avg(j_m) AS j_m, avg(h_m) AS h_m, avg(k_m) AS k_m
      FROM moved
     GROUP BY 1, 2
), block AS MATERIALIZED (
    SELECT gx + ox AS gx, gy + oy AS gy, sum(n) AS n, sum(x) / sum(n) AS x, sum(y) / sum(n) AS y,
           max(n) FILTER (WHERE ox = 0 AND oy = 0) AS own,
           sum(n * j_m) / sum(n) FILTER (WHERE j_m IS NOT NULL) AS j_m,
           sum(n * h_m) / sum(n) FILTER (WHERE h_m IS NOT NULL) AS h_m,
           sum(n * k_m) / sum(n) FILTER (WHERE k_m IS NOT NULL) AS k_m
      FROM cell
     CROSS JOIN generate_series(-1, 1) AS ox
     CROSS JOIN generate_series(-1, 1) AS oy
     GROUP BY 1, 2
), full_block AS MATERIALIZED (
    SELECT *, n * 1000.0 + coalesce(own, 0) AS height
      FROM block
     WHERE n >= %(seed_least)s
), higher AS (
    SELECT DISTINCT low.gx, low.gy
      FROM full_block AS low
     CROSS JOIN generate_series(-2, 2) AS ox
     CROSS JOIN generate_series(-2, 2) AS oy
      JOIN full_block AS high ON high.gx = low.gx + ox AND high.gy = low.gy + oy
     WHERE (high.height, high.gx, high.gy) > (low.height, low.gx, low.gy)
)
SELECT row_number() OVER (ORDER BY gy, gx)::integer AS seed, NULL::text AS name, j_m::real AS j_m, h_m::real AS h_m, k_m::real AS k_m,
       round(x::numeric, 3)::double precision AS x, round(y::numeric, 3)::double precision AS y
  FROM full_block
 WHERE (gx, gy) NOT IN (SELECT gx, gy FROM higher)
