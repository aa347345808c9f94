-- What do the extractions of every seed tell together: mean position and motion, magnitudes, scatter and chi-square in every band?
-- Ambiguous ones are left out, except where a seed has no others. Weights of magnitudes are inverse variances.
CREATE TEMP TABLE m_group AS
SELECT seed, gcntr, napp, n_ambiguous,
       avg(x) AS x, avg(y) AS y, avg(jdate) AS epoch, count(*) AS n,
       var_samp(x) + var_samp(y) AS variance,
       regr_slope(x, year) AS pm_x, regr_slope(y, year) AS pm_y, regr_sxx(x, year) AS sxx,
       sum(j_w * j_m) / sum(j_w) AS j_m, 1 / sqrt(sum(j_w)) AS j_msig, stddev_samp(j_m) AS j_msd, count(j_m) AS j_n,
       sum(h_w * h_m) / sum(h_w) AS h_m, 1 / sqrt(sum(h_w)) AS h_msig, stddev_samp(h_m) AS h_msd, count(h_m) AS h_n,
       sum(k_w * k_m) / sum(k_w) AS k_m, 1 / sqrt(sum(k_w)) AS k_msig, stddev_samp(k_m) AS k_msd, count(k_m) AS k_n,
       greatest(sum(j_w * j_m ^ 2) - sum(j_w * j_m) ^ 2 / sum(j_w), 0) AS j_chi2,
       greatest(sum(h_w * h_m ^ 2) - sum(h_w * h_m) ^ 2 / sum(h_w), 0) AS h_chi2,
       greatest(sum(k_w * k_m ^ 2) - sum(k_w * k_m) ^ 2 / sum(k_w), 0) AS k_chi2
  FROM (SELECT seed, min(cntr) AS gcntr, count(*) AS napp, count(*) FILTER (WHERE ambiguous) AS n_ambiguous, bool_and(ambiguous) AS none_clear
          FROM m_link
         GROUP BY seed) AS all_links
  JOIN m_link AS e USING (seed)
 CROSS JOIN LATERAL (SELECT (e.jdate - 2451545) / 365.25 AS year,
                            CASE WHEN e.j_m IS NOT NULL THEN 1 / e.j_sig::double precision ^ 2 END AS j_w,
                            CASE WHEN e.h_m IS NOT NULL THEN 1 / e.h_sig::double precision ^ 2 END AS h_w,
                            CASE WHEN e.k_m IS NOT NULL THEN 1 / e.k_sig::double precision ^ 2 END AS k_w) AS values
 WHERE NOT e.ambiguous OR none_clear
 GROUP BY seed, gcntr, napp, n_ambiguous
