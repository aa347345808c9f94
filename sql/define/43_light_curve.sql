-- How bright was a star in every scan that saw it? Asked by the name of a deep source, or by the number of a group (gcntr).
CREATE FUNCTION deepcal.light_curve(source text)
RETURNS TABLE (jdate double precision, scan_key integer, hemis character(1), date date, scan smallint,
               j_m real, j_msig real, h_m real, h_msig real, k_m real, k_msig real, separation real, ambiguous boolean)
LANGUAGE sql STABLE AS
$$
    SELECT coalesce(d.jdate, s.jdate) AS jdate, d.scan_key, d.hemis, d.date, d.scan,
           deepcal.measured(d.j_m, coalesce(d.j_msigcom, d.j_cmsig), d.cc_flg, 1), coalesce(d.j_msigcom, d.j_cmsig),
           deepcal.measured(d.h_m, coalesce(d.h_msigcom, d.h_cmsig), d.cc_flg, 2), coalesce(d.h_msigcom, d.h_cmsig),
           deepcal.measured(d.k_m, coalesce(d.k_msigcom, d.k_cmsig), d.cc_flg, 3), coalesce(d.k_msigcom, d.k_cmsig),
           l.separation, l.ambiguous
      FROM deepcal.merged_source AS g
      JOIN deepcal.merged_link AS l ON l.gcntr = g.gcntr AND l.tile = g.tile
      JOIN deepcal.detection AS d ON d.tile = l.tile AND d.cntr = l.cntr
      LEFT JOIN deepcal.scan AS s ON s.scan_key = d.scan_key
     WHERE g.name = source OR g.gcntr = CASE WHEN source ~ '^[0-9]{1,18}$' THEN source::bigint END
     ORDER BY 1, 2
$$;

COMMENT ON FUNCTION deepcal.light_curve IS
    'Every extraction of a star, in the order of time, given by the name of its deep source or the number of its group; magnitudes where measured';
