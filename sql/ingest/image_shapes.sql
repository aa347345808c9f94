-- How large are the image and the coverage map of one scan, band and place, as far as they are there?
SELECT 'image' AS what, naxis1, naxis2
  FROM deepcal.image
 WHERE scan_key = %(scan_key)s AND band = %(band)s AND usy = %(usy)s
 UNION ALL
SELECT 'coverage map', naxis1, naxis2
  FROM deepcal.image_coverage
 WHERE scan_key = %(scan_key)s AND band = %(band)s AND usy = %(usy)s
