-- Which of these scans have detections?
SELECT scan_key
  FROM unnest(%(scans)s::integer[]) AS s (scan_key)
 WHERE EXISTS (SELECT FROM deepcal.detection AS d WHERE d.scan_key = s.scan_key)
