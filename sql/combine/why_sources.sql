-- Which sources of a run lie around a position, nearest first?
SELECT 3600 * q3c_dist(ra, dec, %(ra)s, %(dec)s) AS separation,
       id, name, ra, dec, j_m, h_m, k_m, j_snr, h_snr, k_snr, j_rule, h_rule, k_rule, confirmed, cc_flg
  FROM deepcal.source
 WHERE run = %(run)s
   AND q3c_join(%(ra)s, %(dec)s, ra, dec, %(radius)s)
 ORDER BY separation
