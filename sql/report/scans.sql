-- What became of every scan of a field in every band: its score, why it was not selected, what the current run did with it?
-- Values: tile (a field)
SELECT s.scan_key, s.hemis, s.date, s.scan, s.sd, b.band, q.quality, sc.worst,
       ss.used, coalesce(ss.reason, left_out.why) AS reason,
       ss.visit, ss.noise_aper, ss.weight, ss.offset_dra, ss.offset_ddec, ss.offset_rms,
       ss.resid_structure, ss.outlier_fraction, ss.star_gain, ss.shape_resid, ss.shift_resid, ss.fit_resid
  FROM deepcal.field AS f
  JOIN deepcal.stack_run AS r ON r.run = f.current_run
  JOIN deepcal.scan AS s ON s.tile = f.tile
 CROSS JOIN LATERAL regexp_split_to_table(r.bands, '') AS b (band)
  LEFT JOIN deepcal.scan_quality AS q ON q.scan_key = s.scan_key
  CROSS JOIN LATERAL (SELECT CASE b.band WHEN 'j' THEN q.quality_j WHEN 'h' THEN q.quality_h ELSE q.quality_k END AS quality) AS own
  LEFT JOIN LATERAL (SELECT worst FROM deepcal.scan_score WHERE scan_key = s.scan_key ORDER BY rules DESC LIMIT 1) AS sc ON TRUE
  LEFT JOIN deepcal.stack_scan AS ss ON ss.run = r.run AND ss.scan_key = s.scan_key AND ss.band = b.band
 CROSS JOIN LATERAL (
        SELECT concat_ws(', ',
                   CASE WHEN own.quality < (r.parameters -> 'select_min_quality' ->> 0)::real
                        THEN 'score ' || round(own.quality::numeric, 1) || coalesce(': ' || sc.worst, '') END,
                   CASE WHEN s.anom <> 0 THEN 'anomaly flag' END,
                   CASE WHEN s.cld <> 0 THEN 'cloud flag' END,
                   CASE WHEN s.xph <> 0 THEN 'photometry flag' END,
                   CASE WHEN s.hgl <> 0 AND b.band = 'h' THEN 'H glitch flag' END) AS why
       ) AS left_out
 WHERE f.tile = %(tile)s
 ORDER BY s.hemis, s.date, s.scan, strpos('jhk', b.band)
