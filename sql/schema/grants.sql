-- What may readers and writers do? Readers select; writers also change rows, but never what a review said.
REVOKE ALL ON ALL TABLES IN SCHEMA deepcal, twomass FROM deepcal_reader, deepcal_writer;
GRANT USAGE ON SCHEMA deepcal, twomass TO deepcal_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA deepcal, twomass TO deepcal_reader;
GRANT INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA deepcal, twomass TO deepcal_writer;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON deepcal.alembic_version FROM deepcal_writer;
REVOKE UPDATE, DELETE, TRUNCATE ON deepcal.scan_review FROM deepcal_writer;
ALTER DEFAULT PRIVILEGES IN SCHEMA deepcal, twomass GRANT SELECT ON TABLES TO deepcal_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA deepcal, twomass GRANT INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO deepcal_writer;

-- Functions that act as their owner are for writers, all others for readers too.
DO $$
DECLARE
    routine record;
BEGIN
    FOR routine IN
        SELECT oid::regprocedure AS name, prosecdef FROM pg_proc WHERE pronamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace)
    LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', routine.name);
        EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', routine.name, CASE WHEN routine.prosecdef THEN 'deepcal_writer' ELSE 'deepcal_reader' END);
    END LOOP;
END
$$;
