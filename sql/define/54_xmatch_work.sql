-- Makes the matches of whatever changed, as one part of the caller's transaction; refresh_xmatch is the door to it.
CREATE FUNCTION deepcal.xmatch_work(number integer, everything boolean) RETURNS void
LANGUAGE plpgsql AS
$$
DECLARE
    change record;
    which text;
    way text;
    one record;
    around record;
    sum_stored integer := 0;
    sum_gone integer := 0;
    sum_sources integer := 0;
    best_psc integer := 0;
    tiles integer[];
BEGIN
    PERFORM set_config('client_min_messages', 'warning', true), -- temporary tables that are not there yet
            set_config('jit', 'off', true); -- q3c's costs are so high that a second would go into compiling a query of 50 ms
    SELECT * INTO change FROM deepcal.xmatch_changes(everything);
    UPDATE deepcal.xmatch_run
       SET radius = deepcal.xmatch_setting('psc_cap'), parameters = change.settings, changes = change.changes,
           runs_changed = jsonb_build_object('matched', change.whole, 'removed', change.removed, 'in part', change.part),
           catalog_files = change.files, psc_rows = change.psc_rows, xsc_rows = change.xsc_rows
     WHERE xmatch_run = number;
    IF cardinality(change.whole || change.removed || change.part) = 0 THEN
        RETURN;
    END IF;

    LOCK TABLE deepcal.source IN SHARE MODE; -- an extraction that is storing sources just now ends first, and none begins before us
    DELETE FROM deepcal.xmatch WHERE run = ANY (change.removed::character(12)[]);
    GET DIAGNOSTICS sum_gone = ROW_COUNT;
    DELETE FROM deepcal.xmatch_inside WHERE run = ANY (change.removed::character(12)[]);
    DELETE FROM deepcal.xmatch_state WHERE run = ANY (change.removed::character(12)[]);
    INSERT INTO deepcal.xmatch_state AS s (run, extracted_at, xmatch_run, sources)
    SELECT run, extracted_at, number, (SELECT count(*) FROM deepcal.source AS s WHERE s.run = r.run)
      FROM deepcal.stack_run AS r
     WHERE run = ANY (change.whole::character(12)[])
        ON CONFLICT (run) DO UPDATE
       SET (extracted_at, xmatch_run, sources) = (EXCLUDED.extracted_at, EXCLUDED.xmatch_run, EXCLUDED.sources);
    tiles := ARRAY(SELECT DISTINCT tile FROM deepcal.stack_run WHERE run = ANY ((change.whole || change.removed)::character(12)[]));

    FOREACH which IN ARRAY ARRAY['psc', 'xsc'] LOOP
        PERFORM deepcal.xmatch_todo(which, change.whole, change.part, change.new_files, change.files_gone);
        SELECT greatest(sum_sources, count(*)) INTO sum_sources FROM pg_temp.xmatch_todo;
        way := concat_ws('; ', way, which || ' by ' || deepcal.xmatch_pairs(which, 'xmatch_todo', 'xmatch_found'));
        SELECT * INTO one FROM deepcal.xmatch_store(which, change.whole, change.part, number);
        sum_stored := sum_stored + one.stored;
        sum_gone := sum_gone + one.gone;
        IF which = 'psc' THEN
            best_psc := one.best;
        ELSE
            SELECT * INTO around FROM deepcal.xmatch_inside(number);
        END IF;
        PERFORM deepcal.xmatch_remember(which, tiles, number);
        IF cardinality(change.whole) > 0 THEN
            EXECUTE format('UPDATE deepcal.xmatch_state AS s SET %I = f.rate FROM deepcal.xmatch_false(%L, $1) AS f WHERE f.run = s.run',
                           'false_' || which, which) USING change.whole;
        END IF;
    END LOOP;
    UPDATE deepcal.xmatch_run
       SET method = way, source_count = sum_sources, pair_count = sum_stored, gone_count = sum_gone, best_count = best_psc,
           changes = changes || jsonb_build_object('sources inside galaxies stored', around.stored, 'removed', around.gone)
     WHERE xmatch_run = number;
END
$$;

COMMENT ON FUNCTION deepcal.xmatch_work(integer, boolean) IS 'Make the matches of whatever changed; called by refresh_xmatch alone';
