-- Products of a stack beside its images.
ALTER TABLE deepcal.stack
    DROP CONSTRAINT stack_letters_check,
    ADD CONSTRAINT stack_letters_check CHECK (band IN ('j', 'h', 'k') AND direction IN ('N', 'S', 'NS') AND kind IN ('image', 'masked', 'coverage', 'psf', 'noise')),
    ADD COLUMN m5_det_100 real,
    ADD COLUMN m5_det_60 real,
    ADD COLUMN m5_det_30 real;
