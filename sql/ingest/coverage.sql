-- How many frames are the pixels of an image made of? Its coverage map says it.
INSERT INTO deepcal.image_coverage (
       scan_key, band, usy, path, sha256, pixel_sha256, naxis1, naxis2, frames_median, frames_max, bare_fraction, file_id)
SELECT %(scan_key)s, %(band)s, %(usy)s, f.path, f.sha256, %(pixel_sha256)s, %(naxis1)s, %(naxis2)s,
       %(frames_median)s, %(frames_max)s, %(bare_fraction)s, f.file_id
  FROM deepcal.ingest_file AS f
 WHERE f.file_id = %(file_id)s
