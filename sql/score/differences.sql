-- By how much does each scan of a visit see its bright stars brighter or fainter than the visit does, and where?
CREATE TEMPORARY TABLE score_bright ON COMMIT DROP AS
SELECT m.visit, m.star, m.scan_key, b.band, b.mag, b.profile,
       width_bucket(m.y, v.south, v.north, (%(score_zones)s::float8[])[1]::integer) AS zone
  FROM score_match AS m
  JOIN (SELECT visit, min(y) AS south, max(y) + 1 AS north FROM score_star GROUP BY visit) AS v USING (visit)
 CROSS JOIN LATERAL (VALUES ('j', m.j, m.js, m.jp), ('h', m.h, m.hs, m.hp), ('k', m.k, m.ks, m.kp)) AS b (band, mag, err, profile)
 WHERE b.err < (%(score_bright)s::float8[])[1];
ANALYZE score_bright;

CREATE TEMPORARY TABLE score_middle ON COMMIT DROP AS
SELECT star, band, percentile_cont(0.5) WITHIN GROUP (ORDER BY mag) AS mag
  FROM score_bright
 GROUP BY star, band
HAVING count(*) > 1;
ANALYZE score_middle;

CREATE TEMPORARY TABLE score_scan ON COMMIT DROP AS
WITH residual AS (
    SELECT b.scan_key, b.visit, b.band, b.zone, b.mag - s.mag AS dmag, b.profile
      FROM score_bright AS b
      JOIN score_middle AS s USING (star, band)
), whole AS (
    SELECT scan_key, visit, band, count(*) AS n, percentile_cont(ARRAY[0.1587, 0.5, 0.8413]) WITHIN GROUP (ORDER BY dmag) AS d
      FROM residual
     GROUP BY scan_key, visit, band
), zones AS (
    SELECT scan_key, band, zone, count(*) AS n,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY dmag) AS dmag,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY profile) AS profile,
           1.25 * (percentile_cont(0.8413) WITHIN GROUP (ORDER BY profile)
                   - percentile_cont(0.1587) WITHIN GROUP (ORDER BY profile)) / 2 / sqrt(count(profile)) AS profile_err
      FROM residual
     GROUP BY scan_key, band, zone
    HAVING count(*) >= (%(score_zones)s::float8[])[2]
), worst AS (
    SELECT z.scan_key, z.band,
           max(greatest(abs(z.dmag - w.d[2]) - 2 * 1.25 * (w.d[3] - w.d[1]) / 2 / sqrt(z.n), 0)) AS dmag_zone,
           greatest(max(z.profile) - min(z.profile) - 2 * sqrt(2) * max(z.profile_err), 0) AS profile_zone
      FROM zones AS z
      JOIN whole AS w USING (scan_key, band)
     GROUP BY z.scan_key, z.band
)
SELECT w.scan_key, w.visit, w.band, w.n, w.d[2] AS dmag, (w.d[3] - w.d[1]) / 2 AS scatter, worst.dmag_zone, worst.profile_zone
  FROM whole AS w
  LEFT JOIN worst USING (scan_key, band)
 WHERE w.n >= (%(score_stars_min)s::float8[])[1];
ANALYZE score_scan
