-- Remove what injections told of a run, to store it anew.
DELETE FROM deepcal.completeness
 WHERE run = %(run)s
