-- Ingests of this catalogue may begin again.
SELECT pg_advisory_unlock(hashtext('deepcal.ingest'), hashtext(%(kind)s))
