-- Completeness and reliability of lists.

CREATE TABLE deepcal.completeness (
    run character(12) NOT NULL,
    band character(1) NOT NULL,
    kind text NOT NULL,
    mag_low real NOT NULL,
    mag_high real NOT NULL,
    snr real NOT NULL,
    injected integer NOT NULL,
    found integer NOT NULL,
    mag_bias real,
    mag_scatter real,
    mag_error real,
    sources integer,
    false_inverted integer,
    CONSTRAINT completeness_pkey PRIMARY KEY (run, band, kind, mag_low),
    CONSTRAINT completeness_run_fkey FOREIGN KEY (run) REFERENCES deepcal.stack_run (run) ON DELETE CASCADE,
    CONSTRAINT completeness_letters_check CHECK (band IN ('j', 'h', 'k') AND kind IN ('star', 'galaxy')),
    CONSTRAINT completeness_counts_check CHECK (mag_low < mag_high AND found BETWEEN 0 AND injected)
);

ALTER TABLE deepcal.stack ADD COLUMN m50_noise real;
