-- Does the database hold scans of a tile, or catalogue rows in its field, that are not from the demo's own folder?
-- Values: tile (a field), folder (of the demo, with a slash at its end)
SELECT i.path, found.what
  FROM (SELECT s.file_id, 'scans' AS what
          FROM deepcal.scan AS s
         WHERE s.tile = %(tile)s
         UNION ALL
        SELECT p.file_id, 'PSC stars'
          FROM deepcal.field AS f
          JOIN twomass.psc AS p ON q3c_join(f.ra, f.dec, p.ra, p.decl, 0.6)
         WHERE f.tile = %(tile)s
       ) AS found
  JOIN deepcal.ingest_file AS i USING (file_id)
 WHERE NOT starts_with(i.path, %(folder)s)
 LIMIT 1
