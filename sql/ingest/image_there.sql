-- From which file was this image (scan, band, place along the scan) loaded?
SELECT path
  FROM deepcal.image
 WHERE scan_key = %(scan_key)s AND band = %(band)s AND usy = %(usy)s
