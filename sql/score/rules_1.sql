-- How good is each scan by the rules of December 2000? Base times the smallest of five factors, each kept.
-- What is not known gives no factor and lowers nothing. Scans that only an image has told of get no score.
WITH limits AS (
    SELECT max(value[1]) FILTER (WHERE name = 'score_base') AS base,
           max(value[2]) FILTER (WHERE name = 'score_base') AS base_undithered,
           max(value[1]) FILTER (WHERE name = 'score_worst') AS worst,
           max(value[1]) FILTER (WHERE name = 'score_seeing_max') AS seeing_max,
           max(value[1]) FILTER (WHERE name = 'score_focus_min') AS focus_min,
           max(value) FILTER (WHERE name = 'score_snr10_limit') AS snr10,
           max(value[1]) FILTER (WHERE name = 'score_snr10_span') AS span,
           max(value[1]) FILTER (WHERE name = 'score_psp_slope') AS psp_slope,
           max(value) FILTER (WHERE name = 'score_psp_limit') AS psp,
           max(value[1]) FILTER (WHERE name = 'score_sensitivity_floor') AS floor,
           max(value) FILTER (WHERE name = 'score_airglow_noise') AS noise,
           max(value[1]) FILTER (WHERE name = 'score_airglow_sky_power') AS sky_power,
           max(value) FILTER (WHERE name = 'score_airglow_excess') AS excess
      FROM deepcal.setting
), measured AS (
    SELECT s.*,
           -- magnitudes by which the band that suffers most is deeper than the level 1 requirement
           least(coalesce(j_msnr10 - snr10[1], psp_slope * (psp[1] - j_psp)),
                 coalesce(h_msnr10 - snr10[2], psp_slope * (psp[2] - h_psp)),
                 coalesce(k_msnr10 - snr10[3], psp_slope * (psp[3] - k_psp))) AS margin,
           -- log10 of the noise over that of an ordinary scan under the same sky; the sky is in the sensitivity parameter
           h_pts_noise - log(noise[1]) - 0.5 * log((h_psp / nullif(h_shape_avg, 0)) ^ (1 / sky_power) / noise[2]) AS glow
      FROM deepcal.scan AS s
     CROSS JOIN limits
     WHERE NOT s.provisional
), factors AS (
    SELECT scan_key,
           CASE WHEN date <= DATE '1997-06-06' THEN base_undithered ELSE base END AS base,
           CASE WHEN cld = 1 OR xph = 1 THEN 0 WHEN cld = 0 OR xph = 0 THEN 1 END AS f_photometric,
           greatest(least(0.5 + margin / (2 * span), 1), floor) AS f_sensitivity,
           CASE WHEN j_shape_avg >= seeing_max THEN worst WHEN j_shape_avg < seeing_max THEN 1 END AS f_seeing,
           CASE WHEN least(j_2mrat, h_2mrat, k_2mrat) < focus_min THEN worst
                WHEN least(j_2mrat, h_2mrat, k_2mrat) >= focus_min THEN 1 END AS f_focus,
           1 - (1 - worst) * greatest(least((glow - excess[1]) / (excess[2] - excess[1]), 1), 0) AS f_airglow,
           margin, glow
      FROM measured
     CROSS JOIN limits
), known AS (
    SELECT scan_key, base, f_photometric, CASE WHEN margin IS NOT NULL THEN f_sensitivity END AS f_sensitivity,
           f_seeing, f_focus, CASE WHEN glow IS NOT NULL THEN f_airglow END AS f_airglow
      FROM factors
), scored AS (
    SELECT k.*, coalesce(lowest.factor, 1) AS lowest, CASE WHEN lowest.factor < 1 THEN lowest.name END AS worst
      FROM known AS k
      LEFT JOIN LATERAL (
               SELECT name, factor
                 FROM (VALUES (1, 'photometric', f_photometric), (2, 'sensitivity', f_sensitivity), (3, 'seeing', f_seeing),
                              (4, 'focus', f_focus), (5, 'airglow', f_airglow)) AS f (place, name, factor)
                WHERE factor IS NOT NULL
                ORDER BY factor, place
                LIMIT 1
           ) AS lowest ON true
)
INSERT INTO deepcal.scan_score AS old
       (scan_key, rules, base, f_photometric, f_sensitivity, f_seeing, f_focus, f_airglow, quality, worst)
SELECT scan_key, 1, base, f_photometric, round(f_sensitivity::numeric, 3), f_seeing, f_focus, round(f_airglow::numeric, 3),
       round((base * lowest)::numeric, 2), worst
  FROM scored
    ON CONFLICT (scan_key, rules) DO UPDATE
   SET base = excluded.base, f_photometric = excluded.f_photometric, f_sensitivity = excluded.f_sensitivity,
       f_seeing = excluded.f_seeing, f_focus = excluded.f_focus, f_airglow = excluded.f_airglow,
       quality = excluded.quality, worst = excluded.worst, scored_at = now()
 WHERE (old.base, old.f_photometric, old.f_sensitivity, old.f_seeing, old.f_focus, old.f_airglow, old.quality, old.worst)
       IS DISTINCT FROM
       (excluded.base, excluded.f_photometric, excluded.f_sensitivity, excluded.f_seeing, excluded.f_focus,
        excluded.f_airglow, excluded.quality, excluded.worst)
RETURNING old.xmax = 0 AS new
