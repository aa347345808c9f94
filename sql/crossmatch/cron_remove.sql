-- Were the matches refreshed by the clock? Not from now on.
SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname = 'deepcal-xmatch'
