-- What do the extractions of each scan of a field say of its photometry? Written where it is new or changed.
WITH measured AS (
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
), gone AS (
    DELETE FROM deepcal.scan_photometry AS old
     USING score_todo AS t
     WHERE t.scan_key = old.scan_key AND t.tile = %(tile)s AND t.detections_file IS NULL
)
INSERT INTO deepcal.scan_photometry AS old
SELECT * FROM measured
EXCEPT
SELECT p.*
  FROM deepcal.scan_photometry AS p
  JOIN score_todo AS t USING (scan_key)
 WHERE t.tile = %(tile)s
    ON CONFLICT (scan_key, band) DO UPDATE
   SET visit = excluded.visit, n_stars = excluded.n_stars, dmag = excluded.dmag, scatter = excluded.scatter,
       dmag_zone = excluded.dmag_zone, profile_zone = excluded.profile_zone, found = excluded.found,
       n_standards = excluded.n_standards, zero_point = excluded.zero_point, zero_point_err = excluded.zero_point_err,
       dispersion = excluded.dispersion, detections_file = excluded.detections_file, made_with = excluded.made_with
