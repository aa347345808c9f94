-- Is no other ingest of this catalogue under way? Then none begins until the lock is given back.
SELECT pg_try_advisory_lock(hashtext('deepcal.ingest'), hashtext(%(kind)s))
