-- Which sources are to be matched with one catalogue? Fills the temporary table xmatch_todo.
-- The sources of whole runs; of the other current runs those near new rows of the catalogue, those paired with a row that came anew
-- under its old key, and those paired with a row that is gone.
CREATE FUNCTION deepcal.xmatch_todo(which text, whole text[], part text[], new_files integer[], files_gone boolean) RETURNS void
LANGUAGE plpgsql AS
$$
DECLARE
    key text := CASE which WHEN 'psc' THEN 'pts_key' ELSE 'ext_key' END;
    reach text := CASE which WHEN 'psc' THEN deepcal.xmatch_setting('psc_cap')::text
                             ELSE format('greatest(%s, r_k20fe + 5)', deepcal.xmatch_setting('xsc_radius')) END; -- 5: the two centres differ
BEGIN
    DROP TABLE IF EXISTS pg_temp.xmatch_todo;
    CREATE TEMP TABLE xmatch_todo ON COMMIT DROP AS
    SELECT run, id, 0 AS shift, tile, name, ra, dec, pos_err, confirmed
      FROM deepcal.source
     WHERE run = ANY (whole::character(12)[]);
    IF cardinality(part) > 0 THEN
        EXECUTE format($q$
            INSERT INTO pg_temp.xmatch_todo
            SELECT s.run, s.id, 0, s.tile, s.name, s.ra, s.dec, s.pos_err, s.confirmed
              FROM (SELECT near.run, near.id
                      FROM (SELECT ra, decl, (%3$s)::double precision / 3600 AS reach
                              FROM twomass.%1$I WHERE file_id = ANY ($2)) AS fresh
                     CROSS JOIN LATERAL -- through the sky index of the sources
                           (SELECT run, id FROM deepcal.source AS s
                             WHERE q3c_join(fresh.ra, fresh.decl, s.ra, s.dec, fresh.reach) OFFSET 0) AS near
                    UNION
                    SELECT x.run, x.id
                      FROM twomass.%1$I AS fresh
                      JOIN deepcal.xmatch AS x ON x.catalog = %1$L AND x.cat_key = fresh.%2$I
                     WHERE fresh.file_id = ANY ($2)
                    UNION
                    SELECT x.run, x.id
                      FROM deepcal.xmatch AS x
                     WHERE $3 AND x.catalog = %1$L AND NOT EXISTS (SELECT FROM twomass.%1$I AS r WHERE r.%2$I = x.cat_key)
                    UNION
                    SELECT x.run, x.id
                      FROM deepcal.xmatch_inside AS x
                     WHERE %1$L = 'xsc'
                       AND ($3 AND NOT EXISTS (SELECT FROM twomass.xsc AS r WHERE r.ext_key = x.ext_key)
                            OR x.ext_key = ANY (ARRAY(SELECT ext_key FROM twomass.xsc WHERE file_id = ANY ($2))))) AS touched
              JOIN deepcal.source AS s USING (run, id)
             WHERE run = ANY ($1)
        $q$, which, key, reach) USING part::character(12)[], new_files, files_gone;
    END IF;
    ANALYZE pg_temp.xmatch_todo;
END
$$;

COMMENT ON FUNCTION deepcal.xmatch_todo(text, text[], text[], integer[], boolean) IS
    'Fill the temporary table xmatch_todo with the sources that a refresh is to match with psc or xsc';
