-- Is this field being merged by somebody else? Then wait until that is done (the lock ends with the transaction).
-- The costs of the large joins are estimated so high that PostgreSQL would spend seconds on compiling them; a million rows fit in memory; and
-- guesses about tables just made choose no nested loops.
SET LOCAL jit = off;
SET LOCAL work_mem = '256MB';
SET LOCAL enable_nestloop = off;
SELECT pg_advisory_xact_lock(hashtext('deepcal.merged'), {tile})
