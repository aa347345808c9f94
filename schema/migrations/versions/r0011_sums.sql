-- Options and sums of stacks.

-- By how much the stars of a scan changed its photometric scale.
ALTER TABLE deepcal.stack_scan ADD COLUMN rescaled REAL;

-- Runs whose sums are kept, and what was added to which.
ALTER TABLE deepcal.stack_run ADD COLUMN inputs TEXT[];
ALTER TABLE deepcal.stack_run ADD COLUMN parent CHARACTER(12);
ALTER TABLE deepcal.stack_run ADD COLUMN added INTEGER DEFAULT 0 NOT NULL;
