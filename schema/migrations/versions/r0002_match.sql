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

-- A refresh finds the rows of new files by these: rows of a file lie together on disk.
CREATE INDEX psc_file_id_idx ON twomass.psc USING brin (file_id);
CREATE INDEX xsc_file_id_idx ON twomass.xsc USING brin (file_id);

ALTER TABLE deepcal.xmatch_run
    ADD COLUMN kind text DEFAULT 'refresh' NOT NULL,
    ADD COLUMN state text DEFAULT 'done' NOT NULL,
    ADD COLUMN error text,
    ADD COLUMN changes jsonb DEFAULT '{}' NOT NULL,
    ALTER COLUMN parameters SET DEFAULT '{}',
    ALTER COLUMN runs_changed SET DEFAULT '{}',
    ALTER COLUMN catalog_files SET DEFAULT '{}',
    ALTER COLUMN psc_rows SET DEFAULT '0',
    ALTER COLUMN xsc_rows SET DEFAULT '0',
    ADD CONSTRAINT xmatch_run_kind_check CHECK (kind IN ('refresh', 'table')),
    ADD CONSTRAINT xmatch_run_state_check CHECK (state IN ('running', 'done', 'failed')),
    ADD CONSTRAINT xmatch_run_error_check CHECK ((state = 'failed') = (error IS NOT NULL));

ALTER TABLE deepcal.xmatch_state
    ADD COLUMN sources integer,
    ADD COLUMN false_psc real,
    ADD COLUMN false_xsc real,
    ADD CONSTRAINT xmatch_state_false_rate_check CHECK (false_psc BETWEEN 0 AND 1 AND false_xsc BETWEEN 0 AND 1);

ALTER TABLE deepcal.xmatch
    ADD COLUMN n_source smallint DEFAULT '1' NOT NULL,
    ADD COLUMN n_cat smallint DEFAULT '1' NOT NULL,
    ADD CONSTRAINT xmatch_neighbours_check CHECK (n_source >= rank_source AND n_cat >= rank_cat) NOT VALID;
UPDATE deepcal.xmatch AS x
   SET n_source = n.n_source, n_cat = n.n_cat
  FROM (SELECT run, id, catalog, cat_key,
               count(*) OVER (PARTITION BY run, id, catalog) AS n_source,
               count(*) OVER (PARTITION BY run, catalog, cat_key) AS n_cat
          FROM deepcal.xmatch) AS n
 WHERE (x.run, x.id, x.catalog, x.cat_key) = (n.run, n.id, n.catalog, n.cat_key);
ALTER TABLE deepcal.xmatch VALIDATE CONSTRAINT xmatch_neighbours_check;

CREATE TABLE deepcal.xmatch_inside (
    run character(12) NOT NULL,
    id integer NOT NULL,
    ext_key integer NOT NULL,
    separation real NOT NULL,
    depth real NOT NULL,
    innermost boolean NOT NULL,
    xmatch_run integer NOT NULL,
    CONSTRAINT xmatch_inside_pkey PRIMARY KEY (run, id, ext_key),
    CONSTRAINT xmatch_inside_source_fkey FOREIGN KEY (run, id) REFERENCES deepcal.source (run, id) ON DELETE CASCADE,
    CONSTRAINT xmatch_inside_xmatch_run_fkey FOREIGN KEY (xmatch_run) REFERENCES deepcal.xmatch_run (xmatch_run),
    CONSTRAINT xmatch_inside_ranges_check CHECK (separation >= 0 AND depth >= 0 AND depth <= 1)
);
CREATE INDEX xmatch_inside_ext_key_idx ON deepcal.xmatch_inside (ext_key);

CREATE TABLE deepcal.xmatch_history (
    tile integer NOT NULL,
    name text NOT NULL,
    catalog text NOT NULL,
    cat_key integer NOT NULL,
    from_run integer NOT NULL,
    to_run integer,
    CONSTRAINT xmatch_history_pkey PRIMARY KEY (tile, name, catalog, from_run),
    CONSTRAINT xmatch_history_from_run_fkey FOREIGN KEY (from_run) REFERENCES deepcal.xmatch_run (xmatch_run),
    CONSTRAINT xmatch_history_to_run_fkey FOREIGN KEY (to_run) REFERENCES deepcal.xmatch_run (xmatch_run),
    CONSTRAINT xmatch_history_catalog_check CHECK (catalog IN ('psc', 'xsc')),
    CONSTRAINT xmatch_history_runs_check CHECK (to_run > from_run)
);
