-- With which settings and which catalogue files did the last refresh leave the matches?
SELECT parameters, catalog_files
  FROM deepcal.xmatch_run
 ORDER BY xmatch_run DESC
 LIMIT 1
