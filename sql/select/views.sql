-- Which views are there, with which columns, and what do they mean?
SELECT c.relnamespace::regnamespace || '.' || c.relname AS view, obj_description(c.oid, 'pg_class'),
       a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)
  FROM pg_class AS c
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
 WHERE c.relkind = 'v' AND c.relnamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace)
 ORDER BY c.relname, a.attnum
