-- Which of the sources in xmatch_todo lie inside galaxies? Stores what is new, changed and gone, and returns how many rows that were.
-- The ellipse is that of the Ks 20 mag per square arcsec isophote: semi-major axis r_k20fe, axis ratio sup_ba, angle sup_phi (from north
-- through east), around sup_ra, sup_dec. Galaxies near any source are found from one position in every coarse cell of about 20 arcmin.
CREATE FUNCTION deepcal.xmatch_inside(number integer, OUT stored integer, OUT gone integer)
LANGUAGE plpgsql AS
$$
DECLARE
    reach double precision := deepcal.xmatch_setting('xsc_reach');
    coarse_cell CONSTANT double precision := 1810; -- arcsec across the diagonal of the largest pixel shifted right by 44 bits
BEGIN
    DROP TABLE IF EXISTS pg_temp.xmatch_galaxy, pg_temp.xmatch_within;
    CREATE TEMP TABLE xmatch_galaxy ON COMMIT DROP AS
    SELECT DISTINCT g.*
      FROM (SELECT DISTINCT ON (q3c_ang2ipix(ra, dec) >> 44) ra, dec FROM pg_temp.xmatch_todo) AS place
     CROSS JOIN LATERAL
           (SELECT ext_key, coalesce(sup_ra, ra) AS ra, coalesce(sup_dec, decl) AS dec, r_k20fe AS axis, coalesce(sup_ba, 1) AS ratio,
                   coalesce(sup_phi, 0) AS angle
              FROM twomass.xsc
             WHERE q3c_join(place.ra, place.dec, ra, decl, (coarse_cell + reach) / 3600) AND r_k20fe > 0
            OFFSET 0) AS g;
    ANALYZE pg_temp.xmatch_galaxy;

    CREATE TEMP TABLE xmatch_within ON COMMIT DROP AS
    SELECT run, id, ext_key, separation::real, depth::real,
           row_number() OVER (PARTITION BY run, id ORDER BY depth::real, ext_key) = 1 AS innermost
      FROM (SELECT t.run, t.id, g.ext_key, near.separation,
                   sqrt((near.separation * cosd(near.pa - g.angle) / g.axis) ^ 2
                      + (near.separation * sind(near.pa - g.angle) / (g.axis * g.ratio)) ^ 2) AS depth
              FROM pg_temp.xmatch_galaxy AS g
             CROSS JOIN LATERAL -- through the sky index of the sources
                   (SELECT run, id, ra, dec FROM deepcal.source AS s WHERE q3c_join(g.ra, g.dec, s.ra, s.dec, least(g.axis, reach) / 3600) OFFSET 0) AS s
              JOIN pg_temp.xmatch_todo AS t ON (t.run, t.id) = (s.run, s.id)
             CROSS JOIN LATERAL (SELECT 3600 * q3c_dist(g.ra, g.dec, s.ra, s.dec) AS separation,
                                        deepcal.position_angle(g.ra, g.dec, s.ra, s.dec) AS pa) AS near) AS pair
     WHERE depth <= 1;
    ANALYZE pg_temp.xmatch_within;

    DELETE FROM deepcal.xmatch_inside AS x
     USING pg_temp.xmatch_todo AS t
     WHERE (x.run, x.id) = (t.run, t.id)
       AND NOT EXISTS (SELECT FROM pg_temp.xmatch_within AS w WHERE (w.run, w.id, w.ext_key) = (x.run, x.id, x.ext_key));
    GET DIAGNOSTICS gone = ROW_COUNT;
    INSERT INTO deepcal.xmatch_inside AS x (run, id, ext_key, separation, depth, innermost, xmatch_run)
    SELECT run, id, ext_key, separation, depth, innermost, number FROM pg_temp.xmatch_within
        ON CONFLICT (run, id, ext_key) DO UPDATE
       SET (separation, depth, innermost, xmatch_run) = (EXCLUDED.separation, EXCLUDED.depth, EXCLUDED.innermost, EXCLUDED.xmatch_run)
     WHERE (x.separation, x.depth, x.innermost) IS DISTINCT FROM (EXCLUDED.separation, EXCLUDED.depth, EXCLUDED.innermost);
    GET DIAGNOSTICS stored = ROW_COUNT;
END
$$;

COMMENT ON FUNCTION deepcal.xmatch_inside(integer) IS 'Store which of the sources in xmatch_todo lie inside the ellipses of galaxies';
