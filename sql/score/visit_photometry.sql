-- What do the scans of each visit say together? Zero points at airmass 1, measured and published.
WITH scans AS (
    SELECT p.visit, p.band, t.tile, t.hemis, t.date, t.jdate, t.airm, p.dmag, p.zero_point, p.zero_point_err, b.published,
           (CASE t.hemis WHEN 'n' THEN %(score_extinction_n)s::float8[] ELSE %(score_extinction_s)s::float8[] END)
           [strpos('jhk', p.band)] * (t.airm - 1) AS extinction
      FROM deepcal.scan_photometry AS p
      JOIN score_todo AS t USING (scan_key)
     CROSS JOIN LATERAL (VALUES ('j', t.j_zp_ap), ('h', t.h_zp_ap), ('k', t.k_zp_ap)) AS b (band, published)
     WHERE b.band = p.band
), made AS (
    SELECT visit, band, tile, hemis, date, avg(jdate) AS jdate, avg(airm)::real AS airmass, count(*)::integer AS n_scans,
           CASE WHEN count(dmag) > 1 THEN 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(dmag)) END::real AS scatter,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY zero_point + extinction)::real AS c1,
           min(zero_point_err)::real AS c1_err,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY published + extinction)::real AS published
      FROM scans
     GROUP BY visit, band, tile, hemis, date
), gone AS (
    DELETE FROM deepcal.visit_photometry AS old
     WHERE old.tile IN (SELECT tile FROM score_todo)
       AND NOT EXISTS (SELECT FROM deepcal.scan_photometry AS p WHERE p.visit = old.visit)
)
INSERT INTO deepcal.visit_photometry AS old
SELECT m.*, d.m10::real, v.night
  FROM made AS m
  LEFT JOIN score_depth AS d USING (visit, band)
  LEFT JOIN deepcal.visit_photometry AS v USING (visit, band)
EXCEPT
SELECT * FROM deepcal.visit_photometry WHERE tile IN (SELECT tile FROM score_todo)
    ON CONFLICT (visit, band) DO UPDATE
   SET tile = excluded.tile, hemis = excluded.hemis, date = excluded.date, jdate = excluded.jdate, airmass = excluded.airmass,
       n_scans = excluded.n_scans, scatter = excluded.scatter, c1 = excluded.c1, c1_err = excluded.c1_err,
       published = excluded.published, m10 = excluded.m10
