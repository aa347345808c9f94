-- Does every row of a catalogue stand in its cells, and nothing else? Fills the table of cells anew, in one transaction; readers wait.
CREATE FUNCTION deepcal.fill_cells(catalog text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    key text := CASE catalog WHEN 'psc' THEN 'pts_key' WHEN 'xsc' THEN 'ext_key' END;
    filled bigint;
BEGIN
    IF key IS NULL THEN
        RAISE EXCEPTION 'catalogue %: psc or xsc', catalog USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('LOCK TABLE twomass.%I IN SHARE MODE', catalog); -- no load meanwhile
    EXECUTE format('TRUNCATE twomass.%I', catalog || '_cell');
    EXECUTE format('DROP INDEX IF EXISTS twomass.%I', catalog || '_cell_cell_idx');
    EXECUTE format('INSERT INTO twomass.%I (cell, %I, ra, decl)
                    SELECT near.cell, %2$I, ra, decl FROM twomass.%3$I CROSS JOIN LATERAL deepcal.cells_kept(ra, decl) AS near (cell)
                     ORDER BY near.cell', catalog || '_cell', key, catalog);
    GET DIAGNOSTICS filled = ROW_COUNT;
    PERFORM deepcal.build_catalog_indexes(catalog);
    EXECUTE format('ANALYZE twomass.%I', catalog || '_cell');
    RETURN filled;
END
$$;

COMMENT ON FUNCTION deepcal.fill_cells(text) IS 'Fill the table of cells of the PSC or the XSC anew from the catalogue; returns its rows';
