-- Remove the sources of a run, to store them anew.
DELETE FROM deepcal.source
 WHERE run = %(run)s
