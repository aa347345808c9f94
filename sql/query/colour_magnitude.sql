-- What is in the colour-magnitude diagram of the three fields at high galactic latitude (Appendix 7.1, Figure 2)?
SELECT tile, name, j_k, k_m, cntr_xsc IS NOT NULL AS extended, cntr_psc IS NOT NULL AS in_psc
  FROM deepcal.colour
 WHERE tile IN (90272, 90301, 90330)
 ORDER BY k_m, tile, name
