-- Are the matches of every current source with PSC and XSC up to date? CALL deepcal.refresh_xmatch() makes them so, at a cost that follows
-- what changed; CALL deepcal.refresh_xmatch(true) matches everything again.
-- The refresh is written down first, in a transaction of its own, so that a failed or killed one is seen; then the work is one
-- transaction: readers see all old or all new matches. One works at a time, a second waits. Inside a transaction of the caller
-- (commits => false) all of it becomes a part of that transaction.
CREATE PROCEDURE deepcal.refresh_xmatch(everything boolean DEFAULT false, commits boolean DEFAULT true, INOUT number integer DEFAULT NULL)
LANGUAGE plpgsql AS
$$
DECLARE
    turn CONSTANT integer := hashtext('deepcal.xmatch');
    trouble text;
    code text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(turn) THEN
        RAISE NOTICE 'another refresh of the matches is at work: waiting for it';
        PERFORM pg_advisory_xact_lock(turn);
    END IF;
    -- Whoever holds the lock is alone: what is still said to run was killed. (One that waits for its second turn says so again itself.)
    UPDATE deepcal.xmatch_run
       SET state = 'failed', error = 'ended before it was done: killed, or the server stopped'
     WHERE kind = 'refresh' AND state = 'running';
    INSERT INTO deepcal.xmatch_run (state, method, radius, started_at)
    VALUES ('running', 'none: nothing changed', deepcal.xmatch_setting('psc_cap'), clock_timestamp())
    RETURNING xmatch_run INTO number;
    IF commits THEN
        COMMIT;
        PERFORM pg_advisory_xact_lock(turn);
    END IF;

    BEGIN
        PERFORM deepcal.xmatch_work(number, everything);
    EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
        IF NOT commits THEN
            RAISE;
        END IF;
        GET STACKED DIAGNOSTICS trouble = MESSAGE_TEXT, code = RETURNED_SQLSTATE;
    END;

    UPDATE deepcal.xmatch_run
       SET state = CASE WHEN trouble IS NULL THEN 'done' ELSE 'failed' END, error = trouble,
           seconds = extract(epoch FROM clock_timestamp() - started_at)
     WHERE xmatch_run = number;
    IF commits THEN
        COMMIT;
    END IF;
    IF trouble IS NOT NULL THEN
        RAISE EXCEPTION 'refresh % of the matches failed, nothing was changed: %', number, trouble USING ERRCODE = code;
    END IF;
END
$$;

COMMENT ON PROCEDURE deepcal.refresh_xmatch(boolean, boolean, integer) IS
    'Match every current source with PSC and XSC where anything changed; true: everything again. Each refresh is a row of deepcal.xmatch_run';
