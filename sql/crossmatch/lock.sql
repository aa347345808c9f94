-- Is another refresh at work? Then wait until it is done (the lock ends with the transaction).
SELECT pg_advisory_xact_lock(hashtext('deepcal.xmatch'))
