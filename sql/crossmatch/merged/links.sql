-- Which seed does every extraction belong to? The nearest one within the radius; one extraction a scan, the nearest one; and it is ambiguous
-- where its position favours that by too little against the next seed, or against another extraction of the scan.
-- Extractions near seeds that stand alone need not be sorted to find the nearest.
CREATE TEMP TABLE m_link AS
WITH moved AS (
    SELECT e.cntr, e.scan_key, e.jdate, e.err2, e.j_m, e.j_sig, e.h_m, e.h_sig, e.k_m, e.k_sig,
           e.x - coalesce(s.dx, 0) AS x, e.y - coalesce(s.dy, 0) AS y
      FROM m_extraction AS e
      LEFT JOIN m_shift AS s USING (scan_key)
    OFFSET 0
), near AS (
    SELECT e.*, c.seed, apart.distance2, lonely.seed IS NOT NULL AS lonely
      FROM moved AS e
      JOIN m_seed_cell AS c ON c.cell = floor(e.x / 8)::integer * 100003 + floor(e.y / 8)::integer
      LEFT JOIN m_lonely AS lonely ON lonely.seed = c.seed
     CROSS JOIN LATERAL (SELECT (e.x - c.x) * (e.x - c.x) + (e.y - c.y) * (e.y - c.y) AS distance2 OFFSET 0) AS apart
     WHERE apart.distance2 <= (2 * %(radius)s) ^ 2
), candidate AS (
    SELECT near.*, 1 AS place, NULL AS next_seed2
      FROM near
     WHERE lonely
     UNION ALL
    SELECT near.*, row_number() OVER near, lead(distance2) OVER near
      FROM near
     WHERE NOT lonely
    WINDOW near AS (PARTITION BY cntr ORDER BY distance2, seed)
), linked AS (
    SELECT *, row_number() OVER other AS choice, lead(distance2) OVER other AS next_extraction2
      FROM candidate
     WHERE place = 1 AND distance2 <= %(radius)s ^ 2
    WINDOW other AS (PARTITION BY seed, scan_key ORDER BY distance2, cntr)
)
SELECT seed, cntr, scan_key, distance2, x, y, jdate, j_m, j_sig, h_m, h_sig, k_m, k_sig,
       coalesce(least(next_seed2, next_extraction2) - distance2 < 2 * ln(%(odds)s::double precision) * err2, false) AS ambiguous
  FROM linked
 WHERE choice = 1
