-- Which links hold the light of two stars: those to a seed with a near neighbour, not much fainter, that the scan does not list?
WITH pair AS (
    SELECT a.seed, b.seed AS neighbour
      FROM m_seed_cell AS c
      JOIN m_seed AS a ON c.cell = floor(a.x / 8)::integer * 100003 + floor(a.y / 8)::integer
      JOIN m_seed AS b ON b.seed = c.seed AND b.seed <> a.seed
     WHERE (a.x - b.x) ^ 2 + (a.y - b.y) ^ 2 <= %(blend)s ^ 2
       AND coalesce(least(b.j_m - a.j_m, b.h_m - a.h_m, b.k_m - a.k_m), 0) <= %(blend_mag)s
)
UPDATE m_link AS l
   SET ambiguous = true
  FROM pair AS p
 WHERE p.seed = l.seed AND NOT l.ambiguous
   AND NOT EXISTS (SELECT FROM m_link AS other WHERE other.seed = p.neighbour AND other.scan_key = l.scan_key)
