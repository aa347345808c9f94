-- Cells of the large catalogues, and what a refresh of the matches remembers.

CREATE TABLE twomass.psc_cell (
    cell integer NOT NULL,
    pts_key integer NOT NULL,
    ra double precision NOT NULL,
    decl double precision NOT NULL
);
CREATE INDEX psc_cell_cell_idx ON twomass.psc_cell (cell) INCLUDE (ra, decl, pts_key);

CREATE TABLE twomass.xsc_cell (
    cell integer NOT NULL,
    ext_key integer NOT NULL,
    ra double precision NOT NULL,
    decl double precision NOT NULL
);
CREATE INDEX xsc_cell_cell_idx ON twomass.xsc_cell (cell) INCLUDE (ra, decl, ext_key);

-- Rows that were loaded before there were cells.
INSERT INTO twomass.psc_cell (cell, pts_key, ra, decl)
SELECT (q3c_ang2ipix(ra, decl) >> 34)::integer, pts_key, ra, decl FROM twomass.psc ORDER BY 1;
INSERT INTO twomass.xsc_cell (cell, ext_key, ra, decl)
SELECT (q3c_ang2ipix(ra, decl) >> 34)::integer, ext_key, ra, decl FROM twomass.xsc ORDER BY 1;
