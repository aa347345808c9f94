-- Which pairs belong to runs that no longer count? Removes them.
DELETE FROM deepcal.xmatch
 WHERE run = ANY(%(runs)s::character(12)[])
