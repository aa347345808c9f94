-- Which score of a scan counts? The last review, else the score by the newest rules; a review counts in every band.
CREATE VIEW deepcal.scan_quality AS
WITH reviewed AS (
    SELECT DISTINCT ON (scan_key) scan_key, quality, reviewer, reason, reviewed_at
      FROM deepcal.scan_review
     ORDER BY scan_key, review DESC
), ruled AS (
    SELECT DISTINCT ON (scan_key) scan_key, quality, quality_j, quality_h, quality_k, rules, scored_at
      FROM deepcal.scan_score
     ORDER BY scan_key, rules DESC
)
SELECT scan_key,
       coalesce(r.quality, s.quality) AS quality,
       CASE WHEN r.scan_key IS NULL THEN 'rules' ELSE 'review' END AS origin,
       s.rules,
       r.reviewer,
       r.reason,
       coalesce(r.reviewed_at, s.scored_at) AS scored_at,
       coalesce(r.quality, s.quality_j, s.quality) AS quality_j,
       coalesce(r.quality, s.quality_h, s.quality) AS quality_h,
       coalesce(r.quality, s.quality_k, s.quality) AS quality_k
  FROM ruled AS s
  FULL JOIN reviewed AS r USING (scan_key);

COMMENT ON VIEW deepcal.scan_quality IS 'The score of a scan that counts: the last review, else the score by the newest rules';
COMMENT ON COLUMN deepcal.scan_quality.scan_key IS 'The scan';
COMMENT ON COLUMN deepcal.scan_quality.quality IS 'The score that counts, 0 to 10';
COMMENT ON COLUMN deepcal.scan_quality.origin IS 'Where the score comes from: review or rules';
COMMENT ON COLUMN deepcal.scan_quality.scored_at IS 'When the score that counts was made';
COMMENT ON COLUMN deepcal.scan_quality.quality_j IS 'The score that counts for J alone, 0 to 10';
COMMENT ON COLUMN deepcal.scan_quality.quality_h IS 'The score that counts for H alone, 0 to 10';
COMMENT ON COLUMN deepcal.scan_quality.quality_k IS 'The score that counts for Ks alone, 0 to 10';
