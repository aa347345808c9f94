-- From which file was this coverage map (scan, band, place along the scan) loaded?
SELECT path
  FROM deepcal.image_coverage
 WHERE scan_key = %(scan_key)s AND band = %(band)s AND usy = %(usy)s
