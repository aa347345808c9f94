-- Which scans fulfil a condition on the columns of scan and scan_quality?  The condition is composed in.
SELECT scan_key
  FROM (SELECT *
          FROM deepcal.scan
          LEFT JOIN deepcal.scan_quality USING (scan_key)) AS candidate
 WHERE ({condition}
       )
 ORDER BY scan_key
