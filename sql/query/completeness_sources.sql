-- Which confirmed sources without an artifact flag does a field have, and when were its scans taken on average?
-- Values: tile (a field, or NULL for all)
SELECT s.*,
       (SELECT avg(extract(year FROM c.date) + extract(doy FROM c.date) / 365.25)
          FROM deepcal.stack_scan AS p
          JOIN deepcal.scan AS c USING (scan_key)
         WHERE p.run = s.run AND p.used)::double precision AS epoch
  FROM deepcal.field AS f
  JOIN deepcal.source AS s ON s.run = f.current_run AND s.confirmed AND s.cc_flg = '0'
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 ORDER BY s.tile, s.id
