-- Which fraction of the bright stars of its visit does each scan see at their places?
-- Where most scans miss the stars of the richest one, it is that scan whose places are wrong.
CREATE TEMPORARY TABLE score_place ON COMMIT DROP AS
WITH asked AS (
    SELECT visit, seed_scan, count(*) AS n
      FROM score_star
     WHERE inner_bright
     GROUP BY visit, seed_scan
    HAVING count(*) >= (%(score_zones)s::float8[])[2]
), met AS (
    SELECT scan_key, count(DISTINCT star) AS n
      FROM score_match
     WHERE inner_bright
     GROUP BY scan_key
), share AS (
    SELECT a.visit, t.scan_key, t.scan_key = a.seed_scan AS seed, coalesce(m.n, 0)::float8 / a.n AS found
      FROM asked AS a
      JOIN score_todo AS t USING (visit)
      LEFT JOIN met AS m USING (scan_key)
     WHERE t.tile = %(tile)s AND t.detections_file IS NOT NULL
), usual AS (
    SELECT visit, percentile_cont(0.5) WITHIN GROUP (ORDER BY found) AS found
      FROM share
     WHERE NOT seed
     GROUP BY visit
)
SELECT s.scan_key, CASE WHEN s.seed THEN u.found ELSE least(s.found / greatest(u.found, 0.01), 1) END AS found
  FROM share AS s
  JOIN usual AS u USING (visit)
