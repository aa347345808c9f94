-- Options and sums of stacks.

-- By how much the stars of a scan changed its photometric scale.
ALTER TABLE deepcal.stack_scan ADD COLUMN rescaled REAL;
