-- Downloads of the PSC without keys: one at a time, to the end of the transaction.
SELECT pg_advisory_xact_lock(hashtext('twomass.psc'), 0)
