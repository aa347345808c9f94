-- What did the refreshes of the matches find and do, the last one first?
SELECT *
  FROM deepcal.xmatch_run
 ORDER BY xmatch_run DESC
