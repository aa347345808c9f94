-- Write why: the measured values, limits and factors that are new or differ.
INSERT INTO deepcal.scan_band_score AS old
SELECT scan_key, rules, band, overlap, overlap_limit, dispersion, dispersion_limit, night, night_limit, visits,
       visits_limit, depth, depth_limit, seeing, seeing_limit, seeing_max, seeing_max_limit, focus, focus_limit,
       airglow, airglow_limit, untracked, untracked_limit, shape_rms, shape_rms_limit, position, position_limit,
       depth_from, p_flags, p_overlap, p_dispersion, p_night, p_visits, f_photometric, f_sensitivity, f_seeing,
       f_focus, f_airglow, f_untracked, f_position, quality, worst, missing
  FROM score_band
EXCEPT
SELECT * FROM deepcal.scan_band_score
    ON CONFLICT (scan_key, rules, band) DO UPDATE
   SET overlap = excluded.overlap, overlap_limit = excluded.overlap_limit, dispersion = excluded.dispersion,
       dispersion_limit = excluded.dispersion_limit, night = excluded.night, night_limit = excluded.night_limit,
       visits = excluded.visits, visits_limit = excluded.visits_limit, depth = excluded.depth,
       depth_limit = excluded.depth_limit, seeing = excluded.seeing, seeing_limit = excluded.seeing_limit,
       seeing_max = excluded.seeing_max, seeing_max_limit = excluded.seeing_max_limit, focus = excluded.focus,
       focus_limit = excluded.focus_limit, airglow = excluded.airglow, airglow_limit = excluded.airglow_limit,
       untracked = excluded.untracked, untracked_limit = excluded.untracked_limit, shape_rms = excluded.shape_rms,
       shape_rms_limit = excluded.shape_rms_limit, position = excluded.position,
       position_limit = excluded.position_limit, depth_from = excluded.depth_from, p_flags = excluded.p_flags,
       p_overlap = excluded.p_overlap, p_dispersion = excluded.p_dispersion, p_night = excluded.p_night,
       p_visits = excluded.p_visits, f_photometric = excluded.f_photometric, f_sensitivity = excluded.f_sensitivity,
       f_seeing = excluded.f_seeing, f_focus = excluded.f_focus, f_airglow = excluded.f_airglow,
       f_untracked = excluded.f_untracked, f_position = excluded.f_position, quality = excluded.quality,
       worst = excluded.worst, missing = excluded.missing
