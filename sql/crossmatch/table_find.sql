-- Which table or view is meant by a name, and which parts has the name? No row where there is none; quoted parts keep their case.
SELECT c.oid, n.nspname, c.relname, c.reltuples::bigint AS about, has_table_privilege(c.oid, 'SELECT') AS readable,
       c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AS shared
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.oid = to_regclass((SELECT string_agg(quote_ident(part), '.') FROM unnest(parse_ident(%(name)s)) AS part))
   AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
