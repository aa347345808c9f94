-- Which scans cover a position? Those with an image that does, one row a band; scans without images by the corners of the scan table.
CREATE FUNCTION deepcal.scans_at(at_ra double precision, at_dec double precision)
RETURNS TABLE (scan_key integer, hemis character(1), date date, scan smallint, sd character(1), band character(1), magzp double precision,
               skyval real, skysig real, seesh real, quality real)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, public
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    IF abs(at_ra) + abs(at_dec) < 'Infinity' AND abs(at_dec) <= 90 THEN
        RETURN QUERY
        SELECT s.scan_key, s.hemis, s.date, s.scan, s.sd, i.band, i.magzp, i.skyval, i.skysig, i.seesh, q.quality
          FROM deepcal.image AS i
          JOIN deepcal.scan AS s USING (scan_key)
          LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
         WHERE q3c_join(at_ra, at_dec, i.ra, i.dec, 0.6) -- half the diagonal of a strip is 0.51 deg
           AND deepcal.covers(i, at_ra, at_dec)
         UNION ALL
        SELECT s.scan_key, s.hemis, s.date, s.scan, s.sd, NULL, NULL, NULL, NULL, NULL, q.quality
          FROM deepcal.scan AS s
          LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
         WHERE q3c_join(at_ra, at_dec, s.ra, s.decl, 0.6)
           AND deepcal.reaches(s, at_ra, at_dec)
           AND NOT EXISTS (SELECT FROM deepcal.image AS i WHERE i.scan_key = s.scan_key)
         ORDER BY 3, 2, 4, 6;
    END IF;
END
$$;

COMMENT ON FUNCTION deepcal.scans_at IS
    'The scans that cover a position J2000 [deg]: one row for each image that does (band, zero point, sky, seeing, quality of the scan)';
