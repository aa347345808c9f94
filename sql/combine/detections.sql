-- Which extractions of these scans are good enough to register by?
SELECT scan_key, ra, decl, greatest(j_snr, h_snr, k_snr) AS snr
  FROM deepcal.detection
 WHERE scan_key = ANY(%(scans)s)
   AND greatest(j_snr, h_snr, k_snr) >= %(snr_min)s
   AND coalesce(cc_flg, '000') !~ '[pds]'
 ORDER BY scan_key, cntr
