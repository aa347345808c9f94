-- An ingest of this catalogue has ended.
SELECT pg_advisory_unlock_shared(hashtext('deepcal.ingest'), hashtext(%(kind)s))
