-- Which number has this match of two tables?
INSERT INTO deepcal.xmatch_run (kind, method, radius, parameters, started_at, seconds, source_count, pair_count)
VALUES ('table', %(method)s, %(radius)s, %(parameters)s, %(started_at)s,
        extract(epoch FROM clock_timestamp() - %(started_at)s), %(left_rows)s, %(rows)s)
RETURNING xmatch_run, seconds
