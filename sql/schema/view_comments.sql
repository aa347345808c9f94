-- What do the columns of views mean? A column without a comment of its own takes that of the column of the same name it reads.
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT DISTINCT ON (v.oid, mine.attnum) v.oid::regclass AS name, mine.attname AS attribute, col_description(theirs.attrelid, theirs.attnum) AS comment
        FROM pg_class AS v
        JOIN pg_attribute AS mine ON mine.attrelid = v.oid AND mine.attnum > 0
        JOIN pg_rewrite AS r ON r.ev_class = v.oid
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
        JOIN pg_attribute AS theirs ON theirs.attrelid = d.refobjid AND theirs.attnum = d.refobjsubid AND theirs.attname = mine.attname
        WHERE v.relkind = 'v' AND v.relnamespace IN ('deepcal'::regnamespace, 'twomass'::regnamespace)
          AND col_description(v.oid, mine.attnum) IS NULL AND col_description(theirs.attrelid, theirs.attnum) IS NOT NULL
        ORDER BY v.oid, mine.attnum, d.refobjid
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', found.name, found.attribute, found.comment);
    END LOOP;
END
$$;
