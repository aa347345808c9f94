-- Where does a scan table lie while it is compared with what is there? The line tells where a row came from.
CREATE TEMPORARY TABLE scan_in AS
SELECT s.*, 0 AS line
  FROM deepcal.scan AS s
  WITH NO DATA
