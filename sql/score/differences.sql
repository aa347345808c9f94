-- By how much does each scan of a visit see its bright stars brighter or fainter than the visit does, and where?
-- Against the richest scan first; what the scans of the visit have in common is that scan's own.
CREATE TEMPORARY TABLE score_bright ON COMMIT DROP AS
SELECT visit, scan_key, width_bucket(y, south, north, (%(score_zones)s::float8[])[1]::integer) AS zone,
       CASE WHEN js < (%(score_bright)s::float8[])[1] THEN j - j0 END AS j, CASE WHEN js < (%(score_bright)s::float8[])[1] AND j0 IS NOT NULL THEN jp END AS jp,
       CASE WHEN hs < (%(score_bright)s::float8[])[1] THEN h - h0 END AS h, CASE WHEN hs < (%(score_bright)s::float8[])[1] AND h0 IS NOT NULL THEN hp END AS hp,
       CASE WHEN ks < (%(score_bright)s::float8[])[1] THEN k - k0 END AS k, CASE WHEN ks < (%(score_bright)s::float8[])[1] AND k0 IS NOT NULL THEN kp END AS kp
  FROM score_match
 CROSS JOIN (SELECT min(y) AS south, max(y) + 1 AS north FROM score_star) AS field
 WHERE least(js, hs, ks) < (%(score_bright)s::float8[])[1];
ANALYZE score_bright;

-- Zone 0 is the whole scan. Parts with too few stars are left out before anything is sorted.
CREATE TEMPORARY TABLE score_zone ON COMMIT DROP AS
WITH enough AS (
    SELECT scan_key, zone
      FROM score_bright
     GROUP BY scan_key, zone
    HAVING greatest(count(j), count(h), count(k)) >= (%(score_zones)s::float8[])[2]
), wide AS (
    SELECT visit, scan_key, zone,
           percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY j) AS j, count(j) AS nj,
           percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY h) AS h, count(h) AS nh,
           percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY k) AS k, count(k) AS nk,
           percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY jp) AS jp, count(jp) AS njp,
           percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY hp) AS hp, count(hp) AS nhp,
           percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY kp) AS kp, count(kp) AS nkp
      FROM (SELECT visit, scan_key, 0 AS zone, j, jp, h, hp, k, kp
              FROM score_bright
             UNION ALL
            SELECT visit, scan_key, zone, j, jp, h, hp, k, kp
              FROM score_bright
              JOIN enough USING (scan_key, zone)) AS parts
     GROUP BY visit, scan_key, zone
)
SELECT w.visit, w.scan_key, b.band, w.zone, b.n, b.d, b.p, b.np
  FROM wide AS w
 CROSS JOIN LATERAL (VALUES ('j', nj, j, njp, jp), ('h', nh, h, nhp, hp), ('k', nk, k, nkp, kp)) AS b (band, n, d, np, p)
 WHERE b.n >= CASE zone WHEN 0 THEN (%(score_stars_min)s::float8[])[1] ELSE (%(score_zones)s::float8[])[2] END;
ANALYZE score_zone;

CREATE TEMPORARY TABLE score_scan ON COMMIT DROP AS
WITH usual AS (
    SELECT visit, band, zone, percentile_cont(0.5) WITHIN GROUP (ORDER BY d[2]) AS d
      FROM score_zone
     GROUP BY visit, band, zone
    HAVING count(*) > 1
), freed AS (
    SELECT z.scan_key, z.visit, z.band, z.zone, z.n, z.d[2] - u.d AS dmag, (z.d[3] - z.d[1]) / 2 / sqrt(2) AS scatter,
           z.p[2] AS profile, (z.p[3] - z.p[1]) / 2 / sqrt(nullif(z.np, 0)) AS profile_err
      FROM score_zone AS z
      JOIN usual AS u USING (visit, band, zone)
), worst AS (
    -- 1.25: the error of a median over that of a mean
    SELECT z.scan_key, z.band,
           max(greatest(abs(z.dmag - w.dmag) - 2 * 1.25 * w.scatter / sqrt(z.n), 0)) AS dmag_zone,
           greatest(max(z.profile) - min(z.profile) - 2 * sqrt(2) * 1.25 * max(z.profile_err), 0) AS profile_zone
      FROM freed AS z
      JOIN freed AS w ON w.scan_key = z.scan_key AND w.band = z.band AND w.zone = 0
     WHERE z.zone > 0
     GROUP BY z.scan_key, z.band
)
SELECT w.scan_key, w.visit, w.band, w.n, w.dmag, w.scatter, worst.dmag_zone, worst.profile_zone
  FROM freed AS w
  LEFT JOIN worst USING (scan_key, band)
 WHERE w.zone = 0;
ANALYZE score_scan
