-- Which PSC stars near a field are fit for the astrometric tie? Where the tie is to be tested, half of them stay out.
SELECT pts_key, ra, decl
  FROM twomass.psc
 WHERE q3c_join(%(ra)s, %(dec)s, ra, decl, %(radius)s)
   AND k_m BETWEEN %(bright)s AND %(faint)s
   AND rd_flg = '222'
   AND substr(ph_qual, 3, 1) = 'A'
   AND cc_flg = '000'
   AND coalesce(gal_contam, 0) = 0
   AND ext_key IS NULL
   AND NOT (%(hold_out)s AND deepcal.held_out(pts_key))
   AND NOT EXISTS (SELECT FROM twomass.standard AS t
                    WHERE (t.pmra IS NOT NULL OR t.pmdec IS NOT NULL)
                      AND q3c_dist(t.ra, t.dec, psc.ra, psc.decl) < 5 / 3600.)
 ORDER BY pts_key
