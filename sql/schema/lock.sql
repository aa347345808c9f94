-- Is another upgrade of this database running? Wait until it is done; the lock ends with the transaction.
-- After that, nobody who reads waits long behind us for a transaction that does not end.
SELECT pg_advisory_xact_lock(hashtext('deepcal.upgrade'));
SET LOCAL lock_timeout = '30s';
