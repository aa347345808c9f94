-- At which magnitude do the repeats of each visit of a field scatter as at a signal-to-noise ratio of 10?
INSERT INTO score_depth
WITH differences AS (
    SELECT scan_key, max(dmag) FILTER (WHERE band = 'j') AS j, max(dmag) FILTER (WHERE band = 'h') AS h, max(dmag) FILTER (WHERE band = 'k') AS k
      FROM score_scan
     GROUP BY scan_key
), scans AS (
    SELECT visit, count(*) AS n
      FROM (SELECT visit, scan_key FROM score_match GROUP BY visit, scan_key) AS seen
     GROUP BY visit
    HAVING count(*) >= 5
), repeats AS (
    SELECT m.visit, m.star,
           count(m.j) AS nj, avg(m.j) AS j, var_samp(m.j - d.j) AS vj,
           count(m.h) AS nh, avg(m.h) AS h, var_samp(m.h - d.h) AS vh,
           count(m.k) AS nk, avg(m.k) AS k, var_samp(m.k - d.k) AS vk
      FROM score_match AS m
      LEFT JOIN differences AS d USING (scan_key)
     GROUP BY m.visit, m.star
), bins AS (
    SELECT visit, b.band, floor(b.mag / (%(score_snr10_bins)s::float8[])[1]) AS bin, avg(b.mag) AS mag,
           -- the median of chi-square of n - 1 degrees over n - 1
           0.5 * ln(percentile_cont(0.5) WITHIN GROUP (ORDER BY b.var) / power(1 - 2.0 / (9 * (scans.n - 1)), 3)) AS log_scatter
      FROM repeats
      JOIN scans USING (visit)
     CROSS JOIN LATERAL (VALUES ('j', j, vj, nj), ('h', h, vh, nh), ('k', k, vk, nk)) AS b (band, mag, var, n)
     WHERE b.n >= scans.n - 1 AND b.var > 0
     GROUP BY visit, b.band, scans.n, floor(b.mag / (%(score_snr10_bins)s::float8[])[1])
    HAVING count(*) >= (%(score_snr10_bins)s::float8[])[2]
), pairs AS (
    SELECT visit, band, mag, log_scatter, lag(mag) OVER fainter AS mag0, lag(log_scatter) OVER fainter AS log_scatter0
      FROM bins
    WINDOW fainter AS (PARTITION BY visit, band ORDER BY bin)
)
SELECT DISTINCT ON (visit, band) visit, band,
       mag0 + (mag - mag0) * (ln((%(score_snr10_scatter)s::float8[])[1]) - log_scatter0) / (log_scatter - log_scatter0) AS m10
  FROM pairs
 WHERE log_scatter0 < ln((%(score_snr10_scatter)s::float8[])[1]) AND log_scatter >= ln((%(score_snr10_scatter)s::float8[])[1])
 ORDER BY visit, band, mag
