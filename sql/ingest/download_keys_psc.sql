-- Which keys get the sources of a download that has none? Those after the last one given, in the order of the file.
UPDATE pg_temp.download_in AS d
   SET pts_key = made.pts_key
  FROM (SELECT line, (greatest(%(first)s, (SELECT max(pts_key) + 1 FROM twomass.psc)) + row_number() OVER (ORDER BY line) - 1)::integer AS pts_key
          FROM pg_temp.download_in) AS made
 WHERE made.line = d.line AND d.pts_key IS NULL
