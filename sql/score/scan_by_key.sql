-- Is there a scan with this key?
SELECT scan_key
  FROM deepcal.scan
 WHERE scan_key = %(scan_key)s
