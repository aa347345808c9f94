-- How bright was a star in every scan that saw it for certain and alone?
SELECT jdate, j_m, j_msig, h_m, h_msig, k_m, k_msig
  FROM deepcal.light_curve(%(source)s)
 WHERE NOT ambiguous AND jdate IS NOT NULL
   AND coalesce(j_m, h_m, k_m) IS NOT NULL
