-- In which direction does the second position lie, seen from the first? Degrees from north through east; 0 where they are the same.
-- The difference of declinations is taken before the sine, so that a milliarcsecond still has a direction.
-- 180 - atan2d(x, -y) is atan2d(x, y) without negative angles; no STRICT, which would keep the planner from unfolding it.
CREATE FUNCTION deepcal.position_angle(ra1 double precision, dec1 double precision, ra2 double precision, dec2 double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT 180 - atan2d(sind(ra2 - ra1) * cosd(dec2),
                        -(sind(dec2 - dec1) + 2 * sind(dec1) * cosd(dec2) * sind((ra2 - ra1) / 2) ^ 2))
$$;

COMMENT ON FUNCTION deepcal.position_angle IS 'Direction from the first position to the second (all J2000): north through east [deg]';
