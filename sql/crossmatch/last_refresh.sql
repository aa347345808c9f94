-- How did the last refresh of the matches end?
SELECT xmatch_run, started_at, state, error
  FROM deepcal.xmatch_run
 WHERE kind = 'refresh'
 ORDER BY xmatch_run DESC
 LIMIT 1
