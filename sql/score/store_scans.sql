-- Write the scores of scans that are new or differ; true is a scan that had none by these rules.
INSERT INTO deepcal.scan_score AS old
       (scan_key, rules, base, f_photometric, f_sensitivity, f_seeing, f_focus, f_airglow, quality, worst, f_untracked,
       f_position, step_phase, step_limit, quality_j, quality_h, quality_k, missing)
SELECT scan_key, rules, base, f_photometric, f_sensitivity, f_seeing, f_focus, f_airglow, quality, worst, f_untracked,
       f_position, step_phase, step_limit, quality_j, quality_h, quality_k, missing
  FROM score_new
EXCEPT
SELECT scan_key, rules, base, f_photometric, f_sensitivity, f_seeing, f_focus, f_airglow, quality, worst, f_untracked,
       f_position, step_phase, step_limit, quality_j, quality_h, quality_k, missing
  FROM deepcal.scan_score
    ON CONFLICT (scan_key, rules) DO UPDATE
   SET base = excluded.base, f_photometric = excluded.f_photometric, f_sensitivity = excluded.f_sensitivity,
       f_seeing = excluded.f_seeing, f_focus = excluded.f_focus, f_airglow = excluded.f_airglow,
       quality = excluded.quality, worst = excluded.worst, f_untracked = excluded.f_untracked,
       f_position = excluded.f_position, step_phase = excluded.step_phase, step_limit = excluded.step_limit,
       quality_j = excluded.quality_j, quality_h = excluded.quality_h, quality_k = excluded.quality_k,
       missing = excluded.missing, scored_at = now()
RETURNING old.xmax = 0 AS new
