-- Which tables, views, functions and columns of ours say nothing of themselves? Partitions speak through their parent.
SELECT c.oid::regclass::text AS object
FROM pg_class AS c
WHERE c.relnamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
  AND obj_description(c.oid, 'pg_class') IS NULL
UNION ALL
SELECT format('%s.%s', c.oid::regclass, a.attname)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
  AND col_description(c.oid, a.attnum) IS NULL
UNION ALL
SELECT p.oid::regprocedure::text
FROM pg_proc AS p
WHERE p.pronamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace) AND obj_description(p.oid, 'pg_proc') IS NULL
ORDER BY 1;
