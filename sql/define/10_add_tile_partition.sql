-- How does a writer, who owns no table, get a place for the extractions of a new tile? Returns the partition's name.
CREATE OR REPLACE FUNCTION deepcal.add_tile_partition(tile integer) RETURNS regclass
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, deepcal, pg_temp
AS $$
DECLARE
    name text := format('detection_%s', tile);
BEGIN
    IF tile IS NULL OR tile < 0 THEN
        RAISE EXCEPTION 'tile %: a tile number is zero or more', tile USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF to_regclass(format('deepcal.%I', name)) IS NULL THEN
        -- Two writers may bring the same new tile: the second waits here and finds the first one's partition.
        PERFORM pg_advisory_xact_lock(hashtext('deepcal.detection'), tile);
    END IF;
    IF to_regclass(format('deepcal.%I', name)) IS NULL THEN
        EXECUTE format('CREATE TABLE deepcal.%I PARTITION OF deepcal.detection FOR VALUES IN (%s)', name, tile);
    END IF;
    RETURN to_regclass(format('deepcal.%I', name));
END
$$;
COMMENT ON FUNCTION deepcal.add_tile_partition(integer) IS 'Make the partition of deepcal.detection for one tile, unless it is there';
