-- Make a run the one whose sources count.
UPDATE deepcal.field
   SET current_run = %(run)s
 WHERE tile = (SELECT tile FROM deepcal.stack_run WHERE run = %(run)s)
   AND current_run IS DISTINCT FROM %(run)s
RETURNING tile
