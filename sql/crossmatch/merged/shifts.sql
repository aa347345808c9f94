-- By how much is every scan off that has no model: the median of its distances from the stars it is compared with?
CREATE TEMP TABLE m_shift AS
SELECT scan_key,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY dx)::real AS dx,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY dy)::real AS dy
  FROM (SELECT DISTINCT ON (e.cntr) e.scan_key, e.x - c.x AS dx, e.y - c.y AS dy
          FROM m_extraction AS e
          JOIN m_reference_cell AS c ON c.cell = floor(e.x / 8)::integer * 100003 + floor(e.y / 8)::integer
         WHERE NOT e.registered
           AND (e.x - c.x) ^ 2 + (e.y - c.y) ^ 2 <= %(shift_radius)s ^ 2
         ORDER BY e.cntr, (e.x - c.x) ^ 2 + (e.y - c.y) ^ 2) AS nearest
 GROUP BY scan_key
HAVING count(*) >= %(shift_stars)s
