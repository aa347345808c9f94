-- How long did the refresh take, and what did it do?
UPDATE deepcal.xmatch_run
   SET seconds = extract(epoch FROM clock_timestamp() - started_at),
       source_count = (SELECT count(*) FROM deepcal.source WHERE run = ANY(%(runs)s::character(12)[])),
       pair_count = %(stored)s,
       gone_count = %(gone)s,
       best_count = %(best)s
 WHERE xmatch_run = %(xmatch_run)s
RETURNING seconds, source_count
