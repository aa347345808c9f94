-- Which rows of the XSC lie around a position, nearest first?
SELECT 3600 * q3c_dist(ra, decl, %(ra)s, %(dec)s) AS separation,
       ext_key, designation, ra, decl AS dec, j_m_k20fe, h_m_k20fe, k_m_k20fe, r_k20fe
  FROM twomass.xsc
 WHERE q3c_join(%(ra)s, %(dec)s, ra, decl, %(radius)s)
 ORDER BY separation
