-- Store what scans did in a run.
COPY deepcal.stack_scan (run, scan_key, band, direction, visit, image_count, offset_dra, offset_ddec, offset_stars,
                         offset_rms, scale, noise_pixel, noise_aper, weight, resid_mean, resid_structure,
                         outlier_fraction, star_gain, shape_resid, shift_resid, fit_resid, masked_pixels, used, reason,
                         rescaled, noise_wide)
FROM STDIN
