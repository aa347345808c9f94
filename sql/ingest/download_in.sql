-- Where do the rows of a download lie while they are compared with what is there? The line tells where a row came from.
CREATE TEMPORARY TABLE download_in AS
SELECT t.*, 0::bigint AS line
  FROM {table} AS t
  WITH NO DATA
