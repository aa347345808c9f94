-- What may the role of this connection do?
SELECT
    current_user AS name,
    r.rolsuper AS is_superuser,
    r.rolsuper OR r.rolcreaterole AS makes_roles,
    to_regrole('deepcal_owner') IS NOT NULL AND to_regrole('deepcal_writer') IS NOT NULL AND to_regrole('deepcal_reader') IS NOT NULL AS roles_exist,
    (SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'deepcal') AS schema_owner
FROM pg_roles AS r
WHERE r.rolname = current_user;
