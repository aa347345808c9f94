-- What did a refresh find and do?
SELECT xmatch_run, runs_changed, changes, source_count, pair_count, gone_count, best_count, seconds
  FROM deepcal.xmatch_run
 WHERE xmatch_run = %(number)s
