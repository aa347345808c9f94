-- Remove the curves of growth of a run, to store them anew.
DELETE FROM deepcal.source_curve
 WHERE run = %(run)s
