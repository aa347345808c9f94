-- Is another refresh at work? Then wait until it is done (the lock ends with the transaction).
-- The costs of q3c are estimated so high that PostgreSQL would spend a second on compiling a query of 50 milliseconds.
SET LOCAL jit = off;
SELECT pg_advisory_xact_lock(hashtext('deepcal.xmatch'))
