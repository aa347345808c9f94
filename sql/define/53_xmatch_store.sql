-- What are the matches of the sources in xmatch_todo now? Ranks the pairs of xmatch_found, stores what is new or changed, removes what is
-- gone and leaves the rest. Ranks follow the stored separation, so that a part matched again gets the ranks a whole match would give.
-- In runs that are matched in part a catalogue row may have stored pairs with sources that are not matched again: they count in its ranks.
CREATE FUNCTION deepcal.xmatch_store(which text, whole text[], part text[], number integer, OUT stored integer, OUT gone integer, OUT best integer)
LANGUAGE plpgsql AS
$$
BEGIN
    DROP TABLE IF EXISTS pg_temp.xmatch_ranked;
    CREATE TEMP TABLE xmatch_ranked ON COMMIT DROP AS
    WITH pair AS (
        SELECT f.run, f.id, f.cat_key, f.separation, f.pa, f.norm_distance, t.confirmed, TRUE AS again
          FROM pg_temp.xmatch_found AS f
          JOIN pg_temp.xmatch_todo AS t USING (run, id)
        UNION ALL
        SELECT x.run, x.id, x.cat_key, x.separation, x.pa, x.norm_distance, s.confirmed, FALSE
          FROM deepcal.xmatch AS x
          JOIN deepcal.source AS s USING (run, id)
         WHERE x.catalog = which AND x.run = ANY (part::character(12)[])
           AND x.cat_key IN (SELECT cat_key FROM pg_temp.xmatch_found)
           AND NOT EXISTS (SELECT FROM pg_temp.xmatch_todo AS t WHERE (t.run, t.id) = (x.run, x.id))
    ), ranked AS (
        SELECT *,
               row_number() OVER (PARTITION BY run, id, again ORDER BY separation, cat_key)::smallint AS rank_source,
               count(*) OVER (PARTITION BY run, id, again)::smallint                                  AS n_source,
               row_number() OVER (PARTITION BY run, cat_key ORDER BY confirmed DESC, separation, id)::smallint AS rank_cat,
               count(*) OVER (PARTITION BY run, cat_key)::smallint                                    AS n_cat
          FROM pair
    )
    SELECT run, id, cat_key, separation, pa, norm_distance, rank_source, rank_cat, n_source, n_cat, rank_source = 1 AND rank_cat = 1 AS best
      FROM ranked
     WHERE again;
    ANALYZE pg_temp.xmatch_ranked;

    DELETE FROM deepcal.xmatch AS x
     USING pg_temp.xmatch_todo AS t
     WHERE (x.run, x.id) = (t.run, t.id) AND x.catalog = which
       AND NOT EXISTS (SELECT FROM pg_temp.xmatch_ranked AS r WHERE (r.run, r.id, r.cat_key) = (x.run, x.id, x.cat_key));
    GET DIAGNOSTICS gone = ROW_COUNT;

    INSERT INTO deepcal.xmatch AS x (run, id, catalog, cat_key, separation, pa, norm_distance, rank_source, rank_cat, n_source, n_cat, best, xmatch_run)
    SELECT run, id, which, cat_key, separation, pa, norm_distance, rank_source, rank_cat, n_source, n_cat, r.best, number
      FROM pg_temp.xmatch_ranked AS r
        ON CONFLICT (run, id, catalog, cat_key) DO UPDATE
       SET (separation, pa, norm_distance, rank_source, rank_cat, n_source, n_cat, best, xmatch_run)
         = (EXCLUDED.separation, EXCLUDED.pa, EXCLUDED.norm_distance, EXCLUDED.rank_source, EXCLUDED.rank_cat,
            EXCLUDED.n_source, EXCLUDED.n_cat, EXCLUDED.best, EXCLUDED.xmatch_run)
     WHERE (x.separation, x.pa, x.norm_distance, x.rank_source, x.rank_cat, x.n_source, x.n_cat)
           IS DISTINCT FROM (EXCLUDED.separation, EXCLUDED.pa, EXCLUDED.norm_distance, EXCLUDED.rank_source, EXCLUDED.rank_cat,
                             EXCLUDED.n_source, EXCLUDED.n_cat);
    GET DIAGNOSTICS stored = ROW_COUNT;
    SELECT count(*) INTO best FROM pg_temp.xmatch_ranked AS r WHERE r.best;
END
$$;

COMMENT ON FUNCTION deepcal.xmatch_store(text, text[], text[], integer) IS
    'Store the pairs of xmatch_found with their ranks: what is new, changed and gone';
