-- The rows of a download are in their table: what held them goes.
DROP TABLE pg_temp.download_in
