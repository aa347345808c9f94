-- An ingest of this catalogue is under way: nobody makes its indexes until it ends.
SELECT pg_advisory_lock_shared(hashtext('deepcal.ingest'), hashtext(%(kind)s))
