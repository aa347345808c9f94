-- What are the matches of these runs with one catalogue now? Stores what is new or changed, removes what is gone, leaves the rest.
-- The full join can only be a hash or a merge join: an anti-join would become a nested loop where the tables have no statistics yet.
WITH pair AS (
    SELECT part AS run, left_key AS id, right_key AS cat_key, separation::real, pa::real, norm_distance::real,
           rank_left::smallint AS rank_source, rank_right::smallint AS rank_cat, rank_left = 1 AND rank_right = 1 AS best
      FROM ({pairs}) AS pairs
), compared AS MATERIALIZED (
    SELECT run, id, cat_key, old.place,
           pair.separation, pair.pa, pair.norm_distance, pair.rank_source, pair.rank_cat, pair.best,
           (pair.separation, pair.pa, pair.norm_distance, pair.rank_source, pair.rank_cat)
           IS DISTINCT FROM (old.separation, old.pa, old.norm_distance, old.rank_source, old.rank_cat) AS differs
      FROM pair
      FULL JOIN (SELECT ctid AS place, *
                   FROM deepcal.xmatch
                  WHERE run = ANY(%(runs)s::character(12)[]) AND catalog = %(catalog)s) AS old USING (run, id, cat_key)
), gone AS (
    DELETE FROM deepcal.xmatch
     WHERE ctid = ANY(ARRAY(SELECT place FROM compared WHERE best IS NULL))
    RETURNING id
), stored AS (
    INSERT INTO deepcal.xmatch (run, id, catalog, cat_key, separation, pa, norm_distance, rank_source, rank_cat, best, xmatch_run)
    SELECT run, id, %(catalog)s, cat_key, separation, pa, norm_distance, rank_source, rank_cat, best, %(xmatch_run)s
      FROM compared
     WHERE differs AND best IS NOT NULL
        ON CONFLICT (run, id, catalog, cat_key) DO UPDATE
       SET (separation, pa, norm_distance, rank_source, rank_cat, best, xmatch_run)
         = (excluded.separation, excluded.pa, excluded.norm_distance, excluded.rank_source, excluded.rank_cat, excluded.best, excluded.xmatch_run)
    RETURNING id
)
SELECT (SELECT count(*) FROM stored)              AS stored,
       (SELECT count(*) FROM gone)                AS gone,
       (SELECT count(*) FROM compared WHERE best) AS best
