-- How far has this database been upgraded? The comment on the migration table tells; null in a database without one.
SELECT obj_description(to_regclass('deepcal.alembic_version'), 'pg_class');
