-- What the pixels of an image say, and coverage maps.

ALTER TABLE deepcal.image
    ADD COLUMN brightest real,
    ADD COLUMN saturation real,
    ADD COLUMN saturated_fraction real DEFAULT '0' NOT NULL,
    ADD COLUMN pixel_sha256 character(64),
    ADD CONSTRAINT image_saturated_fraction_check CHECK (saturated_fraction BETWEEN 0 AND 1);

CREATE TABLE deepcal.image_coverage (
    scan_key integer NOT NULL,
    band character(1) NOT NULL,
    usy integer NOT NULL,
    path text NOT NULL,
    sha256 character(64) NOT NULL,
    pixel_sha256 character(64) NOT NULL,
    naxis1 integer NOT NULL,
    naxis2 integer NOT NULL,
    frames_median real NOT NULL,
    frames_max real NOT NULL,
    bare_fraction real NOT NULL,
    file_id integer,
    CONSTRAINT image_coverage_pkey PRIMARY KEY (scan_key, band, usy),
    CONSTRAINT image_coverage_scan_key_fkey FOREIGN KEY (scan_key) REFERENCES deepcal.scan (scan_key) ON UPDATE CASCADE,
    CONSTRAINT image_coverage_file_id_fkey FOREIGN KEY (file_id) REFERENCES deepcal.ingest_file (file_id),
    CONSTRAINT image_coverage_band_check CHECK (band IN ('j', 'h', 'k')),
    CONSTRAINT image_coverage_frames_check CHECK (frames_median > 0 AND frames_max >= frames_median),
    CONSTRAINT image_coverage_bare_fraction_check CHECK (bare_fraction BETWEEN 0 AND 1)
);

-- Downloads of some columns of the PSC leave the others empty.
ALTER TABLE twomass.psc
    ALTER COLUMN err_maj DROP NOT NULL,
    ALTER COLUMN err_min DROP NOT NULL,
    ALTER COLUMN err_ang DROP NOT NULL,
    ALTER COLUMN ph_qual DROP NOT NULL,
    ALTER COLUMN rd_flg DROP NOT NULL,
    ALTER COLUMN bl_flg DROP NOT NULL,
    ALTER COLUMN cc_flg DROP NOT NULL,
    ALTER COLUMN ndet DROP NOT NULL,
    ALTER COLUMN prox DROP NOT NULL,
    ALTER COLUMN pxcntr DROP NOT NULL,
    ALTER COLUMN gal_contam DROP NOT NULL,
    ALTER COLUMN mp_flg DROP NOT NULL,
    ALTER COLUMN hemis DROP NOT NULL,
    ALTER COLUMN date DROP NOT NULL,
    ALTER COLUMN scan DROP NOT NULL,
    ALTER COLUMN glon DROP NOT NULL,
    ALTER COLUMN glat DROP NOT NULL,
    ALTER COLUMN x_scan DROP NOT NULL,
    ALTER COLUMN jdate DROP NOT NULL,
    ALTER COLUMN dist_edge_ns DROP NOT NULL,
    ALTER COLUMN dist_edge_ew DROP NOT NULL,
    ALTER COLUMN dist_edge_flg DROP NOT NULL,
    ALTER COLUMN dup_src DROP NOT NULL,
    ALTER COLUMN use_src DROP NOT NULL,
    ALTER COLUMN a DROP NOT NULL,
    ALTER COLUMN nopt_mchs DROP NOT NULL,
    ALTER COLUMN scan_key DROP NOT NULL,
    ALTER COLUMN coadd_key DROP NOT NULL,
    ALTER COLUMN coadd DROP NOT NULL;
