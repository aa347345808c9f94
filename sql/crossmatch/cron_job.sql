-- When are the matches refreshed by the clock, and how did the last time end?
SELECT j.schedule, d.status, d.return_message, d.start_time
  FROM cron.job AS j
  LEFT JOIN LATERAL (SELECT * FROM cron.job_run_details AS d WHERE d.jobid = j.jobid ORDER BY d.runid DESC LIMIT 1) AS d ON TRUE
 WHERE j.jobname = 'deepcal-xmatch'
