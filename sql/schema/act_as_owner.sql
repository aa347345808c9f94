-- Who owns what the upgrade makes? The owner of the schema, until the transaction ends.
SELECT set_config('role', r.rolname, true)
FROM pg_namespace AS n
JOIN pg_roles AS r ON r.oid = n.nspowner
WHERE n.nspname = 'deepcal' AND r.rolname <> current_user;
