-- What do the extractions of each scan of a field say of its photometry?
INSERT INTO score_photometry
SELECT t.scan_key, b.band, t.visit, coalesce(s.n, 0)::integer AS n_stars, s.dmag::real, s.scatter::real,
       s.dmag_zone::real, s.profile_zone::real, p.found::real,
       coalesce(st.n, 0)::integer AS n_standards, (b.published + st.d)::real AS zero_point,
       st.err::real AS zero_point_err, st.dispersion::real, t.detections_file, t.made_with
  FROM score_todo AS t
 CROSS JOIN LATERAL (VALUES ('j', t.j_zp_ap), ('h', t.h_zp_ap), ('k', t.k_zp_ap)) AS b (band, published)
  LEFT JOIN score_scan AS s ON s.scan_key = t.scan_key AND s.band = b.band
  LEFT JOIN score_place AS p ON p.scan_key = t.scan_key
  LEFT JOIN score_standard AS st ON st.scan_key = t.scan_key AND st.band = b.band
 WHERE t.tile = %(tile)s AND t.detections_file IS NOT NULL
