-- Which zero point do the standards of a field give each scan? Catalogue less measured magnitude, added to the published one.
CREATE TEMPORARY TABLE score_standard ON COMMIT DROP AS
WITH origin AS (
    SELECT ra AS ra0, decl AS dec0
      FROM deepcal.detection
     WHERE tile = %(tile)s AND origin = 'catalog'
     LIMIT 1
), visits AS (
    SELECT visit, (min(date) - DATE '2000-01-01') / 365.25 AS years
      FROM score_todo
     WHERE tile = %(tile)s
     GROUP BY visit
), moved AS (
    SELECT v.visit, s.name, s.j, s.sj, s.h, s.sh, s.ks, s.sks,
           s.ra + coalesce(s.pmra * (v.years - (s.epoch - 2000)) / 3600000 / cosd(s.dec), 0) AS ra,
           s.dec + coalesce(s.pmdec * (v.years - (s.epoch - 2000)) / 3600000, 0) AS dec
      FROM twomass.standard AS s
     CROSS JOIN visits AS v
     WHERE s.tile = %(tile)s
), flat AS (
    SELECT m.*, ((m.ra - ra0) - 360 * round((m.ra - ra0) / 360)) * cosd(dec0) * 3600 AS x, (m.dec - dec0) * 3600 AS y
      FROM moved AS m
     CROSS JOIN origin
), cells AS MATERIALIZED (
    SELECT f.*, cx * 1000000 + cy AS cell
      FROM flat AS f
     CROSS JOIN LATERAL generate_series(floor((x - (%(score_standard)s::float8[])[1]) / (%(score_match)s::float8[])[2])::bigint,
                                        floor((x + (%(score_standard)s::float8[])[1]) / (%(score_match)s::float8[])[2])::bigint) AS cx
     CROSS JOIN LATERAL generate_series(floor((y - (%(score_standard)s::float8[])[1]) / (%(score_match)s::float8[])[2])::bigint,
                                        floor((y + (%(score_standard)s::float8[])[1]) / (%(score_match)s::float8[])[2])::bigint) AS cy
), nearest AS (
    SELECT DISTINCT ON (s.scan_key, c.name) s.scan_key, c.name, c.j - s.j AS j, c.h - s.h AS h, c.ks - s.k AS k,
           c.sj, c.sh, c.sks, s.js, s.hs, s.ks
      FROM cells AS c
      JOIN score_seen AS s USING (visit, cell)
     WHERE (s.x - c.x) ^ 2 + (s.y - c.y) ^ 2 < (%(score_standard)s::float8[])[1] ^ 2
     ORDER BY s.scan_key, c.name, (s.x - c.x) ^ 2 + (s.y - c.y) ^ 2
), each AS (
    SELECT n.scan_key, b.band, b.d, 1 / (b.err ^ 2 + coalesce(b.known, 0.02) ^ 2 + (%(score_standard_floor)s::float8[])[1] ^ 2) AS w
      FROM nearest AS n
     CROSS JOIN LATERAL (VALUES ('j', j, js, sj), ('h', h, hs, sh), ('k', k, ks, sks)) AS b (band, d, err, known)
     WHERE b.d IS NOT NULL
), middle AS (
    SELECT scan_key, band, percentile_cont(0.5) WITHIN GROUP (ORDER BY d) AS d
      FROM each
     GROUP BY scan_key, band
)
SELECT e.scan_key, e.band, count(*) AS n, sum(e.w * e.d) / sum(e.w) AS d, 1 / sqrt(sum(e.w)) AS err, stddev_samp(e.d) AS dispersion
  FROM each AS e
  JOIN middle AS m USING (scan_key, band)
 WHERE abs(e.d - m.d) < (%(score_standard)s::float8[])[2]
 GROUP BY e.scan_key, e.band
