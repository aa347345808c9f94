-- Which runs became or ceased to be current, or were extracted again, since their matches were stored?
SELECT coalesce(now_current.run, stored.run) AS run,
       now_current.extracted_at IS NOT NULL  AS is_current
  FROM (SELECT run, extracted_at
          FROM deepcal.stack_run
         WHERE run IN (SELECT current_run FROM deepcal.field) AND extracted_at IS NOT NULL) AS now_current
  FULL JOIN deepcal.xmatch_state AS stored ON stored.run = now_current.run
 WHERE now_current.extracted_at IS DISTINCT FROM stored.extracted_at
 ORDER BY 1
