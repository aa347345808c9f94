-- Which clean sources brighter than a Ks magnitude have no counterpart in the PSC?
-- Values: tile (a field, or NULL for all), magnitude (mag)
SELECT s.*
  FROM deepcal.deepcal_src AS s
 WHERE s.cntr_psc IS NULL AND s.cc_flg = '0'
   AND s.k_m < %(magnitude)s::real
   AND (%(tile)s::integer IS NULL OR s.tile = %(tile)s::integer)
 ORDER BY s.k_m, s.tile, s.id
