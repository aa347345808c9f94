-- With what code, confirmation and settings were the sources of a run made?
SELECT extract_code, confirm, parameters
  FROM deepcal.stack_run
 WHERE run = %(run)s
   AND state = 'extracted'
