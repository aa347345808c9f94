-- How scans are judged.

-- Noise that airglow is in: a scan whose sky is rough is left out for it.
ALTER TABLE deepcal.stack_scan ADD COLUMN noise_wide REAL;
