-- Has anything changed since the last refresh of the matches?
SELECT cardinality(whole || removed || part) > 0 FROM deepcal.xmatch_changes(false)
