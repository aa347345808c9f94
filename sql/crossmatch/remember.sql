-- To which extraction do the matches of these runs belong from now on?
INSERT INTO deepcal.xmatch_state (run, extracted_at, xmatch_run)
SELECT run, extracted_at, %(xmatch_run)s
  FROM deepcal.stack_run
 WHERE run = ANY(%(runs)s::character(12)[])
    ON CONFLICT (run) DO UPDATE
   SET (extracted_at, xmatch_run) = (excluded.extracted_at, excluded.xmatch_run)
