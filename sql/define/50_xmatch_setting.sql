-- What is the value of a setting of the matches, named without its xmatch_?
CREATE FUNCTION deepcal.xmatch_setting(which text) RETURNS double precision LANGUAGE sql STABLE AS
$$
    SELECT value[1] FROM deepcal.setting WHERE name = 'xmatch_' || which
$$;

COMMENT ON FUNCTION deepcal.xmatch_setting(text) IS 'First value of a setting of the matches, named without its xmatch_';
