-- Photometry of sources: fits of stars, curves of growth, the sky.
ALTER TABLE deepcal.stack ADD COLUMN growth real[];

ALTER TABLE deepcal.source
    ADD COLUMN extent real,
    ADD COLUMN extent_sig real,
    ADD COLUMN p_star real,
    ADD COLUMN p_star_jk real,
    ADD CONSTRAINT source_p_star_check CHECK (p_star BETWEEN 0 AND 1 AND p_star_jk BETWEEN 0 AND 1),
    ADD CONSTRAINT source_extent_check CHECK (extent_sig > 0),
    ADD COLUMN j_m_psf real,
    ADD COLUMN j_msig_psf real,
    ADD COLUMN j_flux_psf real,
    ADD COLUMN j_flux_psf_sig real,
    ADD COLUMN j_sky real,
    ADD COLUMN h_m_psf real,
    ADD COLUMN h_msig_psf real,
    ADD COLUMN h_flux_psf real,
    ADD COLUMN h_flux_psf_sig real,
    ADD COLUMN h_sky real,
    ADD COLUMN k_m_psf real,
    ADD COLUMN k_msig_psf real,
    ADD COLUMN k_flux_psf real,
    ADD COLUMN k_flux_psf_sig real,
    ADD COLUMN k_sky real,
    ADD CONSTRAINT source_j_psf_sig_check CHECK (j_msig_psf > 0 AND j_flux_psf_sig > 0),
    ADD CONSTRAINT source_h_psf_sig_check CHECK (h_msig_psf > 0 AND h_flux_psf_sig > 0),
    ADD CONSTRAINT source_k_psf_sig_check CHECK (k_msig_psf > 0 AND k_flux_psf_sig > 0);

CREATE TABLE deepcal.source_curve (
    run character(12) NOT NULL,
    id integer NOT NULL,
    band character(1) NOT NULL,
    flux real[] NOT NULL,
    flux_sig real[] NOT NULL,
    flux_n real[],
    flux_n_sig real[],
    flux_s real[],
    flux_s_sig real[],
    flux_raw real[] NOT NULL,
    sky_raw real,
    psf_n real,
    psf_n_sig real,
    psf_s real,
    psf_s_sig real,
    CONSTRAINT source_curve_pkey PRIMARY KEY (run, id, band),
    CONSTRAINT source_curve_band_check CHECK (band IN ('j', 'h', 'k')),
    CONSTRAINT source_curve_run_fkey FOREIGN KEY (run) REFERENCES deepcal.stack_run (run) ON DELETE CASCADE
);
