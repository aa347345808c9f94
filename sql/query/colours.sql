-- Where do the clean sources of a field lie in the colour-colour and colour-magnitude diagrams?
-- Values: tile (a field, or NULL for all), snr (least signal to noise in every band)
SELECT tile, id, name, ra, dec, k_m, j_h, h_k, j_k, cntr_xsc IS NOT NULL AS extended, cntr_psc IS NOT NULL AS in_psc
  FROM deepcal.colour
 WHERE snr >= %(snr)s::real
   AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
 ORDER BY tile, id
