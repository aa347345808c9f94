-- Forget a run whose products are gone, so that it can be built again; it is no field's current run any more.
WITH no_longer_current AS (
    UPDATE deepcal.field
       SET current_run = NULL
     WHERE current_run = %(run)s
)
DELETE FROM deepcal.stack_run
 WHERE run = %(run)s
