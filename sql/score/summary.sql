-- How are the scores of one version of the rules spread, and which factor set them?
SELECT floor(quality)::integer AS quality, coalesce(worst, 'none') AS worst, count(*) AS scans
  FROM deepcal.scan_score
 WHERE rules = %(rules)s
 GROUP BY 1, 2
 ORDER BY 1 DESC, 3 DESC, 2
