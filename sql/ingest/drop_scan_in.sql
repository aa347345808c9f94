-- The scans are in their table: what held them before goes.
DROP TABLE pg_temp.scan_in
