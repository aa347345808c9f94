-- Which runs no longer have matches?
DELETE FROM deepcal.xmatch_state
 WHERE run = ANY(%(runs)s::character(12)[])
