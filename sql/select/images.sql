-- Which images of the chosen scans may overlap a field?  By circle here; exactly on the grid afterwards.
SELECT i.image_id, i.scan_key, i.band, i.usy, i.path, i.sha256, i.pixel_sha256, i.naxis1, i.naxis2,
       i.crval1, i.crval2, i.crpix1, i.crpix2, i.cdelt1, i.cdelt2, i.crota2,
       i.x0, i.x1, i.y0, i.y1, i.magzp, i.sky_measured, i.noise_measured, i.seesh, i.exptime, i.form,
       s.hemis, s.date, s.scan, s.sd, coalesce(s.hgl, 0) AS hgl, s.tile,
       c.path AS cover_path, c.sha256 AS cover_sha256, c.pixel_sha256 AS cover_pixel_sha256,
       c.frames_median AS cover_frames
  FROM deepcal.image AS i
  JOIN deepcal.scan AS s USING (scan_key)
  LEFT JOIN deepcal.image_coverage AS c USING (scan_key, band, usy)
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
 WHERE i.scan_key = ANY(%(scans)s)
   AND i.band = ANY(%(bands)s)
   AND q3c_join(%(ra)s, %(dec)s, i.ra, i.dec, %(radius)s)
   AND q3c_dist(%(ra)s, %(dec)s, i.ra, i.dec) <= %(field_radius)s + i.radius
   AND coalesce(CASE i.band WHEN 'j' THEN q.quality_j WHEN 'h' THEN q.quality_h ELSE q.quality_k END >= %(min_quality)s, true)
 ORDER BY s.hemis, s.date, s.scan, i.band, i.usy
