-- Which input files were read, and which were refused and why?
SELECT *
  FROM deepcal.ingest_file
 ORDER BY file_id
