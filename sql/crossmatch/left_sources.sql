-- Which sources of these runs are to be matched?
SELECT run AS part, id AS key, confirmed AS preferred, ra, dec, pos_err AS err
  FROM deepcal.source
 WHERE run = ANY(%(runs)s::character(12)[])
