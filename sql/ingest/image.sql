-- What do header and pixels of this image say? Its checksum is that of its file.
INSERT INTO deepcal.image (
       scan_key, band, usy, coadd, form, path, sha256, naxis1, naxis2,
       crval1, crval2, crpix1, crpix2, cdelt1, cdelt2, crota2, ra, dec, radius,
       x0, x1, y0, y1, magzp, skyval, skysig, seesh, exptime, dxfs, dyfs,
       blank_fraction, sky_measured, noise_measured,
       brightest, saturation, saturated_fraction, pixel_sha256, file_id)
SELECT %(scan_key)s, %(band)s, %(usy)s, %(coadd)s, %(form)s, f.path, f.sha256, %(naxis1)s, %(naxis2)s,
       %(crval1)s, %(crval2)s, %(crpix1)s, %(crpix2)s, %(cdelt1)s, %(cdelt2)s, %(crota2)s, %(ra)s, %(dec)s, %(radius)s,
       %(x0)s, %(x1)s, %(y0)s, %(y1)s, %(magzp)s, %(skyval)s, %(skysig)s, %(seesh)s, %(exptime)s, %(dxfs)s, %(dyfs)s,
       %(blank_fraction)s, %(sky_measured)s, %(noise_measured)s,
       %(brightest)s, %(saturation)s, %(saturated_fraction)s, %(pixel_sha256)s, f.file_id
  FROM deepcal.ingest_file AS f
 WHERE f.file_id = %(file_id)s
