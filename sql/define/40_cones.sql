-- Which rows lie around a position, nearest first, and which is the nearest? Two functions each for the sources, for PSC and XSC, and for
-- the stars seen in many scans.
-- Up to 0.1 deg q3c_join in a plan that is kept for the session needs 0.1 ms where q3c_radial_query plans for 2; beyond, the latter reads less.
-- q3c takes arguments unchecked, so they are tamed here: right ascensions wrap, declinations end at the poles, a radius lies between
-- 0 and 30 deg; NULL, NaN and infinity find nothing. The columns are those of the table or view, after the separation.
DO $$
DECLARE
    place   record;
    columns text;
BEGIN
    FOR place IN
        SELECT * FROM (VALUES
            ('cone',        'nearest',        'deepcal.deepcal_src',   'dec',  'sources of current runs'),
            ('psc_cone',    'psc_nearest',    'twomass.psc',           'decl', 'rows of the PSC'),
            ('xsc_cone',    'xsc_nearest',    'twomass.xsc',           'decl', 'rows of the XSC'),
            ('merged_cone', 'merged_nearest', 'deepcal.merged_source', 'dec',  'stars seen in many scans')) AS v (cone, nearest, rows, dec, what)
    LOOP
        SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum) INTO columns
          FROM pg_attribute
         WHERE attrelid = place.rows::regclass AND attnum > 0 AND NOT attisdropped;
        EXECUTE format($make$
            CREATE FUNCTION deepcal.%1$I(at_ra double precision, at_dec double precision, radius double precision)
            RETURNS TABLE (separation double precision, %2$s)
            LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
            SET search_path = pg_catalog, public
            SET plan_cache_mode = force_generic_plan SET max_parallel_workers_per_gather = 0 SET jit = off
            AS $body$
            #variable_conflict use_column
            DECLARE
                here_ra  double precision := at_ra - 360 * floor(at_ra / 360);
                here_dec double precision := least(greatest(at_dec, -90), 90);
                reach    double precision := least(greatest(radius, 0), 108000) / 3600;
            BEGIN
                IF NOT coalesce(abs(at_ra) < 'Infinity' AND abs(at_dec) < 'Infinity' AND abs(radius) < 'Infinity', false) THEN
                    RETURN; -- NaN is the greatest number
                ELSIF reach <= 0.1 THEN
                    RETURN QUERY
                    SELECT 3600 * q3c_dist(here_ra, here_dec, s.ra, s.%3$I) AS separation, s.*
                      FROM %4$s AS s
                     WHERE q3c_join(here_ra, here_dec, s.ra, s.%3$I, reach)
                     ORDER BY separation;
                ELSE
                    RETURN QUERY EXECUTE
                    'SELECT 3600 * q3c_dist($1, $2, s.ra, s.%3$I) AS separation, s.*
                       FROM %4$s AS s
                      WHERE q3c_radial_query(s.ra, s.%3$I, $1, $2, $3)
                      ORDER BY separation' USING here_ra, here_dec, reach;
                END IF;
            END
            $body$ $make$,
            place.cone, columns, place.dec, place.rows);
        EXECUTE format($make$
            CREATE FUNCTION deepcal.%1$I(at_ra double precision, at_dec double precision, reach double precision DEFAULT 60)
            RETURNS TABLE (separation double precision, %2$s)
            LANGUAGE sql STABLE ROWS 1
            AS $body$ SELECT * FROM deepcal.%3$I(at_ra, at_dec, reach) AS c ORDER BY c.separation LIMIT 1 $body$ $make$,
            place.nearest, columns, place.cone);
        EXECUTE format('COMMENT ON FUNCTION deepcal.%I IS %L', place.cone, 'The ' || place.what
                       || ' within a radius [arcsec] of a position J2000 [deg], nearest first, with their separation [arcsec]');
        EXECUTE format('COMMENT ON FUNCTION deepcal.%I IS %L', place.nearest, 'The nearest of the ' || place.what
                       || ' to a position J2000 [deg], if within reach [arcsec], with its separation [arcsec]');
    END LOOP;
END
$$;
