-- Is a magnitude of an extraction a measurement? Limits have no uncertainty, 8.888 and 9.999 stand for a bad one, and persistence, spikes
-- and stripes (p, d, s at the band's place in cc_flg) are no light of the star. NULL where it is not.
CREATE FUNCTION deepcal.measured(magnitude real, uncertainty real, flags text, place integer)
RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT CASE WHEN uncertainty > 0 AND uncertainty < 8 AND substr(coalesce(flags, '000'), place, 1) NOT IN ('p', 'd', 's') THEN magnitude END
$$;

COMMENT ON FUNCTION deepcal.measured IS 'A magnitude [mag] that was measured, by its uncertainty and the artifact flag of its band (place 1 J, 2 H, 3 Ks); else NULL';
