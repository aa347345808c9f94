-- Which scan is this, and which way did it go?
SELECT scan_key, sd
  FROM deepcal.scan
 WHERE (hemis, date, scan) = (%(hemis)s, %(date)s, %(scan)s)
