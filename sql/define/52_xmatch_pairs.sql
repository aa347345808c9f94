-- Which catalogue rows lie near the positions of a temporary table (run, id, shift, ra, dec, pos_err)? Fills another one with the pairs.
-- A pair is kept within the cap, and beyond the floor only within so many combined position errors. Rows of the catalogue are reached
-- cell by cell in its narrow table (up to its margin in the cell of the position alone), or through its sky index where that table was not filled; returns which of the two.
CREATE FUNCTION deepcal.xmatch_pairs(which text, positions text, pairs text) RETURNS text
LANGUAGE plpgsql AS
$$
DECLARE
    is_psc boolean := which = 'psc';
    has_cells boolean;
    radius double precision := deepcal.xmatch_setting(CASE WHEN is_psc THEN 'psc_cap' ELSE 'xsc_radius' END);
    error double precision := deepcal.xmatch_setting('xsc_error');
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM twomass.%I)', which || '_cell') INTO has_cells;
    has_cells := has_cells AND radius <= 10;
    EXECUTE format('DROP TABLE IF EXISTS pg_temp.%I', pairs);
    EXECUTE format($q$
        CREATE TEMP TABLE %1$I ON COMMIT DROP AS
        SELECT t.run, t.id, t.shift, r.%3$I AS cat_key, near.separation::real, near.pa::real, wide.norm_distance::real
          FROM pg_temp.%2$I AS t
         CROSS JOIN LATERAL -- OFFSET keeps the planner from another order
               (SELECT * FROM twomass.%4$I AS r
                 WHERE %5$s AND q3c_sindist(t.ra, t.dec, r.ra, r.decl) < pow(sin(radians(%6$s::double precision / 3600) / 2), 2)
                OFFSET 0) AS r
          %7$s
         CROSS JOIN LATERAL (SELECT 3600 * q3c_dist(t.ra, t.dec, r.ra, r.decl) AS separation,
                                    deepcal.position_angle(t.ra, t.dec, r.ra, r.decl) AS pa) AS near
         CROSS JOIN LATERAL (SELECT deepcal.norm_distance(near.separation, near.pa, t.pos_err, %8$s) AS norm_distance) AS wide
         WHERE near.separation <= %9$s OR wide.norm_distance <= %10$s
        $q$,
        pairs, positions, CASE WHEN is_psc THEN 'pts_key' ELSE 'ext_key' END,
        CASE WHEN has_cells THEN which || '_cell' ELSE which END,
        format(CASE WHEN has_cells AND radius <= deepcal.cell_margin() THEN 'r.cell = (q3c_ang2ipix(t.ra, t.dec) >> 34)::integer'
                    WHEN has_cells THEN 'r.cell = ANY (deepcal.cells_near(t.ra, t.dec, %s::double precision / 3600))
                                         AND r.cell = (q3c_ang2ipix(r.ra, r.decl) >> 34)::integer' -- it stands in several: there it counts
                    ELSE 'q3c_join(t.ra, t.dec, r.ra, r.decl, %s::double precision / 3600)' END, radius),
        radius,
        CASE WHEN is_psc AND has_cells THEN 'JOIN twomass.psc AS e ON e.pts_key = r.pts_key' ELSE '' END,
        CASE WHEN is_psc THEN replace('coalesce(e.err_maj, 0), coalesce(e.err_min, 0), coalesce(e.err_ang, 0)', 'e.', CASE WHEN has_cells THEN 'e.' ELSE 'r.' END) ELSE format('%s, %s, 0', error, error) END,
        CASE WHEN is_psc THEN deepcal.xmatch_setting('psc_floor') ELSE radius END,
        CASE WHEN is_psc THEN deepcal.xmatch_setting('psc_sigmas') ELSE 0 END);
    EXECUTE format('ANALYZE pg_temp.%I', pairs);
    RETURN CASE WHEN has_cells THEN 'cells' ELSE 'q3c_join' END;
END
$$;

COMMENT ON FUNCTION deepcal.xmatch_pairs(text, text, text) IS
    'Fill a temporary table with the pairs between the positions of another one and psc or xsc; returns the method';
