-- How many sources would find a counterpart by chance? For the whole runs in xmatch_todo: the share of sources with a pair, mean over
-- positions shifted by the distances of the setting xmatch_shifts in as many directions. A sample of the sources is enough.
CREATE FUNCTION deepcal.xmatch_false(which text, whole text[]) RETURNS TABLE (run character(12), rate double precision)
LANGUAGE plpgsql AS
$$
#variable_conflict use_column
DECLARE
    shifts double precision[] := (SELECT value FROM deepcal.setting WHERE name = 'xmatch_shifts');
    most double precision := deepcal.xmatch_setting('shift_sources');
BEGIN
    DROP TABLE IF EXISTS pg_temp.xmatch_shifted;
    CREATE TEMP TABLE xmatch_shifted ON COMMIT DROP AS
    SELECT t.run, t.id, s.shift, at.ra, at.decl AS dec, t.pos_err
      FROM (SELECT *, row_number() OVER (PARTITION BY run ORDER BY id) % ceil(count(*) OVER (PARTITION BY run) / most)::bigint AS turn
              FROM pg_temp.xmatch_todo
             WHERE run = ANY (whole::character(12)[])) AS t
     CROSS JOIN LATERAL (SELECT shift::integer, distance, 360.0 * shift / cardinality(shifts) AS angle
                           FROM unnest(shifts) WITH ORDINALITY AS u (distance, shift)) AS s
     CROSS JOIN LATERAL deepcal.moved(t.ra, t.dec, s.distance * sind(s.angle), s.distance * cosd(s.angle)) AS at
     WHERE t.turn = 0;
    ANALYZE pg_temp.xmatch_shifted;
    PERFORM deepcal.xmatch_pairs(which, 'xmatch_shifted', 'xmatch_chance');
    RETURN QUERY
    SELECT run, coalesce(c.n, 0) / a.n::double precision
      FROM (SELECT run, count(*) AS n FROM pg_temp.xmatch_shifted GROUP BY run) AS a
      LEFT JOIN (SELECT run, count(DISTINCT (id, shift)) AS n FROM pg_temp.xmatch_chance GROUP BY run) AS c USING (run);
END
$$;

COMMENT ON FUNCTION deepcal.xmatch_false(text, text[]) IS
    'Share of the sources of whole runs that find a counterpart by chance, from shifted positions';
