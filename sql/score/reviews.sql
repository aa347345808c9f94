-- What have people said of one scan, in their order?
SELECT quality, reviewer, reason, reviewed_at
  FROM deepcal.scan_review
 WHERE scan_key = %(scan_key)s
 ORDER BY review
