-- Which rows of the PSC lie around a position, nearest first?
SELECT 3600 * q3c_dist(ra, decl, %(ra)s, %(dec)s) AS separation,
       pts_key, designation, ra, decl AS dec, j_m, h_m, k_m, ph_qual, cc_flg
  FROM twomass.psc
 WHERE q3c_join(%(ra)s, %(dec)s, ra, decl, %(radius)s)
 ORDER BY separation
