-- How did the zero point go through each night? A straight line in time for H and Ks, from visit to visit for J.
-- How far is each visit from the rest of its night? From the line without it, or from what its neighbours say.
-- Visits far from its upper quartile shape neither: clouds only dim.
CREATE TEMPORARY TABLE score_night ON COMMIT DROP AS
WITH visits AS (
    SELECT visit, hemis, date, band, jdate, (jdate - min(jdate) OVER (PARTITION BY hemis, date)) * 24 AS hours, c1, published
      FROM deepcal.visit_photometry
     WHERE c1 IS NOT NULL AND jdate IS NOT NULL
), levels AS (
    SELECT hemis, date, band, percentile_cont(0.75) WITHIN GROUP (ORDER BY c1) AS c1
      FROM visits
     GROUP BY hemis, date, band
), chosen AS (
    SELECT v.*, abs(v.c1 - m.c1) < (%(score_night_clip)s::float8[])[1] AS used
      FROM visits AS v
      JOIN levels AS m USING (hemis, date, band)
), lines AS (
    SELECT hemis, date, band, count(*) AS n, avg(hours) AS hours, avg(jdate) AS jdate, avg(c1) AS c1,
           CASE WHEN band <> 'j' THEN regr_slope(c1, hours) END AS slope, regr_sxx(c1, hours) AS sxx
      FROM chosen
     WHERE used
     GROUP BY hemis, date, band
), fitted AS (
    SELECT c.*, l.n AS n_used, l.jdate AS mean_jdate, l.c1 AS mean_c1, l.slope,
           CASE WHEN c.band <> 'j' AND l.n > 2
                THEN (c.c1 - l.c1 - coalesce(l.slope, 0) * (c.hours - l.hours))
                     / CASE WHEN c.used THEN nullif(greatest(1 - 1.0 / l.n - (c.hours - l.hours) ^ 2 / nullif(l.sxx, 0), 0), 0) ELSE 1 END
                END AS from_line,
           max(CASE WHEN c.used THEN ARRAY[c.hours, c.c1] END) OVER (night ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
           min(CASE WHEN c.used THEN ARRAY[c.hours, c.c1] END) OVER (night ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS after
      FROM chosen AS c
      LEFT JOIN lines AS l USING (hemis, date, band)
    WINDOW night AS (PARTITION BY c.hemis, c.date, c.band ORDER BY c.jdate, c.visit)
), compared AS (
    SELECT *, c1 - coalesce(before[2] + (hours - before[1]) / nullif(after[1] - before[1], 0) * (after[2] - before[2]),
                            before[2], after[2]) AS from_neighbours
      FROM fitted
)
SELECT *, least(abs(from_line), abs(from_neighbours)) AS night
  FROM compared;
ANALYZE score_night;

UPDATE deepcal.visit_photometry AS v
   SET night = n.night::real
  FROM deepcal.visit_photometry AS old
  LEFT JOIN score_night AS n USING (visit, band)
 WHERE v.visit = old.visit AND v.band = old.band AND old.night IS DISTINCT FROM n.night::real;

DELETE FROM deepcal.night_zeropoint AS z
 WHERE NOT EXISTS (SELECT FROM score_night AS n WHERE n.hemis = z.hemis AND n.date = z.date AND n.band = z.band);

INSERT INTO deepcal.night_zeropoint AS old
SELECT hemis, date, band,
       CASE WHEN count(*) = 1 THEN 'one visit' WHEN band = 'j' OR max(n_used) < 3 THEN 'visits' ELSE 'line' END,
       count(*)::integer, coalesce(max(n_used), 0)::integer, max(mean_jdate), max(mean_c1)::real, max(slope)::real,
       CASE WHEN band = 'j' OR coalesce(max(n_used), 0) < 3 THEN sqrt(avg(from_neighbours ^ 2))
            ELSE sqrt(avg(from_line ^ 2) FILTER (WHERE used)) END::real,
       ((CASE hemis WHEN 'n' THEN %(score_extinction_n)s::float8[] ELSE %(score_extinction_s)s::float8[] END)
        [strpos('jhk', band)])::real,
       avg(c1 - published)::real, stddev_samp(c1 - published)::real
  FROM score_night
 GROUP BY hemis, date, band
EXCEPT
SELECT * FROM deepcal.night_zeropoint
    ON CONFLICT (hemis, date, band) DO UPDATE
   SET method = excluded.method, n_visits = excluded.n_visits, n_used = excluded.n_used, jdate = excluded.jdate,
       c1 = excluded.c1, slope = excluded.slope, rms = excluded.rms, c2 = excluded.c2,
       published_diff = excluded.published_diff, published_rms = excluded.published_rms
