-- Where do the clean sources of a field lie in the colour-colour and colour-magnitude diagrams?
-- Values: tile (a field, or NULL for all), snr (least signal to noise in every band)
SELECT s.tile, s.id, s.name, s.ra, s.dec, s.k_m,
       s.j_m - s.h_m AS j_h,
       s.h_m - s.k_m AS h_k,
       s.j_m - s.k_m AS j_k,
       d.cntr_xsc IS NOT NULL AS extended
  FROM deepcal.deepcal_src AS d
  JOIN deepcal.source AS s USING (run, id)
 WHERE s.cc_flg = '0'
   AND least(s.j_snr, s.h_snr, s.k_snr) >= %(snr)s::real
   AND (%(tile)s::integer IS NULL OR s.tile = %(tile)s::integer)
 ORDER BY s.tile, s.id
