-- How many scans cover every group?
CREATE TEMP TABLE m_opportunity AS
SELECT g.seed, count(*) AS opportunities
  FROM m_group AS g
  JOIN m_footprint AS f
    ON f.a1 * g.x + f.b1 * g.y >= f.c1 AND f.a2 * g.x + f.b2 * g.y >= f.c2
   AND f.a3 * g.x + f.b3 * g.y >= f.c3 AND f.a4 * g.x + f.b4 * g.y >= f.c4
 GROUP BY g.seed
