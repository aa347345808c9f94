-- Which seeds stand so far from all others that an extraction near them has no second choice?
CREATE TEMP TABLE m_lonely AS
SELECT a.seed
  FROM m_seed AS a
  LEFT JOIN m_seed_cell AS c
    ON c.cell = floor(a.x / 8)::integer * 100003 + floor(a.y / 8)::integer
   AND c.seed <> a.seed
   AND (a.x - c.x) ^ 2 + (a.y - c.y) ^ 2 <= (3 * %(radius)s) ^ 2
 WHERE c.seed IS NULL
