-- By how much does each scan of a visit see its bright stars brighter or fainter than the visit does, and where?
-- Against the richest scan first; what the scans of the visit have in common is that scan's own.
CREATE TEMPORARY TABLE score_bright ON COMMIT DROP AS
WITH bright AS (
    SELECT visit, scan_key, 'j' AS band, y, j - j0 AS dmag, jp AS profile
      FROM score_match
     WHERE js < (%(score_bright)s::float8[])[1] AND j0 IS NOT NULL
     UNION ALL
    SELECT visit, scan_key, 'h', y, h - h0, hp
      FROM score_match
     WHERE hs < (%(score_bright)s::float8[])[1] AND h0 IS NOT NULL
     UNION ALL
    SELECT visit, scan_key, 'k', y, k - k0, kp
      FROM score_match
     WHERE ks < (%(score_bright)s::float8[])[1] AND k0 IS NOT NULL
)
SELECT visit, scan_key, band, dmag, profile, width_bucket(y, south, north, (%(score_zones)s::float8[])[1]::integer) AS zone
  FROM bright
 CROSS JOIN (SELECT min(y) AS south, max(y) + 1 AS north FROM score_star) AS field;
ANALYZE score_bright;

CREATE TEMPORARY TABLE score_scan ON COMMIT DROP AS
WITH zones AS (
    SELECT scan_key, visit, band, zone, count(*) AS n,
           percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY dmag) AS d,
           percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY profile) AS p, count(profile) AS np
      FROM score_bright
     GROUP BY GROUPING SETS ((scan_key, visit, band), (scan_key, visit, band, zone))
), usual AS (
    SELECT visit, band, zone, percentile_cont(0.5) WITHIN GROUP (ORDER BY d[2]) AS d
      FROM zones
     GROUP BY visit, band, zone
    HAVING count(*) > 1
), freed AS (
    SELECT z.scan_key, z.visit, z.band, z.zone, z.n, z.d[2] - u.d AS dmag, (z.d[3] - z.d[1]) / 2 / sqrt(2) AS scatter,
           z.p[2] AS profile, (z.p[3] - z.p[1]) / 2 / sqrt(nullif(z.np, 0)) AS profile_err
      FROM zones AS z
      JOIN usual AS u ON u.visit = z.visit AND u.band = z.band AND u.zone IS NOT DISTINCT FROM z.zone
), worst AS (
    -- 1.25: the error of a median over that of a mean
    SELECT z.scan_key, z.band,
           max(greatest(abs(z.dmag - w.dmag) - 2 * 1.25 * w.scatter / sqrt(z.n), 0)) AS dmag_zone,
           greatest(max(z.profile) - min(z.profile) - 2 * sqrt(2) * 1.25 * max(z.profile_err), 0) AS profile_zone
      FROM freed AS z
      JOIN freed AS w ON w.scan_key = z.scan_key AND w.band = z.band AND w.zone IS NULL
     WHERE z.zone IS NOT NULL AND z.n >= (%(score_zones)s::float8[])[2]
     GROUP BY z.scan_key, z.band
)
SELECT w.scan_key, w.visit, w.band, w.n, w.dmag, w.scatter, worst.dmag_zone, worst.profile_zone
  FROM freed AS w
  LEFT JOIN worst USING (scan_key, band)
 WHERE w.zone IS NULL AND w.n >= (%(score_stars_min)s::float8[])[1];
ANALYZE score_scan
