-- What does a database hold, in words that two databases can be compared by?
SELECT format('column %s.%s', c.oid::regclass, a.attname) AS object,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END, a.attidentity,
                 pg_get_expr(d.adbin, d.adrelid), '--', col_description(c.oid, a.attnum)) AS detail
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
UNION ALL
SELECT format('table %s', c.oid::regclass), concat_ws(' ', pg_get_partkeydef(c.oid), '--', obj_description(c.oid, 'pg_class'))
FROM pg_class AS c
WHERE c.relnamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
UNION ALL
SELECT format('constraint %s on %s', k.conname, k.conrelid::regclass), pg_get_constraintdef(k.oid)
FROM pg_constraint AS k
WHERE k.connamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace) AND k.conrelid <> 0
UNION ALL
SELECT format('index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indrelid
WHERE c.relnamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace) AND NOT c.relispartition;
