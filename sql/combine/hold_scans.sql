-- Let a run have the scans of the run it adds to, as they were there.
INSERT INTO deepcal.stack_scan
SELECT (jsonb_populate_record(held, jsonb_build_object('run', %(run)s::text))).*
  FROM deepcal.stack_scan AS held
 WHERE held.run = %(parent)s
