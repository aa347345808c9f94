-- Forget a run whose products are gone, so that it can be built again.
DELETE FROM deepcal.stack_run
 WHERE run = %(run)s
