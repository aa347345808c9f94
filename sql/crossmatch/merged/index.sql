-- Do the bands of a star go up and down together? Stetson's J (1996, PASP 108, 851, eq. 1) over all pairs of bands of one scan: the mean of
-- sign(P) sqrt|P|, where P is the product of the two deviations from the mean in units of their uncertainties, times n / (n - 1).
CREATE TEMP TABLE m_index AS
SELECT g.seed,
       sum(coalesce(sign(jh) * sqrt(abs(jh)), 0) + coalesce(sign(hk) * sqrt(abs(hk)), 0) + coalesce(sign(jk) * sqrt(abs(jk)), 0))
       / nullif(count(jh) + count(hk) + count(jk), 0) AS var_index
  FROM m_group AS g
  JOIN m_link AS e USING (seed)
 CROSS JOIN LATERAL (SELECT CASE WHEN j_n > 1 THEN (e.j_m - g.j_m) / e.j_sig * sqrt(j_n / (j_n - 1.0::double precision)) END AS j,
                            CASE WHEN h_n > 1 THEN (e.h_m - g.h_m) / e.h_sig * sqrt(h_n / (h_n - 1.0::double precision)) END AS h,
                            CASE WHEN k_n > 1 THEN (e.k_m - g.k_m) / e.k_sig * sqrt(k_n / (k_n - 1.0::double precision)) END AS k) AS deviation
 CROSS JOIN LATERAL (SELECT j * h AS jh, h * k AS hk, j * k AS jk) AS product
 WHERE NOT e.ambiguous OR g.n_ambiguous = g.napp
 GROUP BY g.seed
