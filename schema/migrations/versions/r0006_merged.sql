-- Stars seen in many scans: how they were grouped, and what tells variable and moving ones. Nothing filled these tables before.
-- Scans are found by their position.
DROP TABLE deepcal.merged_link, deepcal.merged_source;

CREATE TABLE deepcal.merged_run (
    tile INTEGER NOT NULL,
    run CHAR(12),
    parameters JSONB NOT NULL,
    scans INTEGER NOT NULL,
    seeds INTEGER NOT NULL,
    extractions INTEGER NOT NULL,
    links INTEGER NOT NULL,
    ambiguous INTEGER NOT NULL,
    groups INTEGER NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    seconds REAL NOT NULL,
    CONSTRAINT merged_run_pkey PRIMARY KEY (tile),
    CONSTRAINT merged_run_tile_fkey FOREIGN KEY(tile) REFERENCES deepcal.field (tile)
);

CREATE TABLE deepcal.merged_source (
    tile INTEGER NOT NULL,
    gcntr BIGINT NOT NULL,
    name TEXT,
    napp INTEGER NOT NULL,
    n_ambiguous INTEGER NOT NULL,
    opportunities INTEGER NOT NULL,
    ra DOUBLE PRECISION NOT NULL,
    dec DOUBLE PRECISION NOT NULL,
    pos_sd REAL,
    epoch DOUBLE PRECISION,
    pmra REAL,
    pmdec REAL,
    pm_err REAL,
    j_m REAL,
    j_msig REAL,
    j_msd REAL,
    j_n INTEGER NOT NULL,
    j_chi2 REAL,
    h_m REAL,
    h_msig REAL,
    h_msd REAL,
    h_n INTEGER NOT NULL,
    h_chi2 REAL,
    k_m REAL,
    k_msig REAL,
    k_msd REAL,
    k_n INTEGER NOT NULL,
    k_chi2 REAL,
    var_index REAL,
    CONSTRAINT merged_source_pkey PRIMARY KEY (gcntr, tile),
    CONSTRAINT merged_source_ra_range_check CHECK (ra >= 0 AND ra < 360),
    CONSTRAINT merged_source_dec_range_check CHECK (dec >= -90 AND dec <= 90),
    CONSTRAINT merged_source_counts_check CHECK (napp >= 1 AND n_ambiguous BETWEEN 0 AND napp AND opportunities >= 0),
    CONSTRAINT merged_source_tile_fkey FOREIGN KEY(tile) REFERENCES deepcal.field (tile)
);

CREATE TABLE deepcal.merged_link (
    tile INTEGER NOT NULL,
    cntr BIGINT NOT NULL,
    gcntr BIGINT NOT NULL,
    separation REAL NOT NULL,
    ambiguous BOOLEAN NOT NULL,
    CONSTRAINT merged_link_pkey PRIMARY KEY (tile, cntr),
    CONSTRAINT merged_link_separation_check CHECK (separation >= 0)
);

CREATE INDEX merged_source_name_idx ON deepcal.merged_source (name);
CREATE INDEX merged_link_gcntr_idx ON deepcal.merged_link (gcntr);
CREATE INDEX scan_q3c_idx ON deepcal.scan (q3c_ang2ipix(ra, decl));
CREATE INDEX merged_source_q3c_idx ON deepcal.merged_source (q3c_ang2ipix(ra, dec));
