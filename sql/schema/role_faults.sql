-- Which tables may readers not read, or change; which may writers not fill?
SELECT format('%s %s %s on %s', wanted.role, CASE WHEN wanted.has THEN 'lacks' ELSE 'has' END, wanted.privilege, c.oid::regclass)
FROM pg_class AS c
CROSS JOIN (VALUES ('deepcal_reader', 'SELECT', true), ('deepcal_reader', 'INSERT', false), ('deepcal_writer', 'INSERT', true)) AS wanted (role, privilege, has)
WHERE c.relnamespace IN (to_regnamespace('deepcal'), to_regnamespace('twomass'))
  AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'alembic_version'
  AND has_table_privilege(wanted.role, c.oid, wanted.privilege) <> wanted.has
ORDER BY 1;
