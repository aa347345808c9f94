-- Is another upgrade of this database running? Wait until it is done; the lock ends with the transaction.
SELECT pg_advisory_xact_lock(hashtext('deepcal.upgrade'));
