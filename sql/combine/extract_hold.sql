-- Is another extraction naming sources of this field just now? Then wait for it (the lock ends with the transaction).
SELECT pg_advisory_xact_lock(hashtext('deepcal.extract'), %(tile)s)
