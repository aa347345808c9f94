-- Which views and functions come from the definitions? All but those of extensions and those a table leans on.
-- They are dropped without CASCADE: a user's own view on one of them stops the upgrade and is named in the error.
DO $$
DECLARE
    names text;
BEGIN
    SELECT string_agg(c.oid::regclass::text, ', ') INTO names
    FROM pg_class AS c
    WHERE c.relkind = 'v' AND c.relnamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace)
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');
    IF names IS NOT NULL THEN
        EXECUTE 'DROP VIEW ' || names;
    END IF;

    SELECT string_agg(p.oid::regprocedure::text, ', ') INTO names
    FROM pg_proc AS p
    WHERE p.pronamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace)
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d
          WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
            AND d.classid IN ('pg_trigger'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_class'::regclass, 'pg_policy'::regclass)
      );
    IF names IS NOT NULL THEN
        EXECUTE 'DROP ROUTINE ' || names;
    END IF;
END
$$;
