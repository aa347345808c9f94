-- What changed since the last refresh of the matches, and so has to be matched again?
-- Whole runs: those that became current or were extracted again; all of them when a setting changed or when new catalogue rows are many.
-- Parts of runs: the sources near the rows of catalogue files that came, or paired with rows that went (see xmatch_todo).
CREATE FUNCTION deepcal.xmatch_changes(
    everything boolean,
    OUT whole text[], OUT removed text[], OUT part text[], OUT new_files integer[], OUT files_gone boolean,
    OUT settings jsonb, OUT files integer[], OUT psc_rows bigint, OUT xsc_rows bigint, OUT changes jsonb)
LANGUAGE plpgsql STABLE AS
$$
DECLARE
    last record;
    are_current text[];
    new_rows bigint;
    settings_changed boolean;
BEGIN
    SELECT coalesce(jsonb_object_agg(name, value), '{}') INTO settings FROM deepcal.setting WHERE name LIKE 'xmatch\_%';
    SELECT coalesce(array_agg(f.file_id ORDER BY f.file_id), '{}'),
           coalesce(sum(f.row_count) FILTER (WHERE f.kind = 'psc'), 0),
           coalesce(sum(f.row_count) FILTER (WHERE f.kind = 'xsc'), 0)
      INTO files, psc_rows, xsc_rows
      FROM deepcal.ingest_file AS f
     WHERE f.kind IN ('psc', 'xsc') AND f.state = 'loaded';
    SELECT parameters, catalog_files INTO last
      FROM deepcal.xmatch_run
     WHERE kind = 'refresh' AND state = 'done'
     ORDER BY xmatch_run DESC
     LIMIT 1;
    settings_changed := last.parameters <> settings;
    new_files := ARRAY(SELECT unnest(files) EXCEPT SELECT unnest(last.catalog_files) ORDER BY 1);
    files_gone := NOT files @> coalesce(last.catalog_files, '{}');

    SELECT coalesce(array_agg(now_current.run) FILTER (WHERE now_current.extracted_at IS DISTINCT FROM stored.extracted_at
                                                          AND now_current.run IS NOT NULL), '{}'),
           coalesce(array_agg(stored.run) FILTER (WHERE now_current.run IS NULL), '{}'),
           coalesce(array_agg(now_current.run) FILTER (WHERE now_current.run IS NOT NULL), '{}')
      INTO whole, removed, are_current
      FROM (SELECT run::text, extracted_at
              FROM deepcal.stack_run
             WHERE run IN (SELECT current_run FROM deepcal.field) AND extracted_at IS NOT NULL) AS now_current
      FULL JOIN (SELECT run::text, extracted_at FROM deepcal.xmatch_state) AS stored ON stored.run = now_current.run;

    new_rows := (SELECT sum(row_count) FROM deepcal.ingest_file WHERE file_id = ANY (new_files));
    IF everything OR settings_changed
       OR new_rows > (SELECT count(*) FROM deepcal.source WHERE run = ANY (are_current::character(12)[])) / 2 THEN
        whole := are_current;
    END IF;
    whole := ARRAY(SELECT unnest(whole) ORDER BY 1);
    removed := ARRAY(SELECT unnest(removed) ORDER BY 1);
    part := CASE WHEN cardinality(new_files) > 0 OR files_gone
                 THEN ARRAY(SELECT unnest(are_current) EXCEPT SELECT unnest(whole) ORDER BY 1) ELSE '{}' END;
    changes := jsonb_strip_nulls(jsonb_build_object(
        'asked for', CASE WHEN everything THEN 'everything' END,
        'settings', CASE WHEN settings_changed THEN 'changed' END,
        'runs', nullif(cardinality(whole), 0),
        'runs no longer current', nullif(cardinality(removed), 0),
        'new catalogue files', nullif(cardinality(new_files), 0),
        'new catalogue rows', new_rows,
        'catalogue files gone', CASE WHEN files_gone THEN true END));
END
$$;

COMMENT ON FUNCTION deepcal.xmatch_changes(boolean) IS 'What changed since the last refresh of the matches; true for all runs';
