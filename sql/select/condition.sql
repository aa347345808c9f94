-- Is this a condition? Nothing can follow it in this statement, and the server lets the predicate of an index hold neither queries nor
-- functions that do something or may answer otherwise tomorrow. The condition is composed in.
CREATE INDEX ON pg_temp.candidate (scan_key)
 WHERE ({condition}
       )
