-- What keeps a field from this centre and size? Stacks or strips on another grid; no row comes back where nothing does.
-- The list that comes with deepcal (`first`) fills what is unknown and changes nothing else.
WITH wanted AS (
    SELECT %(tile)s::integer AS tile, %(standard)s::text AS standard, %(ra)s::float8 AS ra, %(dec)s::float8 AS dec,
           %(width_arcsec)s::integer AS naxis1, %(height_arcsec)s::integer AS naxis2
), kept AS (
    SELECT w.tile
      FROM wanted AS w
      JOIN deepcal.field AS f USING (tile)
     WHERE (%(first)s AND f.ra IS NOT NULL) OR (f.ra, f.dec, f.naxis1, f.naxis2) IS NOT DISTINCT FROM (w.ra, w.dec, w.naxis1, w.naxis2)
), in_the_way AS (
    SELECT 'the grid of the stacks that field ' || tile || ' has: centre ' || f.ra || ', ' || f.dec AS reason
      FROM wanted AS w
      JOIN deepcal.field AS f USING (tile)
     WHERE EXISTS (SELECT FROM deepcal.stack_run AS r WHERE r.tile = w.tile)
       AND NOT EXISTS (SELECT FROM kept)
     UNION ALL
    SELECT 'the grid of the strips of field ' || w.tile || ': ' || i.naxis1 || ' x ' || i.naxis2 || ' around ' || i.crval1 || ', ' || i.crval2
      FROM wanted AS w
      JOIN deepcal.scan AS s USING (tile)
      JOIN deepcal.image AS i USING (scan_key)
     WHERE i.form = 'strip' AND w.ra IS NOT NULL AND NOT EXISTS (SELECT FROM kept)
       AND (abs(i.crval1 - w.ra) * cosd(w.dec) > 1e-5 OR abs(i.crval2 - w.dec) > 1e-5 OR (i.naxis1, i.naxis2) <> (w.naxis1, w.naxis2))
     LIMIT 1
), stored AS (
    INSERT INTO deepcal.field AS f (tile, standard, ra, dec, naxis1, naxis2, centre_source, file_id)
    SELECT tile, nullif(standard, ''), ra, dec, naxis1, naxis2, %(source)s, %(file_id)s
      FROM wanted
     WHERE NOT EXISTS (SELECT FROM in_the_way) AND NOT EXISTS (SELECT FROM kept)
        ON CONFLICT (tile) DO UPDATE
       SET standard = coalesce(excluded.standard, f.standard), ra = excluded.ra, dec = excluded.dec,
           naxis1 = excluded.naxis1, naxis2 = excluded.naxis2,
           centre_source = excluded.centre_source, file_id = excluded.file_id
)
SELECT reason FROM in_the_way
