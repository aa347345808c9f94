-- Which fraction of the bright stars of its visit does each scan see at their places?
-- Where most scans miss the stars of the richest one, it is that scan whose places are wrong.
CREATE TEMPORARY TABLE score_place ON COMMIT DROP AS
WITH asked AS (
    SELECT visit, seed_scan, count(*) AS n
      FROM score_star
     WHERE inner_bright
     GROUP BY visit, seed_scan
    HAVING count(*) >= (%(score_zones)s::float8[])[2]
), share AS (
    SELECT a.visit, a.seed_scan, t.scan_key, t.scan_key = a.seed_scan AS seed,
           count(DISTINCT m.star)::float8 / a.n AS found
      FROM asked AS a
      JOIN score_todo AS t USING (visit)
      JOIN score_star AS s ON s.visit = a.visit AND s.inner_bright
      LEFT JOIN score_match AS m ON m.visit = a.visit AND m.star = s.star AND m.scan_key = t.scan_key
     WHERE t.tile = %(tile)s AND t.detections_file IS NOT NULL
     GROUP BY a.visit, a.seed_scan, a.n, t.scan_key
), usual AS (
    SELECT visit, percentile_cont(0.5) WITHIN GROUP (ORDER BY found) AS found
      FROM share
     WHERE NOT seed
     GROUP BY visit
)
SELECT s.scan_key, CASE WHEN s.seed THEN u.found ELSE least(s.found / greatest(u.found, 0.01), 1) END AS found
  FROM share AS s
  JOIN usual AS u USING (visit)
