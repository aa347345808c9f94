-- Which extractions of a visit are one star? Those of its richest scan, and what the other scans saw at their places.
CREATE TEMPORARY TABLE score_star ON COMMIT DROP AS
WITH richest AS (
    SELECT DISTINCT ON (visit) visit, scan_key
      FROM (SELECT visit, scan_key, count(*) AS n FROM score_seen GROUP BY visit, scan_key) AS counted
     ORDER BY visit, n DESC, scan_key
)
SELECT s.visit, s.scan_key AS seed_scan, s.cntr AS star, s.x, s.y, s.j, s.h, s.k,
       least(s.js, s.hs, s.ks) < (%(score_bright)s::float8[])[1]
       AND s.x BETWEEN min(s.x) OVER visit + (%(score_edge)s::float8[])[1] AND max(s.x) OVER visit - (%(score_edge)s::float8[])[1]
       AND s.y BETWEEN min(s.y) OVER visit + (%(score_edge)s::float8[])[1] AND max(s.y) OVER visit - (%(score_edge)s::float8[])[1]
       AS inner_bright
  FROM richest
  JOIN score_seen AS s USING (visit, scan_key)
WINDOW visit AS (PARTITION BY s.visit);

CREATE TEMPORARY TABLE score_cell ON COMMIT DROP AS
SELECT t.visit, t.star, t.inner_bright, t.x, t.y, t.j AS j0, t.h AS h0, t.k AS k0, cx * 1000000 + cy AS cell
  FROM score_star AS t
 CROSS JOIN LATERAL generate_series(floor((x - (%(score_match)s::float8[])[1]) / (%(score_match)s::float8[])[2])::bigint,
                                    floor((x + (%(score_match)s::float8[])[1]) / (%(score_match)s::float8[])[2])::bigint) AS cx
 CROSS JOIN LATERAL generate_series(floor((y - (%(score_match)s::float8[])[1]) / (%(score_match)s::float8[])[2])::bigint,
                                    floor((y + (%(score_match)s::float8[])[1]) / (%(score_match)s::float8[])[2])::bigint) AS cy;
ANALYZE score_cell;

CREATE TEMPORARY TABLE score_match ON COMMIT DROP AS
SELECT c.visit, c.star, c.inner_bright, s.scan_key, c.y, c.j0, c.h0, c.k0, s.j, s.h, s.k, s.js, s.hs, s.ks, s.jp, s.hp, s.kp
  FROM score_cell AS c
  JOIN score_seen AS s USING (visit, cell)
 WHERE (s.x - c.x) ^ 2 + (s.y - c.y) ^ 2 < (%(score_match)s::float8[])[1] ^ 2;
ANALYZE score_match
