-- Where do the tables live? Two schemas, owned by deepcal_owner where this role may act as it.
DO $$
DECLARE
    owner text := CASE WHEN to_regrole('deepcal_owner') IS NULL THEN current_user
                       WHEN pg_has_role(to_regrole('deepcal_owner'), 'USAGE') THEN 'deepcal_owner'
                       ELSE current_user END;
BEGIN
    IF to_regnamespace('twomass') IS NULL THEN
        EXECUTE format('CREATE SCHEMA twomass AUTHORIZATION %I', owner);
        COMMENT ON SCHEMA twomass IS 'The published 2MASS catalogues and standards';
    END IF;
    IF to_regnamespace('deepcal') IS NULL THEN
        EXECUTE format('CREATE SCHEMA deepcal AUTHORIZATION %I', owner);
        COMMENT ON SCHEMA deepcal IS 'The calibration scans, their scores, stacks, sources and matches';
    END IF;
END
$$;
