-- Scan tables and images both bring scans: one at a time, to the end of the transaction.
SELECT pg_advisory_xact_lock(hashtext('deepcal.scan'), 0)
