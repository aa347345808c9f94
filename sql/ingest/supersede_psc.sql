-- Which sources came first from a download without keys, and now with the key they have in the PSC? The first ones go.
-- OFFSET 0 keeps the search by place before the one by name, which has no index.
WITH gone AS (
    DELETE FROM twomass.psc AS made
     USING (SELECT m.pts_key
              FROM twomass.psc AS m
             CROSS JOIN LATERAL (SELECT p.pts_key, p.designation FROM twomass.psc AS p WHERE q3c_join(m.ra, m.decl, p.ra, p.decl, 1 / 3600.) OFFSET 0) AS near
             WHERE m.pts_key >= %(first)s AND near.pts_key < %(first)s AND near.designation = m.designation) AS there
     WHERE made.pts_key = there.pts_key
    RETURNING made.pts_key, made.ra, made.decl, made.file_id
), cells AS (
    DELETE FROM twomass.psc_cell AS c
     USING gone
     WHERE c.cell = ANY (deepcal.cells_near(gone.ra, gone.decl, 3 * deepcal.cell_margin() / 3600)) AND c.pts_key = gone.pts_key
), counted AS (
    SELECT file_id, count(*) AS rows FROM gone GROUP BY file_id
)
UPDATE deepcal.ingest_file AS f
   SET row_count = f.row_count - counted.rows
  FROM counted
 WHERE f.file_id = counted.file_id
