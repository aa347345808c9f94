-- Which scores are new or differ from those stored? A scan has the smallest factors of its bands.
CREATE TEMPORARY TABLE score_new ON COMMIT DROP AS
SELECT scan_key, rules, max(base) AS base, min(f_photometric) AS f_photometric, min(f_sensitivity) AS f_sensitivity,
       min(f_seeing) AS f_seeing, min(f_focus) AS f_focus, min(f_airglow) AS f_airglow, min(quality) AS quality,
       (array_agg(worst ORDER BY quality, strpos('jhk', band)))[1] AS worst,
       min(f_untracked) AS f_untracked, min(f_position) AS f_position, max(step_phase) AS step_phase, max(step_limit) AS step_limit,
       min(quality) FILTER (WHERE band = 'j') AS quality_j, min(quality) FILTER (WHERE band = 'h') AS quality_h,
       min(quality) FILTER (WHERE band = 'k') AS quality_k,
       (array_agg(missing::text ORDER BY cardinality(missing) DESC, strpos('jhk', band)))[1]::text[] AS missing
  FROM score_band
 GROUP BY scan_key, rules;
ANALYZE score_new
