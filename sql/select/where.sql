-- Which scans fulfil a condition on the columns of scan and scan_quality?  The condition is composed in.
SELECT scan_key
  FROM (SELECT s.*, q.quality, q.origin
          FROM deepcal.scan AS s
          LEFT JOIN deepcal.scan_quality AS q USING (scan_key)) AS candidate
 WHERE ({condition}
       )
 ORDER BY scan_key
