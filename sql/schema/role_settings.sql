-- What is set for this role when it logs in? SET ROLE does not bring that along; those of this database come last, and count.
SELECT split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value
  FROM pg_db_role_setting AS s
 CROSS JOIN unnest(s.setconfig) AS setting
 WHERE s.setrole = to_regrole(quote_ident(%(role)s))
   AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
 ORDER BY s.setdatabase
