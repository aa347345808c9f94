-- How many standard deviations apart are two positions, the first with one error per axis, the second with an error ellipse?
-- NULL where neither has an error.
CREATE FUNCTION deepcal.norm_distance(separation double precision, pa double precision, err double precision,
                                      err_maj double precision, err_min double precision, err_ang double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT separation * sqrt(cosd(pa - err_ang) ^ 2 / nullif(err ^ 2 + err_maj ^ 2, 0)
                           + sind(pa - err_ang) ^ 2 / nullif(err ^ 2 + err_min ^ 2, 0))
$$;

COMMENT ON FUNCTION deepcal.norm_distance IS
    'Separation [arcsec] over its standard deviation, for an error per axis [arcsec] and an error ellipse [arcsec, arcsec, deg]';
