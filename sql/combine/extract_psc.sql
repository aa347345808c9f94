-- Which bright PSC stars lie in and around a field, and in which bands are they fit for the photometric tie?
SELECT ra, decl,
       coalesce(j_m, 'NaN'), coalesce(h_m, 'NaN'), coalesce(k_m, 'NaN'),
       coalesce(j_cmsig, j_msigcom, 'NaN'), coalesce(h_cmsig, h_msigcom, 'NaN'), coalesce(k_cmsig, k_msigcom, 'NaN'),
       substr(rd_flg, 1, 1) = '2' AND substr(ph_qual, 1, 1) = 'A' AND substr(cc_flg, 1, 1) = '0' AS fit_j,
       substr(rd_flg, 2, 1) = '2' AND substr(ph_qual, 2, 1) = 'A' AND substr(cc_flg, 2, 1) = '0' AS fit_h,
       substr(rd_flg, 3, 1) = '2' AND substr(ph_qual, 3, 1) = 'A' AND substr(cc_flg, 3, 1) = '0' AS fit_k,
       ext_key IS NULL AND coalesce(gal_contam, 0) = 0 AS star
  FROM twomass.psc
 WHERE q3c_join(%(ra)s, %(dec)s, ra, decl, %(radius)s)
   AND least(j_m, h_m, k_m) < %(faint)s
 ORDER BY pts_key
