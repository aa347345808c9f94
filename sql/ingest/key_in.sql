-- Where do the keys of a file lie, each with its line, while they are held against those that are there?
CREATE TEMPORARY TABLE key_in ON COMMIT DROP AS
SELECT {keys}, 0::bigint AS line, 0 AS file_id
  FROM {table}
  WITH NO DATA
