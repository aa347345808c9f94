-- Which runs have sources that count?
SELECT run
  FROM deepcal.stack_run
 WHERE run IN (SELECT current_run FROM deepcal.field) AND extracted_at IS NOT NULL
 ORDER BY 1
