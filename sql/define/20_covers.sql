-- Does an image cover a position? Its valid rectangle, by the SIN projection of its header (pixels from 0, half a pixel of rim).
-- The first condition keeps the other side of the sky out, which the projection folds onto this one.
CREATE FUNCTION deepcal.covers(image deepcal.image, at_ra double precision, at_dec double precision)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT sind(image.crval2) * sind(at_dec) + cosd(image.crval2) * cosd(at_dec) * cosd(at_ra - image.crval1) > 0
       AND image.crpix1 - 1 + (xi * cosd(image.crota2) + eta * sind(image.crota2)) / image.cdelt1
           BETWEEN image.x0 - 0.5 AND image.x1 - 0.5
       AND image.crpix2 - 1 + (eta * cosd(image.crota2) - xi * sind(image.crota2)) / image.cdelt2
           BETWEEN image.y0 - 0.5 AND image.y1 - 0.5
      FROM (SELECT degrees(cosd(at_dec) * sind(at_ra - image.crval1)) AS xi,
                   degrees(sind(at_dec - image.crval2)
                           + 2 * sind(image.crval2) * cosd(at_dec) * sind((at_ra - image.crval1) / 2) ^ 2) AS eta) AS plane
$$;

COMMENT ON FUNCTION deepcal.covers IS 'Whether the valid part of an image covers a position (J2000) [deg]';
