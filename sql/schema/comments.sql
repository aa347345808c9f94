-- What do the tables and columns say of themselves now? One row per table (column null) and per column.
SELECT n.nspname, c.relname, a.attname, col_description(c.oid, a.attnum)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname IN ('deepcal', 'twomass') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
UNION ALL
SELECT n.nspname, c.relname, NULL, obj_description(c.oid, 'pg_class')
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('deepcal', 'twomass') AND c.relkind IN ('r', 'p') AND NOT c.relispartition;
