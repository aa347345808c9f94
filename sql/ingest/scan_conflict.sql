-- Which line of the scan table cannot go in, and why: a scan twice, a key that another scan has, values other than those there?
WITH twice AS (
    SELECT b.line, 'scan_key' AS attribute, b.scan_key::text AS value, 'a scan once; line ' || a.line || ' has it too' AS expected
      FROM pg_temp.scan_in AS a
      JOIN pg_temp.scan_in AS b ON a.scan_key = b.scan_key AND a.line < b.line
     UNION ALL
    SELECT b.line, 'scan', b.scan::text, 'a scan once; line ' || a.line || ' has it too'
      FROM pg_temp.scan_in AS a
      JOIN pg_temp.scan_in AS b
        ON (a.hemis, a.date, a.scan) = (b.hemis, b.date, b.scan) AND a.scan_key <> b.scan_key AND a.line < b.line
), taken AS (
    SELECT i.line, 'scan_key', i.scan_key::text,
           'another key; this one has scan ' || s.scan || ' of ' || s.date || s.hemis
      FROM pg_temp.scan_in AS i
      JOIN deepcal.scan AS s ON s.scan_key = i.scan_key AND (s.hemis, s.date, s.scan) <> (i.hemis, i.date, i.scan)
), turned AS (
    SELECT i.line, 'sd', i.sd::text, s.sd || ', as the headers of its images say'
      FROM pg_temp.scan_in AS i
      JOIN deepcal.scan AS s ON (s.hemis, s.date, s.scan) = (i.hemis, i.date, i.scan)
     WHERE s.provisional AND s.sd <> i.sd
), other AS (
    SELECT i.line, new.key, new.value, coalesce(old.value, '\N') || ', as it was loaded before'
      FROM pg_temp.scan_in AS i
      JOIN deepcal.scan AS s ON (s.hemis, s.date, s.scan) = (i.hemis, i.date, i.scan) AND NOT s.provisional
     CROSS JOIN LATERAL jsonb_each_text(to_jsonb(i) - '{line,file_id,provisional}'::text[]) AS new
     CROSS JOIN LATERAL (SELECT to_jsonb(s) ->> new.key AS value) AS old
     WHERE new.value IS DISTINCT FROM old.value
)
SELECT * FROM twice
 UNION ALL SELECT * FROM taken
 UNION ALL SELECT * FROM turned
 UNION ALL SELECT line, key, coalesce(value, '\N'), expected FROM other AS o (line, key, value, expected)
 ORDER BY line
 LIMIT 1
