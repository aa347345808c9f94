-- Which scans does the default rule choose?  Quality 2 or better in a band, or unknown, and no known anomaly, cloud or
-- photometric problem.  The bands that are worse give no image.
SELECT s.scan_key
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
 WHERE (greatest(q.quality_j, q.quality_h, q.quality_k) >= %(min_quality)s OR q.quality IS NULL)
   AND coalesce(s.anom, 0) = 0
   AND coalesce(s.cld, 0) = 0
   AND coalesce(s.xph, 0) = 0
 ORDER BY s.scan_key
