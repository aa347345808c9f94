-- Where does a position lie on the plane that touches the sky at another one (the SIN projection of field grids)? Arcsec to the east and to
-- the north. The difference of declinations is taken before the sine, so that a milliarcsecond is not lost.
CREATE FUNCTION deepcal.plane_east(at_ra double precision, at_dec double precision, ra0 double precision, dec0 double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT 3600 * degrees(cos(radians(at_dec)) * sin(radians(at_ra - ra0)))
$$;

CREATE FUNCTION deepcal.plane_north(at_ra double precision, at_dec double precision, ra0 double precision, dec0 double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT 3600 * degrees(sin(radians(at_dec - dec0)) + 2 * sin(radians(dec0)) * cos(radians(at_dec)) * sin(radians(at_ra - ra0) / 2) ^ 2)
$$;

COMMENT ON FUNCTION deepcal.plane_east IS 'How far east [arcsec] a position [deg] lies on the plane that touches the sky at ra0, dec0 [deg]';
COMMENT ON FUNCTION deepcal.plane_north IS 'How far north [arcsec] a position [deg] lies on the plane that touches the sky at ra0, dec0 [deg]';
