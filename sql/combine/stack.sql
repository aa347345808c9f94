-- Store the inventory of a run.
INSERT INTO deepcal.stack (run, band, direction, kind, path, sha256, bytes, n_scans, exptime, magzp, coverage_max,
                           coverage_median, noise_pixel, noise_aper, noise_predicted, fwhm,
                           m5_aper, m5_aper_100, m5_aper_60, m5_aper_30, m5_det, m5_det_100, m5_det_60, m5_det_30)
VALUES (%(run)s, %(band)s, %(direction)s, %(kind)s, %(path)s, %(sha256)s, %(bytes)s, %(n_scans)s, %(exptime)s, %(magzp)s,
        %(coverage_max)s, %(coverage_median)s, %(noise_pixel)s, %(noise_aper)s, %(noise_predicted)s, %(fwhm)s,
        %(m5_aper)s, %(m5_aper_100)s, %(m5_aper_60)s, %(m5_aper_30)s,
        %(m5_det)s, %(m5_det_100)s, %(m5_det_60)s, %(m5_det_30)s)
