-- Which photometry of scans is new or changed? Writes it; what has lost its extractions goes.
WITH gone AS (
    DELETE FROM deepcal.scan_photometry AS old
     USING score_todo AS t
     WHERE t.scan_key = old.scan_key AND t.detections_file IS NULL
)
INSERT INTO deepcal.scan_photometry AS old
SELECT * FROM score_photometry
EXCEPT
SELECT p.*
  FROM deepcal.scan_photometry AS p
  JOIN score_todo AS t USING (scan_key)
    ON CONFLICT (scan_key, band) DO UPDATE
   SET visit = excluded.visit, n_stars = excluded.n_stars, dmag = excluded.dmag, scatter = excluded.scatter,
       dmag_zone = excluded.dmag_zone, profile_zone = excluded.profile_zone, found = excluded.found,
       n_standards = excluded.n_standards, zero_point = excluded.zero_point, zero_point_err = excluded.zero_point_err,
       dispersion = excluded.dispersion, detections_file = excluded.detections_file, made_with = excluded.made_with
