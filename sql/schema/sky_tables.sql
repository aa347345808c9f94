-- Which tables should lie in q3c order: PSC, XSC, the extractions of each tile? Their sky index, pages, bytes, and how far
-- the order of their rows on disk is that of the index (1: fully), as far as the last ANALYZE knows.
SELECT n.nspname, c.relname, x.relname, greatest(c.relpages, pg_table_size(c.oid) / 8192)::bigint, pg_table_size(c.oid), s.correlation
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_index AS i ON i.indrelid = c.oid
  JOIN pg_class AS x ON x.oid = i.indexrelid
  LEFT JOIN pg_stats AS s ON s.schemaname = n.nspname AND s.tablename = x.relname
 WHERE c.relkind = 'r'
   AND pg_get_indexdef(x.oid) LIKE '%q3c_ang2ipix%'
   AND ((n.nspname = 'twomass' AND c.relname IN ('psc', 'xsc')) OR c.oid IN (
           SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass('deepcal.detection')))
 ORDER BY n.nspname DESC, c.relname
