-- Which sources came first from a download without keys, and now with the key they have in the PSC? The first ones go.
WITH gone AS (
    DELETE FROM twomass.psc AS made
     USING twomass.psc AS real
     WHERE made.pts_key >= %(first)s AND real.pts_key < %(first)s
       AND q3c_join(made.ra, made.decl, real.ra, real.decl, 1 / 3600.)
       AND real.designation = made.designation
    RETURNING made.pts_key, made.ra, made.decl, made.file_id
), cells AS (
    DELETE FROM twomass.psc_cell AS c
     USING gone
     WHERE c.cell = (q3c_ang2ipix(gone.ra, gone.decl) >> 34)::integer AND c.pts_key = gone.pts_key
), counted AS (
    SELECT file_id, count(*) AS rows FROM gone GROUP BY file_id
)
UPDATE deepcal.ingest_file AS f
   SET row_count = f.row_count - counted.rows
  FROM counted
 WHERE f.file_id = counted.file_id
