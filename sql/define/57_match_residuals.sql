-- How well do the positions of the sources agree with the PSC, for the stars of the astrometric tie and for those held out of it?
CREATE FUNCTION deepcal.held_out(pts_key integer) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT hashint4extended(pts_key, 0) % 2 = 0
$$;

COMMENT ON FUNCTION deepcal.held_out(integer) IS
    'Whether a star of the PSC belongs to the half that stays out of an astrometric tie that is to be tested';

CREATE FUNCTION deepcal.match_residuals(of_run text)
RETURNS TABLE (held_out boolean, stars bigint, dra double precision, ddec double precision, scatter_ra double precision, scatter_dec double precision)
LANGUAGE sql STABLE AS
$$
    WITH pair AS (
        SELECT deepcal.held_out(cat_key) AS held_out, -separation * sind(pa) AS dra, -separation * cosd(pa) AS ddec
          FROM deepcal.xmatch
         WHERE run = of_run::character(12) AND catalog = 'psc' AND best
    ), centre AS (
        SELECT held_out, count(*) AS stars,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY dra)  AS dra,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY ddec) AS ddec
          FROM pair
         GROUP BY held_out
    )
    SELECT c.held_out, c.stars, c.dra, c.ddec,
           1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(p.dra - c.dra)),
           1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(p.ddec - c.ddec))
      FROM centre AS c
      JOIN pair AS p USING (held_out)
     GROUP BY c.held_out, c.stars, c.dra, c.ddec
     ORDER BY c.held_out
$$;

COMMENT ON FUNCTION deepcal.match_residuals(text) IS
    'Source minus PSC [arcsec]: median and robust scatter per axis of the best matches of a run, for stars in the tie and stars held out';
