-- How does a writer, who owns no table, load faster than indexes grow? They are dropped before, and made again after.
CREATE OR REPLACE FUNCTION deepcal.drop_catalog_indexes(catalog text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF catalog NOT IN ('psc', 'xsc') THEN
        RAISE EXCEPTION 'catalogue %: psc or xsc', catalog USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('ALTER TABLE twomass.%I DROP CONSTRAINT IF EXISTS %I', catalog, catalog || '_pkey');
    EXECUTE format('DROP INDEX IF EXISTS twomass.%I, twomass.%I', catalog || '_q3c_idx', catalog || '_cell_cell_idx');
END
$$;
COMMENT ON FUNCTION deepcal.drop_catalog_indexes(text) IS 'Drop primary key, sky index and cell index of the PSC or the XSC before a load that is larger than the table';

CREATE OR REPLACE FUNCTION deepcal.lacks_catalog_indexes(catalog text) RETURNS boolean
LANGUAGE sql STABLE
RETURN (SELECT count(*) < 3
          FROM pg_catalog.pg_class AS c
         WHERE c.relnamespace = 'twomass'::regnamespace
           AND c.relname IN (catalog || '_pkey', catalog || '_q3c_idx', catalog || '_cell_cell_idx'));
COMMENT ON FUNCTION deepcal.lacks_catalog_indexes(text) IS 'Tell whether an interrupted load has left the PSC or the XSC without one of its indexes';

CREATE OR REPLACE FUNCTION deepcal.build_catalog_indexes(catalog text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    key text := CASE catalog WHEN 'psc' THEN 'pts_key' WHEN 'xsc' THEN 'ext_key' END;
BEGIN
    IF key IS NULL THEN
        RAISE EXCEPTION 'catalogue %: psc or xsc', catalog USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF to_regclass(format('twomass.%I', catalog || '_pkey')) IS NULL THEN
        EXECUTE format('CREATE UNIQUE INDEX %I ON twomass.%I (%I)', catalog || '_pkey', catalog, key);
        EXECUTE format('ALTER TABLE twomass.%I ADD CONSTRAINT %I PRIMARY KEY USING INDEX %2$I', catalog, catalog || '_pkey');
    END IF;
    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON twomass.%I (q3c_ang2ipix(ra, decl))', catalog || '_q3c_idx', catalog);
    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON twomass.%I (cell) INCLUDE (%I, ra, decl)', catalog || '_cell_cell_idx', catalog || '_cell', key);
END
$$;
COMMENT ON FUNCTION deepcal.build_catalog_indexes(text) IS 'Make what the PSC or the XSC lacks of primary key, sky index and cell index';

CREATE OR REPLACE FUNCTION deepcal.analyze_catalog(catalog text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET default_statistics_target = 100
AS $$
BEGIN
    IF catalog NOT IN ('psc', 'xsc') THEN
        RAISE EXCEPTION 'catalogue %: psc or xsc', catalog USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Sorting 30,000 rows of 60 columns takes as long as the indexes of a million: a third of them tells as much there.
    IF pg_relation_size(format('twomass.%I', catalog)) < 2::bigint << 30 THEN
        PERFORM set_config('default_statistics_target', '30', true);
    END IF;
    EXECUTE format('ANALYZE twomass.%I, twomass.%I', catalog, catalog || '_cell');
END
$$;
COMMENT ON FUNCTION deepcal.analyze_catalog(text) IS 'Gather statistics of the PSC or the XSC and its cells after a large load';
