-- Cells of the catalogues with their margins: each row in its own cell and in those within 3 arcsec (a slot that q3c does not use is 1).

DROP INDEX IF EXISTS twomass.psc_cell_cell_idx;
TRUNCATE twomass.psc_cell;
INSERT INTO twomass.psc_cell (cell, pts_key, ra, decl)
SELECT near.cell, pts_key, ra, decl
  FROM twomass.psc
 CROSS JOIN LATERAL (SELECT DISTINCT (quad >> 34)::integer AS cell
                       FROM unnest(ARRAY[q3c_nearby_it(ra, decl, 3.003 / 3600, 0), q3c_nearby_it(ra, decl, 3.003 / 3600, 2),
                                         q3c_nearby_it(ra, decl, 3.003 / 3600, 4), q3c_nearby_it(ra, decl, 3.003 / 3600, 6)]) AS q (quad)
                      WHERE quad <> 1) AS near
 ORDER BY near.cell;
CREATE INDEX psc_cell_cell_idx ON twomass.psc_cell (cell) INCLUDE (pts_key, ra, decl);

DROP INDEX IF EXISTS twomass.xsc_cell_cell_idx;
TRUNCATE twomass.xsc_cell;
INSERT INTO twomass.xsc_cell (cell, ext_key, ra, decl)
SELECT near.cell, ext_key, ra, decl
  FROM twomass.xsc
 CROSS JOIN LATERAL (SELECT DISTINCT (quad >> 34)::integer AS cell
                       FROM unnest(ARRAY[q3c_nearby_it(ra, decl, 3.003 / 3600, 0), q3c_nearby_it(ra, decl, 3.003 / 3600, 2),
                                         q3c_nearby_it(ra, decl, 3.003 / 3600, 4), q3c_nearby_it(ra, decl, 3.003 / 3600, 6)]) AS q (quad)
                      WHERE quad <> 1) AS near
 ORDER BY near.cell;
CREATE INDEX xsc_cell_cell_idx ON twomass.xsc_cell (cell) INCLUDE (ext_key, ra, decl);
