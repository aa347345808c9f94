-- How good is each scan in each band by the rules of December 2000? Every measured value, its limit and its factor.
-- What is not known gives no factor and lowers nothing; it is named. Scans that only an image has told of get no score.
CREATE TEMPORARY TABLE score_band (LIKE deepcal.scan_band_score, base real, step_phase real, step_limit real) ON COMMIT DROP;

WITH images AS (
    SELECT scan_key, max(seesh) FILTER (WHERE band = 'j') AS peak, count(*) FILTER (WHERE band = 'j') AS n_peak
      FROM deepcal.image
     GROUP BY scan_key
), steps AS (
    SELECT DISTINCT i.scan_key, abs(i.dxfs) / p.pixel AS dx, abs(i.dyfs) / p.pixel AS dy
      FROM deepcal.image AS i
      JOIN deepcal.scan AS s USING (scan_key)
     CROSS JOIN LATERAL (SELECT (%(score_pixel_n)s::float8[])[strpos('jhk', i.band)] AS pixel) AS p
     WHERE s.hemis = 'n' AND i.dxfs IS NOT NULL AND i.dyfs IS NOT NULL
), phases AS (
    SELECT scan_key, min(sqrt((frames * dx - round(frames * dx)) ^ 2 + (frames * dy - round(frames * dy)) ^ 2)) AS phase
      FROM steps
     CROSS JOIN generate_series(1, 5) AS frames
     GROUP BY scan_key
), nights AS (
    SELECT hemis, date, count(DISTINCT visit) AS visits,
           count(DISTINCT visit) FILTER (WHERE airmass > (%(score_high_airmass)s::float8[])[1]) AS high
      FROM deepcal.visit_photometry
     WHERE c1 IS NOT NULL
     GROUP BY hemis, date
), fields AS (
    SELECT hemis, count(DISTINCT tile) >= (%(score_visits)s::float8[])[2] AS whole
      FROM deepcal.scan
     WHERE NOT provisional
     GROUP BY hemis
), visits AS (
    SELECT v.visit, v.band, v.night, n.visits,
           -- a visit bounds two intervals of the night and serves the better one
           CASE WHEN v.airmass > (%(score_high_airmass)s::float8[])[1] AND n.high = 1 AND n.visits > 2
                 AND greatest(lag(v.scatter) OVER night, lead(v.scatter) OVER night) <= (%(score_dispersion)s::float8[])[1]
                THEN 0
                ELSE greatest(v.scatter, least(lag(v.scatter) OVER night, lead(v.scatter) OVER night)) END AS dispersion,
           CASE WHEN f.whole THEN n.visits END AS visits_judged
      FROM deepcal.visit_photometry AS v
      LEFT JOIN nights AS n USING (hemis, date)
      LEFT JOIN fields AS f USING (hemis)
    WINDOW night AS (PARTITION BY v.hemis, v.date, v.band ORDER BY v.jdate, v.visit)
), by_band AS (
    SELECT s.scan_key, s.hemis, s.date, coalesce(s.hry, 0) AS hry, s.cld, s.xph, s.j_shape_avg AS seeing, s.j_shape_rms AS shape_rms,
           b.band, strpos('jhk', b.band) AS i, b.shape, b.ratio, b.psp, b.log_noise, b.msnr10,
           p.visit, p.dmag, p.dmag_zone, p.profile_zone, p.found, coalesce(p.zero_point, b.published) AS zero_point,
           p.scan_key IS NOT NULL AS extracted
      FROM deepcal.scan AS s
     CROSS JOIN LATERAL (VALUES ('j', j_shape_avg, j_2mrat, j_psp, j_pts_noise, j_msnr10, j_zp_ap),
                                ('h', h_shape_avg, h_2mrat, h_psp, h_pts_noise, h_msnr10, h_zp_ap),
                                ('k', k_shape_avg, k_2mrat, k_psp, k_pts_noise, k_msnr10, k_zp_ap))
           AS b (band, shape, ratio, psp, log_noise, msnr10, published)
      LEFT JOIN deepcal.scan_photometry AS p ON p.scan_key = s.scan_key AND p.band = b.band
     WHERE NOT s.provisional
), relation AS (
    -- the depth of a scan with zero point 0 and sensitivity parameter 0, from the visits whose depth was measured
    SELECT hemis, hry, band, avg(m10 - zero_point + slope * psp) AS depth
      FROM (SELECT b.hemis, b.hry, b.band, b.visit, max(v.m10) AS m10, avg(b.zero_point) AS zero_point, avg(b.psp) AS psp
              FROM by_band AS b
              JOIN deepcal.visit_photometry AS v USING (visit, band)
             WHERE v.m10 IS NOT NULL
             GROUP BY b.hemis, b.hry, b.band, b.visit) AS visit
     CROSS JOIN (SELECT (%(score_psp_slope)s::float8[])[1] AS slope) AS setting
     GROUP BY hemis, hry, band
    HAVING count(m10 - zero_point + psp) >= (%(score_relation_visits)s::float8[])[1]
), sky AS (
    SELECT scan_key, band, hemis, hry, i, log_noise,
           log((psp / shape) ^ (1 / (%(score_airglow_sky_power)s::float8[])[1])) - log((%(score_noise_sky)s::float8[])[i + 3]) AS log_sky
      FROM by_band
     WHERE psp > 0 AND shape > 0 AND log_noise IS NOT NULL
), powers AS (
    SELECT hemis, hry, band, count(*) >= (%(score_noise_scans)s::float8[])[1] AS known,
           CASE WHEN count(*) >= (%(score_noise_scans)s::float8[])[1]
                THEN least(greatest(regr_slope(log_noise, log_sky), (%(score_noise_power)s::float8[])[2]), (%(score_noise_power)s::float8[])[3])
                ELSE (%(score_noise_power)s::float8[])[1] END AS power
      FROM sky
     GROUP BY hemis, hry, band
), glows AS (
    SELECT s.scan_key, s.hemis, s.hry, s.band, s.log_noise - p.power * s.log_sky AS glow,
           CASE WHEN NOT p.known THEN log((%(score_noise_sky)s::float8[])[s.i]) END AS assumed
      FROM sky AS s
      JOIN powers AS p USING (hemis, hry, band)
), ordinary AS (
    SELECT hemis, hry, band, coalesce(max(assumed), percentile_cont(0.5) WITHIN GROUP (ORDER BY glow)) AS glow
      FROM glows
     GROUP BY hemis, hry, band
), measured AS (
    SELECT b.*, v.dispersion, v.night, v.visits_judged AS visits,
           greatest(abs(b.dmag), b.dmag_zone) AS overlap,
           CASE WHEN b.psp IS NOT NULL AND (r.depth IS NOT NULL AND b.zero_point IS NOT NULL) THEN r.depth + b.zero_point - slope * b.psp
                WHEN b.psp IS NOT NULL AND b.msnr10 IS NULL
                THEN (%(score_snr10_limit)s::float8[])[b.i] + slope * ((%(score_psp_limit)s::float8[])[b.i] - b.psp)
                ELSE b.msnr10 END AS depth,
           CASE WHEN b.psp IS NOT NULL AND (r.depth IS NOT NULL AND b.zero_point IS NOT NULL OR b.msnr10 IS NULL) THEN 'psp'
                WHEN b.msnr10 IS NOT NULL THEN 'msnr10' END AS depth_from,
           CASE WHEN m.n_peak > 1 THEN m.peak ELSE b.seeing + (%(score_shape_peak)s::float8[])[1] * b.shape_rms END AS seeing_max,
           g.glow - o.glow AS airglow,
           CASE WHEN b.hemis = 'n' AND b.hry = 1 THEN (%(score_depth_span)s::float8[])[2] ELSE (%(score_depth_span)s::float8[])[1] END AS span,
           ph.phase AS step_phase
      FROM by_band AS b
     CROSS JOIN (SELECT (%(score_psp_slope)s::float8[])[1] AS slope) AS setting
      LEFT JOIN visits AS v USING (visit, band)
      LEFT JOIN relation AS r USING (hemis, hry, band)
      LEFT JOIN glows AS g USING (scan_key, band)
      LEFT JOIN ordinary AS o ON o.hemis = b.hemis AND o.hry = b.hry AND o.band = b.band
      LEFT JOIN images AS m USING (scan_key)
      LEFT JOIN phases AS ph USING (scan_key)
), parts AS (
    SELECT *,
           CASE WHEN cld = 1 OR xph = 1 THEN 0 WHEN cld = 0 OR xph = 0 THEN 1 END AS p_flags,
           (%(score_overlap_factor)s::float8[])[1 + width_bucket(overlap::float8, %(score_overlap)s::float8[])] AS p_overlap,
           (%(score_overlap_factor)s::float8[])[1 + width_bucket(night::float8, %(score_overlap)s::float8[])] AS p_night,
           CASE WHEN dispersion IS NOT NULL THEN greatest(least(2 - dispersion / (%(score_dispersion)s::float8[])[1], 1), 0) END AS p_dispersion,
           CASE WHEN visits IS NOT NULL THEN least(sqrt(visits / (%(score_visits)s::float8[])[1]), 1) END AS p_visits,
           (%(score_worst)s::float8[])[1] AS low
      FROM measured
), factors AS (
    SELECT *,
           CASE WHEN coalesce(p_flags, p_overlap, p_night, p_dispersion, p_visits) IS NULL THEN NULL
                WHEN 0 IN (p_flags, p_overlap, p_night) THEN 0
                ELSE greatest(coalesce(p_overlap, 1) * coalesce(p_night, 1) * coalesce(p_dispersion, 1) * coalesce(p_visits, 1),
                              (%(score_photometric_worst)s::float8[])[1]) END AS f_photometric,
           CASE WHEN depth IS NOT NULL
                THEN greatest(least(0.5 + (depth - (%(score_snr10_limit)s::float8[])[i]) / (2 * span), 1), (%(score_sensitivity_floor)s::float8[])[1])
                END AS f_sensitivity,
           CASE WHEN seeing >= (%(score_seeing_max)s::real[])[1] OR seeing_max >= (%(score_seeing_peak)s::real[])[1] THEN low
                WHEN seeing IS NOT NULL THEN 1 END AS f_seeing,
           CASE WHEN ratio < (%(score_focus_min)s::real[])[1] THEN low WHEN ratio IS NOT NULL THEN 1 END AS f_focus,
           CASE WHEN airglow IS NOT NULL
                THEN 1 - (1 - low) * greatest(least((airglow - (%(score_airglow_excess)s::float8[])[1])
                     / ((%(score_airglow_excess)s::float8[])[2] - (%(score_airglow_excess)s::float8[])[1]), 1), 0) END AS f_airglow,
           CASE WHEN profile_zone >= (%(score_untracked)s::real[])[1] OR shape_rms >= (%(score_shape_rms)s::real[])[1] THEN low
                WHEN coalesce(profile_zone, shape_rms) IS NOT NULL THEN 1 END AS f_untracked,
           CASE WHEN found < (%(score_position)s::real[])[1] THEN low WHEN found IS NOT NULL THEN 1 END AS f_position,
           CASE WHEN date <= DATE '1997-06-06' OR step_phase < (%(score_step_phase)s::real[])[1]
                THEN (%(score_base)s::float8[])[2] ELSE (%(score_base)s::float8[])[1] END AS base
      FROM parts
), lowest AS (
    SELECT f.*, least(f_photometric, f_sensitivity, f_seeing, f_focus, f_airglow, f_untracked, f_position, 1) AS low_factor
      FROM factors AS f
)
INSERT INTO score_band
SELECT scan_key, 2, band,
       overlap, (%(score_overlap)s::float8[])[1], dispersion, (%(score_dispersion)s::float8[])[1], night, (%(score_overlap)s::float8[])[1],
       visits, (%(score_visits)s::float8[])[1], depth, (%(score_snr10_limit)s::float8[])[i],
       seeing, (%(score_seeing_max)s::float8[])[1], seeing_max, (%(score_seeing_peak)s::float8[])[1],
       ratio, (%(score_focus_min)s::float8[])[1], airglow, (%(score_airglow_excess)s::float8[])[1],
       profile_zone, (%(score_untracked)s::float8[])[1], shape_rms, (%(score_shape_rms)s::float8[])[1],
       found, (%(score_position)s::float8[])[1], depth_from,
       p_flags, p_overlap, p_dispersion, p_night, p_visits,
       f_photometric, round(f_sensitivity::numeric, 3), f_seeing, f_focus, round(f_airglow::numeric, 3), f_untracked, f_position,
       round((base * low_factor)::numeric, 2),
       CASE WHEN low_factor < 1
            THEN CASE low_factor WHEN f_photometric THEN 'photometric' WHEN f_sensitivity THEN 'sensitivity' WHEN f_seeing THEN 'seeing'
                                 WHEN f_focus THEN 'focus' WHEN f_untracked THEN 'untracked' WHEN f_position THEN 'position'
                                 ELSE 'airglow' END END,
       array_remove(ARRAY[CASE WHEN coalesce(cld, xph) IS NULL THEN 'cloud flag' END,
                          CASE WHEN NOT extracted THEN 'extractions' WHEN dmag IS NULL THEN 'other scans of the visit' END,
                          CASE WHEN extracted AND dmag_zone IS NULL THEN 'stars in the quarters of the scan' END,
                          CASE WHEN extracted AND night IS NULL THEN 'other visits of the night' END,
                          CASE WHEN extracted AND visits IS NULL THEN 'the number of visits in the whole night' END,
                          CASE WHEN depth IS NULL THEN 'seeing and background' END,
                          CASE WHEN seeing IS NULL THEN 'seeing' WHEN seeing_max IS NULL THEN 'largest seeing' END,
                          CASE WHEN ratio IS NULL THEN 'image shape' END,
                          CASE WHEN airglow IS NULL THEN 'background noise' END,
                          CASE WHEN profile_zone IS NULL THEN 'profile against aperture magnitudes' END,
                          CASE WHEN found IS NULL THEN 'places of stars' END,
                          CASE WHEN step_phase IS NULL THEN 'frame steps' END], NULL),
       base, step_phase, (%(score_step_phase)s::float8[])[1]
  FROM lowest;
ANALYZE score_band
