-- What does every scan with extractions cover on the field's plane? The four edges as a x + b y >= c. By the corners of the scan table;
-- where it has none, by the rectangle around the scan's extractions.
CREATE TEMP TABLE m_footprint AS
WITH corner AS (
    SELECT e.scan_key, place.number,
           coalesce(deepcal.plane_east(place.ra, place.dec, %(ra0)s, %(dec0)s), CASE WHEN place.number IN (1, 4) THEN e.east ELSE e.west END) AS x,
           coalesce(deepcal.plane_north(place.ra, place.dec, %(ra0)s, %(dec0)s), CASE WHEN place.number <= 2 THEN e.south ELSE e.north END) AS y
      FROM (SELECT scan_key, max(x) - coalesce(max(dx), 0) AS east, min(x) - coalesce(max(dx), 0) AS west,
                   min(y) - coalesce(max(dy), 0) AS south, max(y) - coalesce(max(dy), 0) AS north
              FROM m_extraction
              LEFT JOIN m_shift USING (scan_key)
             GROUP BY scan_key) AS e
      LEFT JOIN deepcal.scan AS s USING (scan_key)
     CROSS JOIN LATERAL (VALUES (1, s.ra_1, s.dec_1), (2, s.ra_2, s.dec_2), (3, s.ra_4, s.dec_4), (4, s.ra_3, s.dec_3)) AS place (number, ra, dec)
), edge AS (
    SELECT a.scan_key, a.number, a.y - b.y AS a, b.x - a.x AS b, (a.y - b.y) * a.x + (b.x - a.x) * a.y AS c,
           sum(a.x * b.y - b.x * a.y) OVER (PARTITION BY a.scan_key) AS area
      FROM corner AS a
      JOIN corner AS b ON b.scan_key = a.scan_key AND b.number = a.number %% 4 + 1
)
SELECT scan_key,
       (array_agg(a * sign(area) ORDER BY number))[1] AS a1, (array_agg(b * sign(area) ORDER BY number))[1] AS b1, (array_agg(c * sign(area) ORDER BY number))[1] AS c1,
       (array_agg(a * sign(area) ORDER BY number))[2] AS a2, (array_agg(b * sign(area) ORDER BY number))[2] AS b2, (array_agg(c * sign(area) ORDER BY number))[2] AS c2,
       (array_agg(a * sign(area) ORDER BY number))[3] AS a3, (array_agg(b * sign(area) ORDER BY number))[3] AS b3, (array_agg(c * sign(area) ORDER BY number))[3] AS c3,
       (array_agg(a * sign(area) ORDER BY number))[4] AS a4, (array_agg(b * sign(area) ORDER BY number))[4] AS b4, (array_agg(c * sign(area) ORDER BY number))[4] AS c4
  FROM edge
 GROUP BY scan_key
