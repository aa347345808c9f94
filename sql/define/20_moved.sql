-- Where does a position come to lie when it moves by so many arcsec east and north along a straight line in space?
CREATE FUNCTION deepcal.moved(from_ra double precision, from_dec double precision, east double precision, north double precision)
RETURNS TABLE (ra double precision, decl double precision) LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS
$$
    SELECT angle - 360 * floor(angle / 360), atan2d(z, sqrt(x ^ 2 + y ^ 2))
      FROM (SELECT cosd(from_dec) * cosd(from_ra) - e * sind(from_ra) - n * sind(from_dec) * cosd(from_ra) AS x,
                   cosd(from_dec) * sind(from_ra) + e * cosd(from_ra) - n * sind(from_dec) * sind(from_ra) AS y,
                   sind(from_dec) + n * cosd(from_dec) AS z
              FROM (SELECT radians(east / 3600) AS e, radians(north / 3600) AS n) AS shift) AS place
     CROSS JOIN LATERAL (SELECT atan2d(y, x) AS angle) AS direction
$$;

COMMENT ON FUNCTION deepcal.moved IS
    'The position [deg] that lies so far east (times cos(dec)) and north [arcsec] of another one [deg], or is reached by proper motion';
