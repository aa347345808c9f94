-- Who may do what? The three roles of the whole server: they may exist already, or be made by another database now.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES ('deepcal_owner', 'NOLOGIN'), ('deepcal_writer', 'LOGIN'), ('deepcal_reader', 'LOGIN')) AS v (name, login)
    LOOP
        IF to_regrole(wanted.name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.login);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
    IF NOT pg_has_role('deepcal_writer', 'deepcal_reader', 'MEMBER') THEN
        GRANT deepcal_reader TO deepcal_writer;
    END IF;
    IF NOT pg_has_role('deepcal_owner', 'deepcal_writer', 'MEMBER') THEN
        GRANT deepcal_writer TO deepcal_owner;
    END IF;
    IF NOT pg_has_role('deepcal_owner', 'USAGE') THEN
        EXECUTE format('GRANT deepcal_owner TO %I', current_user);
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_db_role_setting
        WHERE setrole = to_regrole('deepcal_reader') AND setdatabase = 0 AND array_to_string(setconfig, ' ') LIKE '%statement_timeout=%'
    ) THEN
        ALTER ROLE deepcal_reader SET statement_timeout = '5min';
    END IF;
END
$$;
