-- Under which number are the matches refreshed by the clock? Scheduling again changes the time.
SELECT cron.schedule('deepcal-xmatch', %(when)s, 'CALL deepcal.refresh_xmatch()')
