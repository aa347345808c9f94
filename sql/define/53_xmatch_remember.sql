-- Which sources gained, lost or changed their best match? Closes and opens rows of the history for the fields of whole runs and for the
-- sources matched in part.
CREATE FUNCTION deepcal.xmatch_remember(which text, tiles integer[], number integer) RETURNS void
LANGUAGE plpgsql AS
$$
BEGIN
    DROP TABLE IF EXISTS pg_temp.xmatch_best;
    CREATE TEMP TABLE xmatch_best ON COMMIT DROP AS
    SELECT t.tile, t.name, r.cat_key
      FROM pg_temp.xmatch_ranked AS r
      JOIN pg_temp.xmatch_todo AS t USING (run, id)
     WHERE r.best;
    ANALYZE pg_temp.xmatch_best;
    UPDATE deepcal.xmatch_history AS h
       SET to_run = number
     WHERE h.catalog = which AND h.to_run IS NULL
       AND (h.tile = ANY (tiles)
            OR (h.tile, h.name) IN (SELECT tile, name FROM pg_temp.xmatch_todo WHERE NOT tile = ANY (tiles)))
       AND NOT EXISTS (SELECT FROM pg_temp.xmatch_best AS b WHERE (b.tile, b.name, b.cat_key) = (h.tile, h.name, h.cat_key));
    INSERT INTO deepcal.xmatch_history (tile, name, catalog, cat_key, from_run)
    SELECT b.tile, b.name, which, b.cat_key, number
      FROM pg_temp.xmatch_best AS b
     WHERE NOT EXISTS (SELECT FROM deepcal.xmatch_history AS h
                        WHERE (h.tile, h.name, h.catalog) = (b.tile, b.name, which) AND h.to_run IS NULL);
END
$$;

COMMENT ON FUNCTION deepcal.xmatch_remember(text, integer[], integer) IS 'Write the best matches that came and went into the history';
