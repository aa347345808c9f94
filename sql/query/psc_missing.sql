-- Which stars of the PSC, brighter than a Ks magnitude, does the stack of their field not have?
-- Values: tile (a field, or NULL for all), magnitude (mag)
SELECT tile, pts_key, ra, decl, j_m, h_m, k_m, ph_qual, cc_flg
  FROM deepcal.field_psc
 WHERE source IS NULL AND run IS NOT NULL
   AND coalesce(k_m, h_m, j_m) < %(magnitude)s::real
   AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
 ORDER BY coalesce(k_m, h_m, j_m), pts_key
