-- Which cells of the sky does a circle touch? A cell is the q3c pixel shifted right by 34 bits, 20 to 40 arcsec wide (twomass.psc_cell).
-- q3c_nearby_it covers the circle with up to four quads; up to a radius of 10 arcsec each of them lies in one cell. A slot that is not
-- used begins with 1, one that is used with a multiple of its size, 0 included: cell 0 is real.
CREATE FUNCTION deepcal.cells_near(ra double precision, decl double precision, radius double precision)
RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT ARRAY[(q3c_nearby_it(ra, decl, radius, 0) >> 34)::integer,
                 CASE WHEN q3c_nearby_it(ra, decl, radius, 2) <> 1 THEN (q3c_nearby_it(ra, decl, radius, 2) >> 34)::integer END,
                 CASE WHEN q3c_nearby_it(ra, decl, radius, 4) <> 1 THEN (q3c_nearby_it(ra, decl, radius, 4) >> 34)::integer END,
                 CASE WHEN q3c_nearby_it(ra, decl, radius, 6) <> 1 THEN (q3c_nearby_it(ra, decl, radius, 6) >> 34)::integer END]
$$;

CREATE FUNCTION deepcal.cell_margin() RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3::double precision';

CREATE FUNCTION deepcal.cells_kept(ra double precision, decl double precision) RETURNS SETOF integer LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2 AS
$$
    SELECT DISTINCT cell -- a little beyond the margin, whatever is rounded how
      FROM unnest(deepcal.cells_near(ra, decl, 1.001 * deepcal.cell_margin() / 3600)) AS cell
     WHERE cell IS NOT NULL
$$;

COMMENT ON FUNCTION deepcal.cell_margin IS
    'How far around its place a row of PSC or XSC stands in the cells of twomass.psc_cell and xsc_cell [arcsec]: matches up to here are joins of cells';
COMMENT ON FUNCTION deepcal.cells_kept IS 'The cells in which a row of PSC or XSC at a place J2000 [deg, deg] stands in twomass.psc_cell and xsc_cell';
COMMENT ON FUNCTION deepcal.cells_near IS
    'Cells that a circle touches, for cell = ANY (...): centre J2000 [deg, deg], radius [deg] up to 10 arcsec';
