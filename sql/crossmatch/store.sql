-- What are the matches of these runs with one catalogue now? Stores what is new or changed, removes what is gone, leaves the rest.
WITH pair AS (
    SELECT part AS run, left_key AS id, right_key AS cat_key, separation::real, pa::real, norm_distance::real,
           rank_left::smallint AS rank_source, rank_right::smallint AS rank_cat, rank_left = 1 AND rank_right = 1 AS best
      FROM ({pairs}) AS pairs
), gone AS (
    DELETE FROM deepcal.xmatch AS old
     WHERE old.run = ANY(%(runs)s::character(12)[]) AND old.catalog = %(catalog)s
       AND NOT EXISTS (SELECT FROM pair WHERE (pair.run, pair.id, pair.cat_key) = (old.run, old.id, old.cat_key))
    RETURNING old.id
), stored AS (
    INSERT INTO deepcal.xmatch AS old (run, id, catalog, cat_key, separation, pa, norm_distance, rank_source, rank_cat, best, xmatch_run)
    SELECT run, id, %(catalog)s, cat_key, separation, pa, norm_distance, rank_source, rank_cat, best, %(xmatch_run)s
      FROM pair
        ON CONFLICT (run, id, catalog, cat_key) DO UPDATE
       SET (separation, pa, norm_distance, rank_source, rank_cat, best, xmatch_run)
         = (excluded.separation, excluded.pa, excluded.norm_distance, excluded.rank_source, excluded.rank_cat, excluded.best, excluded.xmatch_run)
     WHERE (old.separation, old.pa, old.norm_distance, old.rank_source, old.rank_cat)
           IS DISTINCT FROM (excluded.separation, excluded.pa, excluded.norm_distance, excluded.rank_source, excluded.rank_cat)
    RETURNING old.id
)
SELECT (SELECT count(*) FROM stored)                 AS stored,
       (SELECT count(*) FROM gone)                   AS gone,
       (SELECT count(*) FROM pair WHERE best)        AS best
