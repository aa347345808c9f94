-- Does a scan cover a position, as far as its corners in the scan table tell? NULL where they are not known.
-- The corners 1, 2, 4, 3 run around the scan (east and west at its start, east and west at its end); on the plane that touches the sky at the
-- position, the position lies inside if it is on the same side of all four edges. The first condition keeps the other side of the sky out.
CREATE FUNCTION deepcal.reaches(scan deepcal.scan, at_ra double precision, at_dec double precision)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT sind(scan.decl) * sind(at_dec) + cosd(scan.decl) * cosd(at_dec) * cosd(scan.ra - at_ra) > 0
       AND (    x1 * y2 >= x2 * y1 AND x2 * y4 >= x4 * y2 AND x4 * y3 >= x3 * y4 AND x3 * y1 >= x1 * y3
             OR x1 * y2 <= x2 * y1 AND x2 * y4 <= x4 * y2 AND x4 * y3 <= x3 * y4 AND x3 * y1 <= x1 * y3)
      FROM (SELECT deepcal.plane_east(scan.ra_1, scan.dec_1, at_ra, at_dec), deepcal.plane_north(scan.ra_1, scan.dec_1, at_ra, at_dec),
                   deepcal.plane_east(scan.ra_2, scan.dec_2, at_ra, at_dec), deepcal.plane_north(scan.ra_2, scan.dec_2, at_ra, at_dec),
                   deepcal.plane_east(scan.ra_3, scan.dec_3, at_ra, at_dec), deepcal.plane_north(scan.ra_3, scan.dec_3, at_ra, at_dec),
                   deepcal.plane_east(scan.ra_4, scan.dec_4, at_ra, at_dec), deepcal.plane_north(scan.ra_4, scan.dec_4, at_ra, at_dec)
           ) AS corner (x1, y1, x2, y2, x3, y3, x4, y4)
$$;

COMMENT ON FUNCTION deepcal.reaches IS 'Whether the corners of a scan in the scan table enclose a position J2000 [deg]';
