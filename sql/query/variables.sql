-- Which stars vary: in all bands together, by more than their uncertainties?
-- Values: tile (a field, or NULL for all), index (least variability index; constant stars have about 0)
SELECT tile, gcntr, name, ra, dec, napp, opportunities, var_index, j_m, h_m, k_m, j_msd, h_msd, k_msd,
       j_chi2 / nullif(j_n - 1, 0) AS j_rchi2,
       h_chi2 / nullif(h_n - 1, 0) AS h_rchi2,
       k_chi2 / nullif(k_n - 1, 0) AS k_rchi2
  FROM deepcal.merged_source
 WHERE var_index >= %(index)s::real
   AND (%(tile)s::integer IS NULL OR tile = %(tile)s::integer)
 ORDER BY var_index DESC, gcntr
