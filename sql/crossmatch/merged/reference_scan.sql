-- Against which stars are scans compared where the PSC has none? Those of the scan with most extractions.
INSERT INTO m_reference (seed, x, y)
SELECT row_number() OVER (ORDER BY cntr), x, y
  FROM m_extraction
 WHERE scan_key = (SELECT scan_key FROM m_extraction GROUP BY scan_key ORDER BY count(*) DESC, scan_key LIMIT 1)
   AND (SELECT count(*) FROM m_reference) < %(shift_stars)s
