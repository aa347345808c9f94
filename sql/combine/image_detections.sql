-- Take detections measured on an image: one row each.
COPY deepcal.detection (cntr, tile, ra, decl, hemis, date, scan, scan_key, j_m, j_snr, h_m, h_snr, k_m, k_snr, origin)
FROM STDIN
