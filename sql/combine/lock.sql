-- Wait until nobody else builds stacks of this field.
SELECT pg_advisory_xact_lock(hashtext('deepcal.stack'), %(tile)s)
