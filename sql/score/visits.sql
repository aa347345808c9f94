-- Which scans were taken in one visit of a field? Neighbours in the night, by scan number and time.
CREATE TEMPORARY TABLE score_visit ON COMMIT DROP AS
WITH gaps AS (
    SELECT *,
           CASE WHEN lag(tile) OVER night IS DISTINCT FROM tile
                  OR scan - lag(scan) OVER night > (%(score_visit_gap)s::float8[])[1]
                  OR (jdate - lag(jdate) OVER night) * 1440 > (%(score_visit_gap)s::float8[])[2]
                THEN ARRAY[scan::integer, scan_key] END AS first
      FROM deepcal.scan
     WHERE NOT provisional
    WINDOW night AS (PARTITION BY hemis, date ORDER BY scan)
)
SELECT scan_key, tile, hemis, date, scan, jdate, airm, j_zp_ap, h_zp_ap, k_zp_ap,
       (max(first) OVER (PARTITION BY hemis, date ORDER BY scan))[2] AS visit
  FROM gaps;
CREATE INDEX ON score_visit (scan_key);
ANALYZE score_visit
